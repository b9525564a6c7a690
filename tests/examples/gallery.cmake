# cmake -Dprogram=FILE -Dsource=FOLDER -Dfolder=FOLDER -P gallery.cmake
#
# What the program prints is SOURCE/expected.txt, and the pictures that it draws are those in SOURCE. Where the
# environment has ACCRUE_RENEW, the files in SOURCE become what the program makes instead: look at the difference.
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
execute_process(COMMAND "${program}" WORKING_DIRECTORY "${folder}" OUTPUT_FILE "${folder}/expected.txt"
                RESULT_VARIABLE result ERROR_VARIABLE error)
if(NOT result EQUAL 0 OR error)
    message(FATAL_ERROR "${program} failed (${result}): ${error}")
endif()
file(GLOB drawn RELATIVE "${folder}" "${folder}/*.svg")
file(GLOB kept RELATIVE "${source}" "${source}/*.svg")
foreach(name IN LISTS drawn kept ITEMS expected.txt)
    if(DEFINED ENV{ACCRUE_RENEW} AND EXISTS "${folder}/${name}")
        file(COPY "${folder}/${name}" DESTINATION "${source}")
    endif()
    execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files --ignore-eol "${folder}/${name}" "${source}/${name}"
                    RESULT_VARIABLE result ERROR_QUIET)
    if(NOT result EQUAL 0)
        execute_process(COMMAND diff -u "${source}/${name}" "${folder}/${name}" OUTPUT_VARIABLE difference)
        message(FATAL_ERROR "${folder}/${name} differs from ${source}/${name}\n${difference}")
    endif()
endforeach()
