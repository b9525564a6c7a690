# cmake -DDOXYGEN=... -DAWK=... -DSOURCE=... -DFOLDER=... [-DCONTRACT=FILE] -P build.cmake
# Writes the reference pages to FOLDER/reference/html by FOLDER/Doxyfile; any warning fails. With CONTRACT, a file that
# holds a name a line (# comments), each of its names must have a page or a place on one.
file(GLOB_RECURSE headers "${SOURCE}/include/accrue/*.hpp")
list(FILTER headers EXCLUDE REGEX "/detail/")
execute_process(COMMAND "${AWK}" -f "${CMAKE_CURRENT_LIST_DIR}/names.awk" ${headers}
                OUTPUT_FILE "${FOLDER}/names.txt" COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE "${FOLDER}/reference")
file(MAKE_DIRECTORY "${FOLDER}/reference")
execute_process(COMMAND "${DOXYGEN}" "${FOLDER}/Doxyfile" COMMAND_ERROR_IS_FATAL ANY)

if(CONTRACT)
    # The search index has what the pages have: ['name_N',['name',['page#place',1,'accrue']...
    file(GLOB indexes "${FOLDER}/reference/html/search/all_*.js")
    set(index "")
    foreach(file IN LISTS indexes)
        file(READ "${file}" text)
        string(APPEND index "${text}")
    endforeach()
    file(STRINGS "${CONTRACT}" names REGEX "^[a-z]")
    foreach(name IN LISTS names)
        # A class, `'accrue::name'`, a member of the namespace, `'accrue'`, or a function, `'accrue::name(...)'`.
        if(NOT index MATCHES "\\['${name}',\\[[^\n]*'accrue(::${name})?['(]")
            message(SEND_ERROR "the reference lacks ${name}")
        endif()
    endforeach()
    list(LENGTH names count)
    message(STATUS "${count} names of the contract looked for in the reference")
endif()
