# SPDX-License-Identifier: MIT
include(CMakeFindDependencyMacro)

# The components curl and winhttp are the Https policies of the key vault. Without curl, the
# library does not need libcurl.
foreach(component IN LISTS arc_identity_FIND_COMPONENTS)
  set(arc_identity_${component}_FOUND FALSE)
  set(arc_identity_reason "there is no component ${component}")
  if(component STREQUAL "curl")
    find_package(CURL QUIET)
    if(CURL_FOUND)
      set(arc_identity_curl_FOUND TRUE)
    endif()
    set(arc_identity_reason "the component curl needs libcurl, which was not found")
  elseif(component STREQUAL "winhttp")
    if(WIN32)
      set(arc_identity_winhttp_FOUND TRUE)
    endif()
    set(arc_identity_reason "the component winhttp is for Windows")
  endif()
  if(arc_identity_FIND_REQUIRED_${component} AND NOT arc_identity_${component}_FOUND)
    set(arc_identity_FOUND FALSE)
    set(arc_identity_NOT_FOUND_MESSAGE "arc_identity: ${arc_identity_reason}")
    return()
  endif()
endforeach()

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
  find_dependency(Threads)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/arc_identityTargets.cmake)

# Compiled in the build of the program that links to it, and so with the program's settings.
get_property(arc_identity_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if("CXX" IN_LIST arc_identity_languages AND NOT TARGET arc_identity::compiled
    AND NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
  add_library(arc_identity_compiled STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/compiled.cpp)
  add_library(arc_identity::compiled ALIAS arc_identity_compiled)
  target_compile_definitions(arc_identity_compiled PUBLIC ARC_IDENTITY_SEPARATE_COMPILATION)
  target_link_libraries(arc_identity_compiled PUBLIC arc_identity::arc_identity)
endif()

if(arc_identity_curl_FOUND AND NOT TARGET arc_identity::curl)
  add_library(arc_identity::curl INTERFACE IMPORTED)
  target_link_libraries(arc_identity::curl INTERFACE arc_identity::arc_identity CURL::libcurl)
endif()

if(arc_identity_winhttp_FOUND AND NOT TARGET arc_identity::winhttp)
  add_library(arc_identity::winhttp INTERFACE IMPORTED)
  target_link_libraries(arc_identity::winhttp INTERFACE arc_identity::arc_identity winhttp crypt32)
endif()
