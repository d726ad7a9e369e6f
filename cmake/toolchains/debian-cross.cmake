# SPDX-License-Identifier: MIT
# Builds for another CPU with Debian's cross compiler. The programs run under qemu-user, or
# natively if the machine can run them. ARC_IDENTITY_CROSS is the name of the target, such as
# "s390x-linux-gnu". The programs are static, so they need no files of their platform to run.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ARC_IDENTITY_CROSS)
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR ${ARC_IDENTITY_CROSS})

set(CMAKE_CXX_COMPILER ${ARC_IDENTITY_CROSS}-g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)

set(CMAKE_FIND_ROOT_PATH /usr/${ARC_IDENTITY_CROSS})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Modules that find header-only packages of the machine that builds.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}/host_headers)
