# SPDX-License-Identifier: MIT
include(HostHeaders)
if(NOT TARGET CLI11::CLI11)
  add_host_headers(CLI11::CLI11 CLI)
endif()
set(CLI11_FOUND TRUE)
