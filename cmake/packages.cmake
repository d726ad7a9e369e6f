# SPDX-License-Identifier: MIT
#
# Packages, made by `cpack` in the build folder:
#     cpack -G TGZ    one archive with everything
#     cpack -G DEB    libarc-identity-dev; arc-identity if the program is built; libarc-identity-c-dev
#                     if the C interface is, and its library if it is shared
#     cpack -G ZIP    for Windows: the program and its documents
# A .deb's maintainer is in Debian's environment variables DEBEMAIL and DEBFULLNAME.

set(CPACK_PACKAGE_NAME arc_identity)
set(CPACK_PACKAGE_VENDOR "The arc_identity authors")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_THREADS 0)

set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/package_maker.cmake)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian_documents.cmake)

set(CPACK_COMPONENTS_ALL development)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"A header-only C++17 library that asks the Azure Arc agent of a machine for
the tokens of its managed identity, and keeps them while they are good.
Packages for CMake, pkg-config and a C++20 module come with it.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libarc-identity-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS libcurl4-openssl-dev)

if(ARC_IDENTITY_BUILD_CLI)
  list(APPEND CPACK_COMPONENTS_ALL program)
  set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
"Prints a token of the machine's managed identity, its metadata, and secrets
and certificates of Azure Key Vault; finds out why there is no token; and
stands in for the agent in tests.")
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME arc-identity)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION admin)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
endif()

if(ARC_IDENTITY_BUILD_C)
  list(APPEND CPACK_COMPONENTS_ALL c_development)
  set(CPACK_COMPONENT_C_DEVELOPMENT_DESCRIPTION
"The C interface: asks the Azure Arc agent of a machine for the tokens of its
managed identity. The header, the library, and packages for CMake and
pkg-config.")
  set(CPACK_DEBIAN_C_DEVELOPMENT_PACKAGE_NAME libarc-identity-c-dev)
  set(CPACK_DEBIAN_C_DEVELOPMENT_PACKAGE_SECTION libdevel)

  get_target_property(type arc_identity_c TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    list(APPEND CPACK_COMPONENTS_ALL c_library)
    get_target_property(soversion arc_identity_c SOVERSION)
    set(CPACK_COMPONENT_C_LIBRARY_DESCRIPTION
"The shared library of the C interface, which programs load.")
    set(CPACK_DEBIAN_C_LIBRARY_PACKAGE_NAME libarc-identity-c${soversion})
    set(CPACK_DEBIAN_C_LIBRARY_PACKAGE_SECTION libs)
    set(CPACK_DEBIAN_C_LIBRARY_PACKAGE_SHLIBDEPS ON)
    set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
    file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
    set(CPACK_DEBIAN_C_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/debian/triggers)
    set(CPACK_DEBIAN_C_DEVELOPMENT_PACKAGE_DEPENDS
      "libarc-identity-c${soversion} (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
  endif()
endif()

if(WIN32 AND ARC_IDENTITY_BUILD_CLI)
  set(CPACK_COMPONENTS_ALL program)
  set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
  set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)
  set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
  set(CPACK_PACKAGE_FILE_NAME
    arc-identity-${PROJECT_VERSION}-windows-${CMAKE_SYSTEM_PROCESSOR})
endif()

include(CPack)
