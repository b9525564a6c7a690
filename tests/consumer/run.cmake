# cmake -Dproject=FOLDER -Dfolder=FOLDER -Dgenerator=NAME -P run.cmake -- DEFINITIONS...
# Configures a copy of a project, builds it, and runs its program if it has one.
set(definitions "")
set(after_separator FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
    if(after_separator)
        string(REPLACE ";" "\\;" argument "${CMAKE_ARGV${i}}")
        list(APPEND definitions "${argument}")
    elseif(CMAKE_ARGV${i} STREQUAL "--")
        set(after_separator TRUE)
    endif()
endforeach()

file(REMOVE_RECURSE "${folder}")
file(COPY "${project}/" DESTINATION "${folder}/source")

execute_process(COMMAND "${CMAKE_COMMAND}" -S "${folder}/source" -B "${folder}/build" -G "${generator}" ${definitions}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${folder}/build" COMMAND_ERROR_IS_FATAL ANY)
if(EXISTS "${folder}/build/consumer")
    execute_process(COMMAND "${folder}/build/consumer" COMMAND_ERROR_IS_FATAL ANY)
endif()
