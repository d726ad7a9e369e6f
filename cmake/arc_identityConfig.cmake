# SPDX-License-Identifier: MIT
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
  include(CMakeFindDependencyMacro)
  find_dependency(Threads)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/arc_identityTargets.cmake)

# The component curl: the Https policy of the key vault. The library itself does not need libcurl.
if("curl" IN_LIST arc_identity_FIND_COMPONENTS)
  include(CMakeFindDependencyMacro)
  find_dependency(CURL)
  if(NOT TARGET arc_identity::curl)
    add_library(arc_identity::curl INTERFACE IMPORTED)
    target_link_libraries(arc_identity::curl INTERFACE arc_identity::arc_identity CURL::libcurl)
  endif()
  set(arc_identity_curl_FOUND TRUE)
endif()
