# Compiles a unit that includes HEADERS and makes one wrong CALL, and looks for WORDS, a regular expression, in the first three lines of the output.
# They are of the first error, after which the compiler stops: it would take as long again to go on. Who includes whom is not counted.
set(includes "")
foreach(header IN LISTS HEADERS)
    string(APPEND includes "#include <accrue/${header}>\n")
endforeach()
file(WRITE "${UNIT}" "${includes}#include \"given.hpp\"\nint main() {\n    [[maybe_unused]] auto const result = ${CALL};\n}\n")
execute_process(COMMAND "${COMPILER}" ${FLAGS} -fsyntax-only -Wfatal-errors -fdiagnostics-color=never "-I${GIVEN}" "${UNIT}"
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(REGEX REPLACE "In file included from [^\n]*\n" "" beginning "${output}")
string(REGEX MATCH "^[^\n]*\n?[^\n]*\n?[^\n]*" beginning "${beginning}")
if(result EQUAL 0)
    message(FATAL_ERROR "compiles: ${CALL}")
endif()
if(NOT beginning MATCHES "${WORDS}")
    message(FATAL_ERROR "${CALL}\nis not refused in the words \"${WORDS}\", but by\n${output}")
endif()
