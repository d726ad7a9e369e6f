// SPDX-License-Identifier: MIT
//
// The extractor of json/simdjson.hpp and the heap: no memory that it gives back holds a secret, and
// where there is none, the text is not valid. For this the program's operators new and delete are
// replaced.
#include <doctest/doctest.h>

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string_view>

#include <arc_identity/json/simdjson.hpp>

namespace {

namespace json = arc_identity::json;

constexpr std::string_view marker = "WIPE-ME";
constexpr std::string_view text = R"({"access_token":"WIPE-ME","other":"WIPE-\u004dE"})";

bool is_watching = false;
std::size_t freed_blocks = 0;
std::size_t freed_secrets = 0;
std::size_t allocations_left = 0;  // While it is watching.

void* allocate(std::size_t size) noexcept {
  if (is_watching && allocations_left-- == 0) {
    allocations_left = 0;
    return nullptr;
  }
  return std::malloc(size == 0 ? 1 : size);
}

void give_back(void* memory) noexcept {
  if (is_watching && memory != nullptr) {
    ++freed_blocks;
    const std::string_view content(static_cast<const char*>(memory), ::malloc_usable_size(memory));
    if (content.find(marker) != std::string_view::npos) ++freed_secrets;
  }
  std::free(memory);
}

/// Whether the text is valid where so many allocations succeed.
bool extract(std::size_t allocations) {
  const json::field fields[] = {{"access_token"}, {"other"}};
  json::value values[2];
  allocations_left = allocations;
  freed_blocks = freed_secrets = 0;
  is_watching = true;
  const bool valid = json::simdjson_extractor::extract<512>(text, fields, values);
  is_watching = false;
  CHECK((!valid || values[0].text == marker));
  return valid;
}

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = allocate(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }

TEST_CASE("simdjson extractor: no secret is left in freed memory") {
  CHECK(extract(1000));
  CHECK(freed_blocks >= 3);
  CHECK(freed_secrets == 0);
}

TEST_CASE("simdjson extractor: without memory a text is not valid") {
  std::size_t allocations = 0;
  while (allocations < 100 && !extract(allocations)) {
    CHECK(freed_secrets == 0);
    ++allocations;
  }
  CHECK(allocations >= 3);
  CHECK(allocations < 100);
}
