# SPDX-License-Identifier: MIT
#
# Included by CMakeLists.txt: builds the tests with variants of the library, in addition to the usual one. Not
# part of `all`; see the presets named variants.

function(add_variant name)
  add_doctest_program(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  set_tests_properties(${name} PROPERTIES LABELS variant)
endfunction()

# --- Without exceptions --------------------------------------------------------------------------

add_variant(core_tests_without_exceptions ${core_tests} main.cpp)
target_compile_options(core_tests_without_exceptions PRIVATE ${without_exceptions})
target_compile_definitions(core_tests_without_exceptions PRIVATE
  DOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS)

# --- The single header ---------------------------------------------------------------------------
# The same tests, with headers that only include the single header if it contains them. The other headers,
# such as those in testing/, are the usual ones.

set(single_header ${PROJECT_SOURCE_DIR}/single_include/arc_identity.hpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${single_header})
file(STRINGS ${single_header} parts REGEX "^// --- arc_identity/.*\\.hpp$")
list(TRANSFORM parts REPLACE "^// --- " "")
foreach(part IN LISTS parts)
  file(CONFIGURE OUTPUT single_header/${part} CONTENT "#include \"${single_header}\"\n")
endforeach()

add_variant(single_header_tests ${core_tests})
target_include_directories(single_header_tests BEFORE PRIVATE
  ${CMAKE_CURRENT_BINARY_DIR}/single_header)
target_link_libraries(single_header_tests PRIVATE test_main)
if(ARC_IDENTITY_BUILD_CLI)
  target_sources(single_header_tests PRIVATE ${credential_tests})
  target_link_libraries(single_header_tests PRIVATE arc_identity_cli)
endif()
