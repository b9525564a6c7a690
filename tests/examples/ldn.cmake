# cmake -Dprogram=FILE -Dexpected=FILE -Dfolder=FOLDER -Dpicture=FILE -P ldn.cmake
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
    if(NOT EXISTS "${folder}/ldn-pictures/${name}.svg")
        message(FATAL_ERROR "no ${name}.svg was written")
    endif()
endforeach()

# The picture that the documentation shows is the tsa.svg that was drawn here.
execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files --ignore-eol "${folder}/ldn-pictures/tsa.svg" "${picture}"
                RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${picture} is not what the example draws; look at ${folder}/ldn-pictures/tsa.svg and copy it there")
endif()
