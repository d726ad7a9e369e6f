// SPDX-License-Identifier: MIT
// No memory that a thread gives back holds a token or a key, and where there is no memory, a
// credential says so. For this the program's operators new and delete are replaced; they look into
// a block before it goes, and have none to give, where the thread asks for it.

#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>

#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

namespace {

/// What this thread's freed memory must not hold, beginning with the common part of both secrets.
constexpr std::string_view marker = "WIPE-ME";

thread_local bool is_watching = false;
thread_local std::size_t blocks_left = SIZE_MAX;  ///< Of those that may be refused.
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

TEST_CASE("wiped memory: the watch sees what is freed") {
  is_watching = true;
  freed_secrets = 0;
  {
    const std::string text(100, 'x');
    const std::string secret = std::string(marker) + text;
  }
  is_watching = false;
  CHECK(freed_secrets == 1);
}

TEST_CASE("wiped memory: neither key nor token is left in freed memory") {
  const temporary_directory keys;
  const std::string path = keys.write("a.key", std::string(marker) + "-key");
  const std::string secret = std::string(marker) + "-token-" + std::string(500, 't');
  const std::string body = agent_texts::token_body("", secret);
  enum class ending { token, not_confirmed, cut, reset, twice_refused };
  for (const ending end :
       {ending::token, ending::not_confirmed, ending::cut, ending::reset, ending::twice_refused}) {
    CAPTURE(static_cast<int>(end));
    raw_agent agent([&](raw_connection& connection, std::size_t) {
      for (;;) {
        const std::string request = connection.read_request();
        if (request.empty()) return;
        if (!agent_texts::contains(request, "Authorization") || end == ending::twice_refused) {
          connection.send(agent_texts::challenge(path));
          continue;
        }
        const std::string answer = agent_texts::response(200, "", body);
        if (end == ending::token || end == ending::not_confirmed) {
          connection.send(answer);
          continue;
        }
        connection.send(answer.substr(0, answer.size() - 10));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (end == ending::reset) return connection.reset();
        return;
      }
    });
    const std::string url = agent.url();
    const std::string directory = keys.path();
    is_watching = true;
    freed_blocks = freed_secrets = 0;
    bool has_token = false;
    {
      arc_identity::options options;
      options.endpoint = url;
      options.key_directory = directory;
      options.max_attempts = 2;
      arc_identity::credential credential(options);
      const auto identity = end == ending::not_confirmed
                                ? arc_identity::managed_identity_id::client_id("c")
                                : arc_identity::managed_identity_id::system_assigned();
      const auto first = credential.get_token({"https://vault.azure.net", identity});
      has_token = first.has_value();
      if (has_token) {
        const auto copy = credential.force_refresh("https://vault.azure.net");
        CHECK(copy.has_value());
      }
    }
    is_watching = false;
    CHECK(has_token == (end == ending::token));
    CHECK(freed_blocks > 3);
    CHECK(freed_secrets == 0);
  }
}

TEST_CASE("memory: a credential that gets none says so, and works when there is some again") {
  raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.send(agent_texts::token_response());
  });
  const std::string url = agent.url();
  arc_identity::options options;
  options.endpoint = url;
  for (const std::size_t blocks : {0U, 1U}) {  // The workspace, and then the token's own.
    CAPTURE(blocks);
    arc_identity::credential credential(options);
    blocks_left = blocks;
    const auto none = credential.get_token("https://vault.azure.net");
    blocks_left = SIZE_MAX;
    REQUIRE_FALSE(none);
    CHECK(none.error().code() == arc_identity::errc::out_of_memory);
    CHECK(agent_texts::contains(none.error().message(), "memory"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    CHECK(credential.get_token("https://vault.azure.net"));
  }
}
