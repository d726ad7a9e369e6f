# SPDX-License-Identifier: MIT
#
# Read by cpack as it starts: who makes the package, which a .deb must say.
if(CPACK_GENERATOR STREQUAL "DEB")
  if(NOT DEFINED ENV{DEBEMAIL})
    message(FATAL_ERROR "DEBEMAIL: set it to the address of who makes the package")
  endif()
  set(CPACK_PACKAGE_CONTACT "${CPACK_PACKAGE_VENDOR} <$ENV{DEBEMAIL}>")
  if(DEFINED ENV{DEBFULLNAME})
    set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
  endif()
  set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CPACK_PACKAGE_CONTACT})
endif()
