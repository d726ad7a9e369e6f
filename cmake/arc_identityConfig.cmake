# SPDX-License-Identifier: MIT
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
  include(CMakeFindDependencyMacro)
  find_dependency(Threads)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/arc_identityTargets.cmake)
