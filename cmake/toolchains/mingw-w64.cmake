# SPDX-License-Identifier: MIT
# Builds for Windows on Linux with MinGW-w64: for x86-64, whose programs run under Wine, or for 32
# bits with -DMINGW_CPU=i686.
if(NOT MINGW_CPU)
  set(MINGW_CPU x86_64)
endif()
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MINGW_CPU)
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR ${MINGW_CPU})

# The variant with POSIX threads: the other one has no std::mutex.
set(CMAKE_CXX_COMPILER ${MINGW_CPU}-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER ${MINGW_CPU}-w64-mingw32-windres)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
find_program(WINE NAMES wine wine64)
if(WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${WINE})
endif()

set(CMAKE_FIND_ROOT_PATH /usr/${MINGW_CPU}-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Modules that find header-only packages of the machine that builds.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}/host_headers)
