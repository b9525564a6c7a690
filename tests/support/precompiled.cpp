// The unit by which CMake precompiles what test programs share.
