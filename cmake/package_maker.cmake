# SPDX-License-Identifier: MIT
#
# Read by cpack when it starts: sets the maintainer, which a .deb requires.
if(CPACK_GENERATOR STREQUAL "DEB")
  if(NOT DEFINED ENV{DEBEMAIL})
    message(FATAL_ERROR "set the environment variable DEBEMAIL to the package maintainer's address")
  endif()
  set(CPACK_PACKAGE_CONTACT "${CPACK_PACKAGE_VENDOR} <$ENV{DEBEMAIL}>")
  if(DEFINED ENV{DEBFULLNAME})
    set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
  endif()
  set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CPACK_PACKAGE_CONTACT})
endif()
