# The compiled variant, installed and found by CMake and by pkg-config, and as a part of a project, there as a shared library.
# It prints what the headers alone print, to the last bit, and shows no unit Boost. Wrong versions and an installation
# without it are refused.
file(REMOVE_RECURSE "${FOLDER}")
set(flags "-O1 -ffp-contract=off")
set(common -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${flags}" "-DCMAKE_BUILD_TYPE=None"
           "-DACCRUE_SOURCE=${SOURCE}" "-DPROJECT_DIR=${PROJECT}")
set(prefix "${FOLDER}/prefix")

execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${FOLDER}/library" ${common} -DACCRUE_BUILD_COMPILED=ON
                        -DACCRUE_BUILD_TESTS=OFF -DACCRUE_BUILD_EXAMPLES=OFF -DACCRUE_BUILD_BENCHMARKS=OFF
                        "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${FOLDER}/library" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${FOLDER}/library" --prefix "${prefix}" COMMAND_ERROR_IS_FATAL ANY)

function(configure folder result)
    execute_process(COMMAND "${CMAKE_COMMAND}" -S "${COMPILED}" -B "${FOLDER}/${folder}" ${common} ${ARGN}
                    RESULT_VARIABLE code ERROR_VARIABLE errors)
    set(${result} ${code} PARENT_SCOPE)
    set(errors "${errors}" PARENT_SCOPE)
endfunction()
function(printed_by program output)
    execute_process(COMMAND "${program}" OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

configure(found code -DVERSION=0.1 -DPLAIN=ON "-DCMAKE_PREFIX_PATH=${prefix};${PREFIX_PATH}")
if(code)
    message(FATAL_ERROR "the compiled variant is not found: ${errors}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${FOLDER}/found" COMMAND_ERROR_IS_FATAL ANY)
printed_by("${FOLDER}/found/plain" plain)
printed_by("${FOLDER}/found/consumer" compiled)
printed_by("${FOLDER}/found/mixed" mixed)
if(NOT plain STREQUAL compiled)
    file(WRITE "${FOLDER}/plain.txt" "${plain}")
    file(WRITE "${FOLDER}/compiled.txt" "${compiled}")
    message(FATAL_ERROR "the two variants differ: ${FOLDER}/plain.txt, ${FOLDER}/compiled.txt")
endif()

configure(another_version code -DVERSION=99 "-DCMAKE_PREFIX_PATH=${prefix};${PREFIX_PATH}")
if(NOT code)
    message(FATAL_ERROR "the compiled variant passes for version 99")
endif()
configure(without_it code -DVERSION=0.1 "-DCMAKE_PREFIX_PATH=${PREFIX};${PREFIX_PATH}")
if(NOT code OR NOT errors MATCHES "without[ \n]+its[ \n]+compiled[ \n]+variant")
    message(FATAL_ERROR "an installation without the compiled variant says: ${errors}")
endif()

configure(part code -DWAY=add_subdirectory -DBUILD_SHARED_LIBS=ON "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}")
if(code)
    message(FATAL_ERROR "the compiled variant as a part of a project: ${errors}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${FOLDER}/part" --target consumer COMMAND_ERROR_IS_FATAL ANY)
printed_by("${FOLDER}/part/consumer" shared)
if(NOT plain STREQUAL shared)
    message(FATAL_ERROR "the shared library prints something else")
endif()

set(boost "")
if(BOOST)
    set(boost -isystem "${BOOST}")
endif()
execute_process(COMMAND "${COMPILER}" -std=c++20 -DACCRUE_COMPILED "-I${prefix}/include" ${boost} -M "${COMPILED}/main.cpp"
                OUTPUT_VARIABLE reached COMMAND_ERROR_IS_FATAL ANY)
if(reached MATCHES "boost/")
    message(FATAL_ERROR "a unit of the compiled variant reaches Boost: ${reached}")
endif()

if(PKG_CONFIG)
    # A library is of one architecture, and so is what says where it lies; the headers' own file is not.
    file(GLOB_RECURSE file RELATIVE "${prefix}" "${prefix}/*/accrue-compiled.pc")
    if(NOT file MATCHES "^lib.*/pkgconfig/accrue-compiled.pc$")
        message(FATAL_ERROR "pkg-config's file of the compiled variant is '${file}' of the prefix")
    endif()
    cmake_path(GET file PARENT_PATH folder)
    set(ENV{PKG_CONFIG_PATH} "${prefix}/${folder}:${prefix}/share/pkgconfig")
    execute_process(COMMAND "${PKG_CONFIG}" --cflags --libs "accrue-compiled >= 0.1" OUTPUT_VARIABLE arguments
                    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    separate_arguments(arguments)
    execute_process(COMMAND "${COMPILER}" -std=c++20 "${PROJECT}/main.cpp" "${PROJECT}/without_distributions.cpp" ${arguments} ${boost}
                            -o "${FOLDER}/by_pkg_config" COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND "${FOLDER}/by_pkg_config" COMMAND_ERROR_IS_FATAL ANY)
endif()
