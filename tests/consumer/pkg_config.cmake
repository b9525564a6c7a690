# Builds and runs the consumer by what pkg-config says of an installation, in a copy of it that lies elsewhere: the file
# finds its own prefix. Versions are compared by pkg-config.
file(REMOVE_RECURSE "${FOLDER}")
file(COPY "${PREFIX}/" DESTINATION "${FOLDER}/moved")
set(ENV{PKG_CONFIG_PATH} "${FOLDER}/moved/share/pkgconfig")

execute_process(COMMAND "${PKG_CONFIG}" --exists "accrue >= 0.1" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${PKG_CONFIG}" --exists "accrue >= 99" RESULT_VARIABLE refused)
if(refused EQUAL 0)
    message(FATAL_ERROR "pkg-config takes accrue for version 99")
endif()

execute_process(COMMAND "${PKG_CONFIG}" --cflags accrue OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags)
if(BOOST)
    list(APPEND flags -isystem "${BOOST}")
endif()
execute_process(COMMAND "${COMPILER}" -std=c++20 ${flags} "${PROJECT}/main.cpp" "${PROJECT}/without_distributions.cpp"
                        -o "${FOLDER}/consumer" COMMAND_ERROR_IS_FATAL ANY)
file(REAL_PATH "${FOLDER}/moved/include" expected)
string(REGEX REPLACE "^-I" "" found "${flags}")
list(GET found 0 found)
file(REAL_PATH "${found}" found)
if(NOT found STREQUAL expected)
    message(FATAL_ERROR "the headers are taken from ${found}, not from ${expected}")
endif()
execute_process(COMMAND "${FOLDER}/consumer" COMMAND_ERROR_IS_FATAL ANY)
