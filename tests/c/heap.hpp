// SPDX-License-Identifier: MIT
/// Watches the heap that the C interface uses, in the calling thread; see heap.cpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heap {

/// What freed memory must not contain: the common beginning of all secrets.
inline constexpr std::string_view marker = "WIPE-ME";

inline thread_local std::size_t allocations = 0;       ///< requested
inline thread_local std::size_t refuse_at = SIZE_MAX;  ///< the number of the allocation that fails
inline std::atomic<std::size_t> live{0};  ///< blocks of all threads that are not freed yet
inline thread_local std::size_t freed_secrets = 0;

}  // namespace heap
