# cmake -Dprogram=FILE -Dexpected=FILE -Dfolder=FOLDER [-Dgnuplot=FILE] -P ldn.cmake
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
execute_process(COMMAND "${program}" WORKING_DIRECTORY "${folder}" OUTPUT_FILE "${folder}/output.txt"
                RESULT_VARIABLE result ERROR_VARIABLE error)
if(NOT result EQUAL 0 OR error)
    message(FATAL_ERROR "${program} failed (${result}): ${error}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files --ignore-eol "${folder}/output.txt" "${expected}"
                RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    execute_process(COMMAND diff -u "${expected}" "${folder}/output.txt" OUTPUT_VARIABLE difference)
    message(FATAL_ERROR "${folder}/output.txt differs from ${expected}\n${difference}")
endif()
foreach(name IN ITEMS forest tsa tsa-one-point)
    if(NOT EXISTS "${folder}/ldn-pictures/${name}.gp")
        message(FATAL_ERROR "no ${name}.gp was written")
    endif()
    if(gnuplot)
        foreach(format IN ITEMS png svg)
            execute_process(COMMAND "${gnuplot}" -e "format='${format}'" ${name}.gp
                            WORKING_DIRECTORY "${folder}/ldn-pictures"
                            RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
            if(NOT result EQUAL 0 OR output OR NOT EXISTS "${folder}/ldn-pictures/${name}.${format}")
                message(FATAL_ERROR "gnuplot does not draw ${name}.${format} (${result}): ${output}")
            endif()
        endforeach()
    endif()
endforeach()
