# SPDX-License-Identifier: MIT
#
# cmake -D PACKAGE=FOLDER -P vcpkg_stand_in.cmake: runs the port as vcpkg would, according to its
# documentation. The functions that the port calls do only what is relevant for headers.
get_filename_component(port_dir ${CMAKE_CURRENT_LIST_DIR}/../../packaging/vcpkg/arc-identity ABSOLUTE)
set(CMAKE_CURRENT_LIST_DIR ${port_dir})
set(PORT arc-identity)
set(CURRENT_PACKAGES_DIR ${PACKAGE})
set(build ${PACKAGE}.build)

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  execute_process(COMMAND ${CMAKE_COMMAND} -G Ninja -S ${arg_SOURCE_PATH} -B ${build}
    -D CMAKE_BUILD_TYPE=Release -D CMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} ${arg_OPTIONS}
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_cmake_install)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${build} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "PACKAGE_NAME;CONFIG_PATH" "")
  file(GLOB files ${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/*)
  file(COPY ${files} DESTINATION ${CURRENT_PACKAGES_DIR}/share/${arg_PACKAGE_NAME})
  file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/share/cmake)
  # One folder less from there to the top.
  set(targets ${CURRENT_PACKAGES_DIR}/share/${arg_PACKAGE_NAME}/arc_identityTargets.cmake)
  set(up "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\n")
  file(READ ${targets} text)
  string(REPLACE "${up}${up}" "${up}" text "${text}")
  file(WRITE ${targets} "${text}")
endfunction()

function(vcpkg_fixup_pkgconfig)
  file(READ ${CURRENT_PACKAGES_DIR}/share/pkgconfig/arc_identity.pc text)
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  configure_file(${arg_FILE_LIST} ${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright COPYONLY)
endfunction()

include(${port_dir}/portfile.cmake)
