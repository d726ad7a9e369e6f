// SPDX-License-Identifier: MIT
//
// What a credential stores and decides, with the time as an argument.

#include <doctest/doctest.h>
#include <arc_identity/credential/token_cache.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using arc_identity::access_token;
using arc_identity::errc;
using arc_identity::error;
using arc_identity::managed_identity_id;
using arc_identity::token_request;
using arc_identity::detail::cache_entry;
using arc_identity::detail::token_cache;
using action = arc_identity::detail::cache_entry::action;
using time_point = std::chrono::milliseconds;

namespace {

constexpr time_point start = 1000h;

access_token token_named(const char* secret) {
  return access_token::make(secret, "https://vault.azure.net", 0s);
}

/// The entry, created if necessary.
std::shared_ptr<cache_entry> find_or_add(token_cache& cache, const token_request& request) {
  const auto found = cache.find(request);
  return found != nullptr ? found : cache.add(request);
}

error failure() { return error({errc::agent_unavailable, "busy"}); }

/// An entry whose token arrived at `start`.
struct filled_entry {
  explicit filled_entry(time_point lifetime) : entry("https://vault.azure.net") {
    entry.on_fetch(start);
    entry.on_token(token_named("first"), start, lifetime);
  }
  cache_entry entry;
};

}  // namespace

TEST_CASE("token_cache: a new entry is fetched once") {
  cache_entry entry("https://vault.azure.net");
  CHECK(entry.next(start, false) == action::fetch);
  entry.on_fetch(start);
  CHECK(entry.next(start, false) == action::wait);
  CHECK(entry.next(start, true) == action::wait);
}

TEST_CASE("token_cache: a lifetime of two hours or more is refreshed halfway") {
  filled_entry filled(24h);
  CHECK(filled.entry.next(start, false) == action::use);
  CHECK(filled.entry.next(start + 12h - 1ms, false) == action::use);
  CHECK(filled.entry.next(start + 12h, false) == action::refresh);
  CHECK(filled_entry(2h).entry.next(start + 1h, false) == action::refresh);
}

TEST_CASE("token_cache: a lifetime under two hours is refreshed five minutes before its end") {
  filled_entry filled(1h);
  CHECK(filled.entry.next(start + 55min - 1ms, false) == action::use);
  CHECK(filled.entry.next(start + 55min, false) == action::refresh);
}

TEST_CASE("token_cache: a lifetime under ten minutes is refreshed halfway, not at each use") {
  filled_entry filled(4min);
  CHECK(filled.entry.next(start + 2min - 1ms, false) == action::use);
  CHECK(filled.entry.next(start + 2min, false) == action::refresh);
}

TEST_CASE("token_cache: during a refresh others use the old token until it expires") {
  filled_entry filled(1h);
  filled.entry.on_fetch(start);
  CHECK(filled.entry.next(start + 59min, false) == action::use);
  CHECK(filled.entry.next(start + 1h - 1ms, false) == action::use);
  CHECK(filled.entry.next(start + 1h, false) == action::wait);
}

TEST_CASE("token_cache: an expired token is never used") {
  filled_entry filled(1h);
  CHECK(filled.entry.next(start + 1h, false) == action::fetch);
  CHECK(!filled.entry.holds(start + 1h));
  CHECK(filled.entry.holds(start + 1h - 1ms));
}

TEST_CASE("token_cache: a failed refresh keeps the token and delays the next attempt") {
  filled_entry filled(1h);
  filled.entry.on_fetch(start + 55min);
  filled.entry.on_refresh_error(failure(), start + 55min);
  CHECK(filled.entry.next(start + 55min, false) == action::use);
  CHECK(filled.entry.token().secret() == "first");
  CHECK(filled.entry.next(start + 55min + 30s - 1ms, false) == action::use);
  CHECK(filled.entry.next(start + 55min + 30s, false) == action::refresh);
}

TEST_CASE("token_cache: after a failed refresh an expired token may be fetched at once") {
  filled_entry filled(1h);
  filled.entry.on_fetch(start + 1h - 1s);
  filled.entry.on_refresh_error(failure(), start + 1h);
  CHECK(filled.entry.next(start + 1h, false) == action::fetch);
}

TEST_CASE("token_cache: a failed fetch does not bring a refresh forward") {
  filled_entry filled(24h);
  filled.entry.on_fetch(start);
  filled.entry.on_fetch_error(failure(), start);
  CHECK(filled.entry.next(start + 12h - 1ms, false) == action::use);
  CHECK(filled.entry.next(start + 12h, false) == action::refresh);
}

