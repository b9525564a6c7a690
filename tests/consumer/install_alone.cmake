# Configures SOURCE where no test framework is found and installs it, as README says.
file(REMOVE_RECURSE "${FOLDER}")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${FOLDER}/build" -G "${GENERATOR}"
                        "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON
                        -DCMAKE_DISABLE_FIND_PACKAGE_rapidcheck=ON
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${FOLDER}/build" --prefix "${FOLDER}/prefix"
                COMMAND_ERROR_IS_FATAL ANY)
if(NOT EXISTS "${FOLDER}/prefix/include/accrue/accrue.hpp")
    message(FATAL_ERROR "nothing was installed")
endif()
