# Sets ACCRUE_SANITIZER_FLAGS and ACCRUE_THREAD_SANITIZER_FLAGS, for tests that are always built with a sanitizer; each is
# empty where its programs do not run, and where the whole build has one already. AddressSanitizer finds null and
# misaligned pointers as it does others, and code that looks for them too takes eight times as long to compile.
include(CheckCXXSourceRuns)
function(accrue_sanitizer result)
    set(${result} "" PARENT_SCOPE)
    if("${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" MATCHES "-fsanitize")
        return()
    endif()
    string(JOIN " " CMAKE_REQUIRED_FLAGS ${ARGN})
    set(CMAKE_REQUIRED_QUIET ON)
    check_cxx_source_runs("#include <thread>
        int main() { std::thread([] {}).join(); }" ${result}_RUNS)
    if(${result}_RUNS)
        set(${result} ${ARGN} PARENT_SCOPE)
    else()
        message(STATUS "accrue: no tests with ${ARGN}, as programs with it do not run here")
    endif()
endfunction()
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
accrue_sanitizer(ACCRUE_SANITIZER_FLAGS -fsanitize=address,undefined,float-cast-overflow
    -fno-sanitize=null,alignment,object-size,pointer-overflow -fno-sanitize-recover=all)
accrue_sanitizer(ACCRUE_THREAD_SANITIZER_FLAGS -fsanitize=thread -pthread)
