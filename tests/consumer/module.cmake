# Writes the library as a module, compiles it, and builds and runs the consumer by `import accrue`, beside a unit that
# includes headers.
file(REMOVE_RECURSE "${FOLDER}")
execute_process(COMMAND sh "${SOURCE}/packaging/module.sh" "${FOLDER}" COMMAND_ERROR_IS_FATAL ANY)
set(boost "")
if(BOOST)
    set(boost -isystem "${BOOST}")
endif()
file(READ "${PROJECT}/main.cpp" text)
string(REPLACE "#include <accrue/accrue.hpp>\n" "" text "${text}")
string(REPLACE "#include <vector>\n" "#include <vector>\n\nimport accrue;\n" text "${text}")
file(WRITE "${FOLDER}/main.cpp" "${text}")
set(clang "${CLANG}" -std=c++20 "-I${SOURCE}/include" ${boost})
execute_process(COMMAND ${clang} -Wno-include-angled-in-module-purview --precompile "${FOLDER}/accrue.cppm" -o "${FOLDER}/accrue.pcm"
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CLANG}" -std=c++20 "-fmodule-file=accrue=${FOLDER}/accrue.pcm" -c "${FOLDER}/main.cpp" -o "${FOLDER}/main.o"
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${clang} -c "${PROJECT}/without_distributions.cpp" -o "${FOLDER}/without_distributions.o" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CLANG}" -std=c++20 -c "${FOLDER}/accrue.pcm" -o "${FOLDER}/accrue.o" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CLANG}" "${FOLDER}/main.o" "${FOLDER}/without_distributions.o" "${FOLDER}/accrue.o" -o "${FOLDER}/consumer"
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${FOLDER}/consumer" COMMAND_ERROR_IS_FATAL ANY)
