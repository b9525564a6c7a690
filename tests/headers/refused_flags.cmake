# Each of HEADERS is refused under FLAGS by SENTENCE, a regular expression, and by nothing after it.
foreach(header IN LISTS HEADERS)
    execute_process(COMMAND "${COMPILER}" ${FLAGS} -fsyntax-only "-DACCRUE_HEADER=<${header}>" "${UNIT}"
                    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(result EQUAL 0 OR NOT output MATCHES "${SENTENCE}")
        message(FATAL_ERROR "${header} is not refused in the words \"${SENTENCE}\", but by\n${output}")
    endif()
    # The sentence as an #error, and the include that ends the compilation.
    string(REGEX MATCHALL "error: " errors "${output}")
    list(LENGTH errors count)
    if(count GREATER 2)
        message(FATAL_ERROR "${header}: ${count} errors instead of one sentence:\n${output}")
    endif()
endforeach()
