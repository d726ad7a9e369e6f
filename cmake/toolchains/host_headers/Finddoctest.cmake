# SPDX-License-Identifier: MIT
include(HostHeaders)
if(NOT TARGET doctest::doctest)
  add_host_headers(doctest::doctest doctest)
endif()
set(doctest_FOUND TRUE)
