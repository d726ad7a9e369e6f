// SPDX-License-Identifier: MIT
//
// Checks each block of memory before it is freed, and lets allocations fail, in the threads that
// request it. Replaces the operators new and delete: to be included by one file of a program.

#ifndef ARC_IDENTITY_TESTS_SUPPORT_FREED_MEMORY_HPP
#define ARC_IDENTITY_TESTS_SUPPORT_FREED_MEMORY_HPP

#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

namespace {

/// What this thread's freed memory must not contain: the common beginning of both secrets.
constexpr std::string_view marker = "WIPE-ME";

thread_local bool is_watching = false;
thread_local std::size_t blocks_left = SIZE_MAX;  ///< of the blocks that may be refused
thread_local std::size_t freed_blocks = 0;
thread_local std::size_t freed_secrets = 0;

void* allocate(std::size_t size) noexcept { return std::malloc(size == 0 ? 1 : size); }

void* allocate_or_throw(std::size_t size) {
  void* const memory = allocate(size);
  if (memory == nullptr) std::abort();
  return memory;
}

void* allocate_or_refuse(std::size_t size) noexcept {
  return blocks_left == 0 || blocks_left-- == 0 ? nullptr : allocate(size);
}

void give_back(void* memory) noexcept {
  if (is_watching && memory != nullptr) {
    ++freed_blocks;
    const std::string_view content(static_cast<const char*>(memory), ::malloc_usable_size(memory));
    if (content.find(marker) != std::string_view::npos) ++freed_secrets;
  }
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_refuse(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_refuse(size);
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }

#endif  // ARC_IDENTITY_TESTS_SUPPORT_FREED_MEMORY_HPP
