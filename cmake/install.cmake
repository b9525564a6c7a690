include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Headers alone suit every architecture, so the package goes to share/; with the compiled variant to the libraries.
if(ACCRUE_BUILD_COMPILED)
    set(accrue_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/accrue")
    set(accrue_architecture "")
else()
    set(accrue_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/accrue")
    set(accrue_architecture ARCH_INDEPENDENT)
endif()

install(TARGETS accrue
    EXPORT accrueTargets
    FILE_SET HEADERS
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
if(TARGET accrue_eigen)
    install(TARGETS accrue_eigen EXPORT accrueEigenTargets)
    install(EXPORT accrueEigenTargets NAMESPACE accrue:: DESTINATION "${accrue_package_dir}")
endif()
if(ACCRUE_BUILD_COMPILED)
    install(TARGETS accrue_compiled EXPORT accrueCompiledTargets)
    install(EXPORT accrueCompiledTargets NAMESPACE accrue:: DESTINATION "${accrue_package_dir}")
endif()
install(EXPORT accrueTargets NAMESPACE accrue:: DESTINATION "${accrue_package_dir}")

configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/accrueConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/accrueConfig.cmake"
    INSTALL_DESTINATION "${accrue_package_dir}"
    NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor release may change names, so 0.1 does not satisfy a request for 0.2, nor the reverse.
write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/accrueConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion
    ${accrue_architecture})
install(FILES
    "${PROJECT_BINARY_DIR}/accrueConfig.cmake"
    "${PROJECT_BINARY_DIR}/accrueConfigVersion.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/accrue_boost.cmake"
    DESTINATION "${accrue_package_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/accrue")

# For builds without CMake: c++ -std=c++20 $(pkg-config --cflags accrue) program.cpp. It finds its prefix from where it
# is, so that an installation may be moved.
set(accrue_pc_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_DATADIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    message(STATUS "accrue: no pkg-config file, as its folders are not relative to the prefix")
else()
    string(REGEX REPLACE "[^/]+" ".." ACCRUE_PC_TO_PREFIX "${accrue_pc_dir}")
    configure_file("${PROJECT_SOURCE_DIR}/cmake/accrue.pc.in" "${PROJECT_BINARY_DIR}/accrue.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/accrue.pc" DESTINATION "${accrue_pc_dir}")
    if(ACCRUE_BUILD_COMPILED AND IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
        message(STATUS "accrue: no pkg-config file of the compiled variant, as its folder is not relative to the prefix")
    elseif(ACCRUE_BUILD_COMPILED)
        set(accrue_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
        string(REGEX REPLACE "[^/]+" ".." ACCRUE_PC_TO_PREFIX "${accrue_pc_dir}")
        configure_file("${PROJECT_SOURCE_DIR}/cmake/accrue-compiled.pc.in" "${PROJECT_BINARY_DIR}/accrue-compiled.pc" @ONLY)
        install(FILES "${PROJECT_BINARY_DIR}/accrue-compiled.pc" DESTINATION "${accrue_pc_dir}")
    endif()
endif()

# Debian's package: cpack -G DEB in the build folder writes libaccrue-dev_VERSION_all.deb, or with the compiled variant
# one of the architecture.
if(PROJECT_IS_TOP_LEVEL)
    set(CPACK_PACKAGE_NAME libaccrue-dev)
    set(CPACK_PACKAGE_VENDOR accrue)
    set(CPACK_PACKAGE_CONTACT "the authors of accrue")
    set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
    set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
    set(CPACK_GENERATOR DEB)
    set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
    set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
    if(NOT ACCRUE_BUILD_COMPILED)
        set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
    endif()
    set(CPACK_DEBIAN_PACKAGE_DEPENDS "libboost-dev (>= 1.74)")
    set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libeigen3-dev (>= 3.4)")
    include(CPack)
endif()
