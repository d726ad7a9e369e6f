// SPDX-License-Identifier: MIT
/// lwIP's options, for its headers only: the functions are in uart_network.cpp.
#pragma once

#define NO_SYS 0
#define LWIP_SOCKET 1
#define LWIP_COMPAT_SOCKETS 0
#define LWIP_ERRNO_STDINCLUDE
