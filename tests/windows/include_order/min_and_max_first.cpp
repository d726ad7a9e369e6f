// SPDX-License-Identifier: MIT
// With the macros min and max, which <windows.h> defines without NOMINMAX; MinGW's does not for
// C++.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))

#include <arc_identity/arc_identity.hpp>