TEST_CASE("token_cache: Retry-After delays the next fetch, by a minute at most") {
  const auto pause_for = [](int milliseconds) {
    arc_identity::detail::failure busy{errc::agent_unavailable, "busy"};
    busy.retry_after = static_cast<std::uint32_t>(milliseconds);
    cache_entry entry("https://vault.azure.net");
    entry.on_fetch(start);
    entry.on_fetch_error(error(busy), start);
    std::chrono::milliseconds pause = 0ms;
    while (entry.next(start + pause, false) == action::fail) pause += 100ms;
    return pause;
  };
  CHECK(pause_for(0) == 1s);
  CHECK(pause_for(700) == 1s);
  CHECK(pause_for(7'000) == 7s);
  CHECK(pause_for(3'600'000) == 60s);
}

TEST_CASE("token_cache: Retry-After delays the next refresh, by a minute at most") {
  const auto pause_for = [](int milliseconds) {
    arc_identity::detail::failure busy{errc::agent_unavailable, "busy"};
    busy.retry_after = static_cast<std::uint32_t>(milliseconds);
    filled_entry filled(1h);
    filled.entry.on_fetch(start + 55min);
    filled.entry.on_refresh_error(error(busy), start + 55min);
    std::chrono::milliseconds pause = 0ms;
    while (filled.entry.next(start + 55min + pause, false) == action::use) pause += 100ms;
    return pause;
  };
  CHECK(pause_for(0) == 30s);
  CHECK(pause_for(7'000) == 30s);
  CHECK(pause_for(45'000) == 45s);
  CHECK(pause_for(3'600'000) == 60s);
}

TEST_CASE("token_cache: an error is remembered for a second") {
  cache_entry entry("https://vault.azure.net");
  entry.on_fetch(start);
  entry.on_fetch_error(failure(), start);
  CHECK(entry.next(start, false) == action::fail);
  CHECK(entry.next(start, true) == action::fail);
  REQUIRE(!entry.outcome());
  CHECK(entry.outcome().error().code() == errc::agent_unavailable);
  CHECK(entry.next(start + 1s - 1ms, false) == action::fail);
  CHECK(entry.next(start + 1s, false) == action::fetch);
}

TEST_CASE("token_cache: force fetches although a valid token is cached") {
  filled_entry filled(1h);
  CHECK(filled.entry.next(start, true) == action::fetch);
}

TEST_CASE("token_cache: only a token that was used becomes due for refresh") {
  filled_entry filled(1h);
  CHECK(!filled.entry.is_refresh_due(start + 59min));
  filled.entry.on_use(start + 1min);
  filled.entry.forget_use();
  CHECK(!filled.entry.is_refresh_due(start + 59min));
  filled.entry.on_use(start + 2min);
  CHECK(!filled.entry.is_refresh_due(start + 55min - 1ms));
  CHECK(filled.entry.is_refresh_due(start + 55min));
  filled.entry.on_fetch(start);
  CHECK(!filled.entry.is_refresh_due(start + 55min));
}

TEST_CASE("token_cache: an entry without a token is never due for refresh") {
  cache_entry entry("https://vault.azure.net");
  entry.on_use(start);
  CHECK(!entry.is_refresh_due(start + 24h));
}

TEST_CASE("token_cache: an added entry is found again") {
  token_cache cache;
  CHECK(!cache.find(token_request("https://a")));
  const auto added = find_or_add(cache, token_request("https://a"));
  CHECK(static_cast<bool>(cache.find(token_request("https://a")) == added));
  CHECK(!cache.find(token_request("https://b")));
}

TEST_CASE("token_cache: entries differ by resource, kind of identity and id") {
  token_cache cache;
  const token_request plain("https://a");
  const auto* const entry = find_or_add(cache, plain).get();
  CHECK(find_or_add(cache, plain).get() == entry);
  CHECK(find_or_add(cache, token_request("https://a/.default")).get() == entry);
  CHECK(find_or_add(cache, token_request("https://b")).get() != entry);
  const auto* const client =
      find_or_add(cache, token_request("https://a", managed_identity_id::client_id("x"))).get();
  CHECK(client != entry);
  CHECK(find_or_add(cache, token_request("https://a", managed_identity_id::object_id("x"))).get() !=
        client);
  CHECK(find_or_add(cache, token_request("https://a", managed_identity_id::client_id("y"))).get() !=
        client);
  CHECK(find_or_add(cache, token_request("https://a", managed_identity_id::client_id("x"))).get() ==
        client);
}

TEST_CASE("token_cache: an entry's request does not refer to the caller's memory") {
  token_cache cache;
  std::string resource = "https://vault.azure.net";
  std::string id = "11111111-2222-3333-4444-555555555555";
  const auto entry =
      find_or_add(cache, token_request(resource, managed_identity_id::client_id(id)));
  resource.assign(resource.size(), '-');
  id.assign(id.size(), '-');
  CHECK(entry->request().resource == "https://vault.azure.net");
  CHECK(entry->request().identity.value() == "11111111-2222-3333-4444-555555555555");
}

TEST_CASE("token_cache: a full cache drops the least recently used entry") {
  token_cache cache;
  const auto request = [](std::size_t i) { return "https://host-" + std::to_string(i); };
  std::weak_ptr<cache_entry> first;
  std::weak_ptr<cache_entry> second;
  for (std::size_t i = 0; i < token_cache::max_entries; ++i) {
    const auto entry = find_or_add(cache, token_request(request(i)));
    entry->on_use(start + time_point(i));
    if (i == 0) first = entry;
    if (i == 1) second = entry;
  }
  find_or_add(cache, token_request(request(0)))->on_use(start + 1h);
  find_or_add(cache, token_request("https://one-too-many"))->on_use(start + 2h);
  CHECK(!first.expired());
  CHECK(second.expired());
}

TEST_CASE("token_cache: an entry that is being fetched is not dropped") {
  token_cache cache;
  std::weak_ptr<cache_entry> busy = find_or_add(cache, token_request("https://busy"));
  busy.lock()->on_fetch(start);
  for (std::size_t i = 0; i < 3 * token_cache::max_entries; ++i) {
    find_or_add(cache, token_request("https://host-" + std::to_string(i)))
        ->on_use(start + time_point(i));
  }
  CHECK(!busy.expired());
}

TEST_CASE("token_cache: while all entries are being fetched the limit is exceeded") {
  token_cache cache;
  std::vector<std::weak_ptr<cache_entry>> all;
  for (std::size_t i = 0; i <= token_cache::max_entries; ++i) {
    const auto entry = find_or_add(cache, token_request("https://host-" + std::to_string(i)));
    entry->on_fetch(start);
    all.emplace_back(entry);
  }
  for (const auto& entry : all) CHECK(!entry.expired());
}

TEST_CASE("token_cache: after a burst of fetches the cache returns to its limit") {
  token_cache cache;
  const std::size_t many = 3 * token_cache::max_entries;
  std::vector<std::weak_ptr<cache_entry>> all;
  for (std::size_t i = 0; i < many; ++i) {
    const auto entry = find_or_add(cache, token_request("https://host-" + std::to_string(i)));
    entry->on_fetch(start);
    all.emplace_back(entry);
  }
  for (const auto& entry : all) entry.lock()->on_fetch_error(failure(), start);
  find_or_add(cache, token_request("https://one-more"));
  std::size_t kept = 0;
  for (const auto& entry : all) kept += entry.expired() ? 0U : 1U;
  CHECK(kept == token_cache::max_entries - 1);
}

TEST_CASE("token_cache: the next refresh is the earliest of the tokens in use") {
  token_cache cache;
  CHECK(cache.next_refresh() == time_point::max());
  const auto add = [&](const char* resource, time_point lifetime) {
    const auto entry = find_or_add(cache, token_request(resource));
    entry->on_fetch(start);
    entry->on_token(token_named("x"), start, lifetime);
    entry->on_use(start);
  };
  add("https://a", 24h);
  CHECK(cache.next_refresh() == start + 12h);
  CHECK(!cache.find_due(start + 12h - 1ms));
  add("https://b", 1h);
  add("https://c", 24h);
  CHECK(cache.next_refresh() == start + 55min);
  REQUIRE(static_cast<bool>(cache.find_due(start + 55min)));
  CHECK(cache.find_due(start + 55min)->request().resource == "https://b");
  cache.find(token_request("https://b"))->on_fetch(start + 55min);
  CHECK(!cache.find_due(start + 55min));
  CHECK(cache.next_refresh() == start + 55min + 30s);  // if the refresh fails
}
