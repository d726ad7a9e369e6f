# SPDX-License-Identifier: MIT
# add_host_headers(TARGET FOLDER): adds an imported target for a header-only library of the
# machine that builds. Its include folder has a link to that library's headers only, because the
# machine's other headers do not fit another platform.
function(add_host_headers target folder)
  set(links ${CMAKE_BINARY_DIR}/host_headers)
  set(found "")
  foreach(place IN ITEMS /usr/local/include /usr/include)
    if(NOT found AND IS_DIRECTORY ${place}/${folder})
      set(found ${place}/${folder})
    endif()
  endforeach()
  if(NOT found)
    message(FATAL_ERROR "The headers ${folder}/ are not installed")
  endif()
  file(MAKE_DIRECTORY ${links})
  file(CREATE_LINK ${found} ${links}/${folder} SYMBOLIC)
  add_library(${target} INTERFACE IMPORTED)
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${links})
endfunction()
