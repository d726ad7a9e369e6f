// SPDX-License-Identifier: MIT
//
// Heap use of JSON with simdjson: freed memory contains no secret, and if an allocation fails, the
// text is not valid, for all readers of JSON. The program's operators new and delete are replaced
// for this.
#include <doctest/doctest.h>

#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include <arc_identity/core.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/key_vault/documents.hpp>

namespace {

namespace json = arc_identity::json;

constexpr std::string_view marker = "WIPE-ME";
constexpr std::string_view text = R"({"access_token":"WIPE-ME","other":"WIPE-\u004dE"})";

bool is_watching = false;
std::size_t freed_blocks = 0;
std::size_t freed_secrets = 0;
std::size_t allocations_left = 0;  // Counts down while `is_watching`.

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

/// Whether the text is valid if this many allocations succeed.
bool extract(std::size_t allocations) {
  json::value values[2];
  allocations_left = allocations;
  freed_blocks = freed_secrets = 0;
  is_watching = true;
  const bool valid = json::extract(text, "access_token\0other\0", values);
  is_watching = false;
  CHECK((!valid || values[0].text == marker));
  return valid;
}

/// The result of `read` if each allocation in turn fails.
template <class Read>
auto without_memory(Read read) {
  allocations_left = 0;
  is_watching = true;
  auto outcome = read();
  is_watching = false;
  return outcome;
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

TEST_CASE("simdjson: freed memory contains no secret") {
  CHECK(extract(1000));
  CHECK(freed_blocks >= 3);
  CHECK(freed_secrets == 0);
}

TEST_CASE("simdjson: without memory a text is not valid") {
  std::size_t allocations = 0;
  while (allocations < 100 && !extract(allocations)) {
    CHECK(freed_secrets == 0);
    ++allocations;
  }
  CHECK(allocations >= 3);
  CHECK(allocations < 100);
}

TEST_CASE("simdjson: all readers of JSON use it") {
  std::string token = R"({"access_token":"a","expires_in":"1"})";
  std::string secret = R"({"value":"v","id":"https://v.vault.azure.net/secrets/n/1"})";
  const std::string error = R"({"error":{"code":"c"}})";
  const std::string machine = R"({"compute":{"name":"m"}})";
  std::string space = machine;
  arc_identity::secret_text page(R"({"value":[],"nextLink":null})");
  arc_identity::detail::secret_document document;
  arc_identity::key_vault_page secrets;
  const auto is_token = [&] {
    return arc_identity::token_response::parse(token, {}, std::chrono::seconds(1)).has_value();
  };
  const auto has_code = [&] {
    arc_identity::detail::peer_error peer;
    arc_identity::detail::read_agent_error(error, false, peer);
    return peer.code == "c";
  };
  const auto is_machine = [&] {
    return arc_identity::instance_metadata().read(machine, space, {}).code == arc_identity::errc{};
  };
  const auto is_secret = [&] {
    const auto rejection = arc_identity::detail::read_secret(secret, document);
    return rejection == nullptr;
  };
  const auto is_page = [&] {
    const auto rejection = arc_identity::detail::read_page(page, secrets);
    return rejection == nullptr;
  };
  const auto is_found = [&] { return json::find(error, "error.code").kind != json::kind::absent; };
  CHECK_FALSE(without_memory(is_token));
  CHECK_FALSE(without_memory(has_code));
  CHECK_FALSE(without_memory(is_machine));
  CHECK_FALSE(without_memory(is_secret));
  CHECK_FALSE(without_memory(is_page));
  CHECK_FALSE(without_memory(is_found));
  CHECK((is_token() && has_code() && is_machine() && is_secret() && is_page() && is_found()));
}
