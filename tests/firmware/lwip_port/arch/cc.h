// SPDX-License-Identifier: MIT
/// What lwIP's headers require of a compiler: nothing that they do not detect themselves.
#pragma once

#define LWIP_TIMEVAL_PRIVATE 0
#include <sys/time.h>
