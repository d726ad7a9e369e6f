// SPDX-License-Identifier: MIT
/// What lwIP's headers ask of a compiler: nothing that they do not find themselves.
#pragma once

#define LWIP_TIMEVAL_PRIVATE 0
#include <sys/time.h>
