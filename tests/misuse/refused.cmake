# Compiles a unit with one wrong CALL and looks for WORDS, a regular expression, in the first three lines of the output.
file(WRITE "${UNIT}" "#include \"given.hpp\"\n#include <${HEADER}>\nint main() {\n    [[maybe_unused]] auto const result = ${CALL};\n}\n")
execute_process(COMMAND "${COMPILER}" ${FLAGS} -fsyntax-only -fdiagnostics-color=never "-I${GIVEN}" "${UNIT}"
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(REGEX MATCH "^[^\n]*\n?[^\n]*\n?[^\n]*" beginning "${output}")
if(result EQUAL 0)
    message(FATAL_ERROR "compiles: ${CALL}")
endif()
if(NOT beginning MATCHES "${WORDS}")
    message(FATAL_ERROR "${CALL}\nis not refused in the words \"${WORDS}\", but by\n${output}")
endif()
