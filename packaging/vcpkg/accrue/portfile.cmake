# An overlay port of this checkout: vcpkg install accrue --overlay-ports=packaging/vcpkg
# A port in a registry takes the source by vcpkg_from_github or vcpkg_from_git instead of the next line.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS -DACCRUE_BUILD_TESTS=OFF -DACCRUE_BUILD_BENCHMARKS=OFF -DACCRUE_BUILD_EXAMPLES=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/accrue)

# Headers alone: nothing differs between debug and release.
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
