# cmake -Dclang_format=PROGRAM -Droot=FOLDER -P format_check.cmake
file(GLOB_RECURSE files
    "${root}/include/*.hpp"
    "${root}/tests/*.[ch]pp"
    "${root}/benchmarks/*.[ch]pp"
    "${root}/examples/*.[ch]pp")
execute_process(COMMAND "${clang_format}" --style=file --dry-run -Werror ${files} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "Not formatted as .clang-format says: clang-format-16 -i FILES")
endif()
