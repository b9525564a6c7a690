# Defines the target accrue::boost: the Boost headers that accrue includes (Boost.Math and what it needs).
# It is used by accrue's own build and by the installed package, so that both look in the same places:
#
#   1. a target that the including project already has: Boost::headers, Boost::boost or Boost::math;
#   2. Boost's own package configuration, with no component: Boost.Math is header-only, and some
#      distributions ship no component of that name;
#   3. the headers themselves, on the include path (hint: -DACCRUE_BOOST_INCLUDE_DIR=...).
#
# ACCRUE_BOOST_SCOPE is GLOBAL where the targets must outlive the directory that asks (add_subdirectory), and
# empty in the installed package, where find_package's rule holds: one directory, one set of targets.
# On failure accrue::boost is not defined and ACCRUE_BOOST_MESSAGE says why.

set(ACCRUE_BOOST_MINIMUM 1.74)

if(NOT TARGET accrue::boost)
    set(accrue_boost_target "")
    set(ACCRUE_BOOST_MESSAGE "")
    foreach(accrue_candidate IN ITEMS Boost::headers Boost::boost Boost::math)
        if(NOT accrue_boost_target AND TARGET ${accrue_candidate})
            set(accrue_boost_target ${accrue_candidate})
        endif()
    endforeach()

    if(NOT accrue_boost_target)
        find_package(Boost ${ACCRUE_BOOST_MINIMUM} CONFIG QUIET ${ACCRUE_BOOST_SCOPE})
        foreach(accrue_candidate IN ITEMS Boost::headers Boost::boost)
            if(NOT accrue_boost_target AND TARGET ${accrue_candidate})
                set(accrue_boost_target ${accrue_candidate})
            endif()
        endforeach()
    endif()

    if(accrue_boost_target)
        add_library(accrue::boost INTERFACE IMPORTED ${ACCRUE_BOOST_SCOPE})
        target_link_libraries(accrue::boost INTERFACE ${accrue_boost_target})
    else()
        find_path(ACCRUE_BOOST_INCLUDE_DIR boost/math/distributions/normal.hpp
                  DOC "Folder that holds boost/, for accrue")
        mark_as_advanced(ACCRUE_BOOST_INCLUDE_DIR)
        if(ACCRUE_BOOST_INCLUDE_DIR)
            set(accrue_boost_version 0)
            if(EXISTS "${ACCRUE_BOOST_INCLUDE_DIR}/boost/version.hpp")
                file(STRINGS "${ACCRUE_BOOST_INCLUDE_DIR}/boost/version.hpp" accrue_boost_version
                     REGEX "^#define BOOST_VERSION [0-9]+")
                string(REGEX REPLACE "[^0-9]" "" accrue_boost_version "${accrue_boost_version}")
                math(EXPR accrue_boost_major "${accrue_boost_version} / 100000")
                math(EXPR accrue_boost_minor "${accrue_boost_version} / 100 % 1000")
                set(accrue_boost_version "${accrue_boost_major}.${accrue_boost_minor}")
            endif()
            if(accrue_boost_version VERSION_LESS ACCRUE_BOOST_MINIMUM)
                set(ACCRUE_BOOST_MESSAGE "accrue needs Boost ${ACCRUE_BOOST_MINIMUM} or newer; "
                    "${ACCRUE_BOOST_INCLUDE_DIR} holds ${accrue_boost_version}")
                string(CONCAT ACCRUE_BOOST_MESSAGE ${ACCRUE_BOOST_MESSAGE})
            else()
                add_library(accrue::boost INTERFACE IMPORTED ${ACCRUE_BOOST_SCOPE})
                set_property(TARGET accrue::boost PROPERTY
                             INTERFACE_INCLUDE_DIRECTORIES "${ACCRUE_BOOST_INCLUDE_DIR}")
            endif()
        else()
            string(CONCAT ACCRUE_BOOST_MESSAGE "accrue needs the headers of Boost ${ACCRUE_BOOST_MINIMUM} or newer "
                   "(Debian, Ubuntu: libboost-dev); set CMAKE_PREFIX_PATH, Boost_DIR or ACCRUE_BOOST_INCLUDE_DIR")
        endif()
    endif()
    unset(accrue_boost_target)
    unset(accrue_candidate)
endif()
