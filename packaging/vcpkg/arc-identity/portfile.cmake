# SPDX-License-Identifier: MIT
# An overlay port that uses the sources of the checkout that contains it:
#     vcpkg install arc-identity --overlay-ports=arc_identity/packaging/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

# Header-only: there is nothing to debug.
set(VCPKG_BUILD_TYPE release)
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DARC_IDENTITY_BUILD_CLI=OFF
    -DARC_IDENTITY_BUILD_TESTS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME arc_identity CONFIG_PATH share/cmake/arc_identity)
vcpkg_fixup_pkgconfig()

vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
