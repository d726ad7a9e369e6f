// SPDX-License-Identifier: MIT
/// Watches the heap that the C interface uses, in the thread that asks for it; see heap.cpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heap {

/// What freed memory must not hold, beginning with the common part of all secrets.
inline constexpr std::string_view marker = "WIPE-ME";

inline thread_local std::size_t allocations = 0;       ///< That were asked for.
inline thread_local std::size_t refuse_at = SIZE_MAX;  ///< The number of the one that is refused.
inline std::atomic<std::size_t> live{0};  ///< Blocks of all threads that are not freed yet.
inline thread_local std::size_t freed_secrets = 0;

}  // namespace heap
