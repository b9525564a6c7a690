# Writes the library as one header and builds and runs the consumer with that file alone.
file(REMOVE_RECURSE "${FOLDER}")
execute_process(COMMAND sh "${SOURCE}/packaging/single_header.sh" "${FOLDER}/single" COMMAND_ERROR_IS_FATAL ANY)
file(COPY "${FOLDER}/single/accrue/accrue.hpp" DESTINATION "${FOLDER}/alone/accrue")
set(boost "")
if(BOOST)
    set(boost -isystem "${BOOST}")
endif()
set(warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
execute_process(COMMAND "${COMPILER}" -std=c++20 ${warnings} "-I${FOLDER}/alone" ${boost} "${PROJECT}/main.cpp" -c -o "${FOLDER}/main.o"
                COMMAND_ERROR_IS_FATAL ANY)
# The second unit includes parts: the forwarders beside the one header.
execute_process(COMMAND "${COMPILER}" -std=c++20 ${warnings} "-I${FOLDER}/single" ${boost} "${PROJECT}/without_distributions.cpp"
                        "${FOLDER}/main.o" -o "${FOLDER}/consumer" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${FOLDER}/consumer" COMMAND_ERROR_IS_FATAL ANY)
