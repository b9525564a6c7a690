# Settings of accrue's own tests, benchmarks and examples. They live on a private target that is neither
# installed nor linked by accrue::accrue, so nothing here reaches a project that uses the library.
add_library(accrue_developer INTERFACE)
target_compile_features(accrue_developer INTERFACE cxx_std_20)
target_compile_options(accrue_developer INTERFACE
    $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion>
    $<$<AND:$<BOOL:${ACCRUE_WARNINGS_AS_ERRORS}>,$<CXX_COMPILER_ID:GNU,Clang,AppleClang>>:-Werror>)
