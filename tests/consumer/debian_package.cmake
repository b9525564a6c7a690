# Writes Debian's package by CPack, installs it into a root of its own by dpkg, and builds and runs the consumer from there.
file(REMOVE_RECURSE "${FOLDER}")
set(root "${FOLDER}/root")
file(MAKE_DIRECTORY "${root}/var/lib/dpkg/info" "${root}/var/lib/dpkg/updates")
file(TOUCH "${root}/var/lib/dpkg/status")
file(REAL_PATH "${BUILD}" build)
execute_process(COMMAND "${CPACK}" -G DEB -C Release -B "${FOLDER}" --config "${build}/CPackConfig.cmake" COMMAND_ERROR_IS_FATAL ANY)
file(GLOB package "${FOLDER}/libaccrue-dev_*_all.deb")

execute_process(COMMAND "${DPKG}" --info "${package}" OUTPUT_VARIABLE facts COMMAND_ERROR_IS_FATAL ANY)
if(NOT facts MATCHES "Depends: libboost-dev \\(>= 1\\.74\\)" OR NOT facts MATCHES "Architecture: all")
    message(FATAL_ERROR "the package says of itself: ${facts}")
endif()
# Its own root holds no Boost, whose absence dpkg would take for an error.
execute_process(COMMAND "${DPKG}" "--root=${root}" --force-depends --force-not-root --force-script-chrootless --log=/dev/null
                        --install "${package}" COMMAND_ERROR_IS_FATAL ANY)

file(COPY "${PROJECT}/" DESTINATION "${FOLDER}/source")
foreach(version IN ITEMS 0.1 99)
    file(REMOVE_RECURSE "${FOLDER}/consumer")
    file(READ "${PROJECT}/CMakeLists.txt" text)
    string(REPLACE "find_package(accrue 0.1" "find_package(accrue ${version}" text "${text}")
    file(WRITE "${FOLDER}/source/CMakeLists.txt" "${text}")
    execute_process(COMMAND "${CMAKE_COMMAND}" -S "${FOLDER}/source" -B "${FOLDER}/consumer" -G "${GENERATOR}" -DWAY=find_package
                            "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_PREFIX_PATH=${root}/usr;${PREFIX_PATH}"
                    RESULT_VARIABLE refused)
    if(version STREQUAL "99")
        if(refused EQUAL 0)
            message(FATAL_ERROR "the package passes for version 99")
        endif()
    else()
        if(NOT refused EQUAL 0)
            message(FATAL_ERROR "the package is not found")
        endif()
        execute_process(COMMAND "${CMAKE_COMMAND}" --build "${FOLDER}/consumer" COMMAND_ERROR_IS_FATAL ANY)
        execute_process(COMMAND "${FOLDER}/consumer/consumer" COMMAND_ERROR_IS_FATAL ANY)
    endif()
endforeach()
