// SPDX-License-Identifier: MIT
//
// Intercepts the heap calls of the C interface: the linker redirects calls of malloc and free from
// this program's own files to these functions (--wrap), and leaves those of libraries.

#include "heap.hpp"

#include <malloc.h>

#include <cstddef>

extern "C" {

void* __real_malloc(std::size_t size);
void __real_free(void* memory);
void* __wrap_malloc(std::size_t size);
void __wrap_free(void* memory);

void* __wrap_malloc(std::size_t size) {
  if (heap::allocations++ == heap::refuse_at) return nullptr;
  void* const memory = __real_malloc(size);
  if (memory != nullptr) ++heap::live;
  return memory;
}

void __wrap_free(void* memory) {
  if (memory != nullptr) {
    --heap::live;
    const std::string_view content(static_cast<const char*>(memory), malloc_usable_size(memory));
    if (content.find(heap::marker) != std::string_view::npos) ++heap::freed_secrets;
  }
  __real_free(memory);
}

}  // extern "C"
