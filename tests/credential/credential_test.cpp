// SPDX-License-Identifier: MIT
// The cache over a client with an in-memory agent and a manual clock.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>

#include "support/agent_texts.hpp"

namespace {

using agent_texts::challenge;
using agent_texts::contains;
using agent_texts::failure;
using agent_texts::response;
using namespace std::chrono_literals;
using arc_identity::access_token;
using arc_identity::errc;
using arc_identity::io_result;
using arc_identity::loopback_address;
using arc_identity::managed_identity_id;
using arc_identity::mutable_buffer;
using arc_identity::testing::manual_clock;
using arc_identity::testing::memory_key_files;

const std::string vault = "https://vault.azure.net";

/// An agent that answers every request at once with a new token, or as configured. Copies share one
/// state.
class agent {
 public:
  /// The agent's wall clock is right, whatever the machine's is.
  explicit agent(const manual_clock& clock = manual_clock{})
      : state_(std::make_shared<state>(clock)) {}

  std::size_t requests() const {
    const lock guard(state_->mutex);
    return state_->requests.size();
  }
  std::string request(std::size_t index) const {
    const lock guard(state_->mutex);
    return state_->requests.at(index);
  }
  std::uint16_t port() const {
    const lock guard(state_->mutex);
    return state_->port;
  }
  void lifetime(std::chrono::seconds time) {
    const lock guard(state_->mutex);
    state_->lifetime = time;
  }
  /// Sets the answer to give instead of a token; "" restores tokens.
  void answer(const std::string& bytes) {
    const lock guard(state_->mutex);
    state_->answer = bytes;
  }
  /// Sets whether tokens have `expires_in` and `expires_on`.
  void expiry(bool in, bool on) {
    const lock guard(state_->mutex);
    state_->has_in = in;
    state_->has_on = on;
  }
  /// Sets how long each answer takes.
  void delay(std::chrono::milliseconds time) {
    const lock guard(state_->mutex);
    state_->delay = time;
  }
  /// Holds back all answers until `release`.
  void hold() {
    const lock guard(state_->mutex);
    state_->is_holding = true;
  }
  void release() {
    const lock guard(state_->mutex);
    state_->is_holding = false;
    state_->changed.notify_all();
  }
  void wait_for_requests(std::size_t count) const {
    std::unique_lock<std::mutex> guard(state_->mutex);
    state_->changed.wait_for(guard, 10s, [&] { return state_->requests.size() >= count; });
  }
  /// Waits until a caller waits for an answer that is held back.
  void wait_for_receiver() const {
    std::unique_lock<std::mutex> guard(state_->mutex);
    state_->changed.wait_for(guard, 10s, [&] { return state_->held != 0; });
  }

  // The Transport policy. The state of one connection is not shared.
  io_result connect(const loopback_address& peer, std::chrono::milliseconds) {
    const lock guard(state_->mutex);
    state_->port = peer.port;
    return {};
  }
  io_result send(arc_identity::const_buffer bytes, std::chrono::milliseconds) {
    const lock guard(state_->mutex);
    state_->requests.emplace_back(bytes);
    to_receive_ = state_->answer.empty() ? make_token(std::string(bytes)) : state_->answer;
    state_->changed.notify_all();
    return {arc_identity::io_status::ok, bytes.size()};
  }
  io_result receive(mutable_buffer space, std::chrono::milliseconds) {
    std::unique_lock<std::mutex> guard(state_->mutex);
    ++state_->held;
    state_->changed.notify_all();
    state_->changed.wait(guard, [&] { return !state_->is_holding; });
    --state_->held;
    state_->clock.advance(state_->delay);
    const std::size_t size = to_receive_.size() < space.size() ? to_receive_.size() : space.size();
    std::memcpy(space.data(), to_receive_.data(), size);
    to_receive_.erase(0, size);
    return {arc_identity::io_status::ok, size};
  }
  void close() { to_receive_.clear(); }

 private:
  using lock = std::lock_guard<std::mutex>;

  struct state {
    explicit state(const manual_clock& given) : clock(given), start(given.now()) {}

    manual_clock clock;
    std::chrono::milliseconds start;
    mutable std::mutex mutex{};
    std::condition_variable changed{};
    std::vector<std::string> requests{};
    std::string answer{};
    std::chrono::seconds lifetime{86'400};
    std::uint16_t port = 0;
    bool has_in = true;
    bool has_on = true;
    bool is_holding = false;
    std::size_t held = 0;
    std::chrono::milliseconds delay{0};
  };

  std::string make_token(const std::string& request) const {
    const auto now = 1'790'000'000s + (state_->clock.now() - state_->start) / 1000ms * 1s;
    const auto text = [](std::chrono::seconds time) { return std::to_string(time.count()); };
    const std::string in = R"(,"expires_in":")" + text(state_->lifetime) + "\"";
    const std::string on = R"(,"expires_on":")" + text(now + state_->lifetime) + "\"";
    const std::string secret = "token-" + std::to_string(state_->requests.size());
    return response(200, "",
                    R"({"access_token":")" + secret + "\"" + (state_->has_in ? in : "") +
                        (state_->has_on ? on : "") + echo(request) + "}");
  }

  static std::string echo(const std::string& request) {
    std::string members;
    for (const std::string name : {"client_id", "object_id", "msi_res_id"}) {
      const std::size_t at = request.find("&" + name + "=");
      if (at == std::string::npos) continue;
      const std::size_t begin = at + name.size() + 2;
      members +=
          ",\"" + name + "\":\"" + request.substr(begin, request.find(' ', begin) - begin) + "\"";
    }
    return members;
  }

  std::shared_ptr<state> state_;
  std::string to_receive_{};
};

using client = arc_identity::basic_client<agent, manual_clock, memory_key_files>;
using credential = arc_identity::basic_credential<client>;

struct stage {
  manual_clock clock{1'790'000'000s};
  agent himds{clock};
  credential tokens{arc_identity::options{}, himds, clock, memory_key_files{}};

  std::string get(const arc_identity::token_request& request = vault) {
    const auto token = tokens.get_token(request);
    return token ? std::string(token->secret()) : "error: " + std::string(token.error().message());
  }
  std::string force(const arc_identity::token_request& request = vault) {
    const auto token = tokens.force_refresh(request);
    return token ? std::string(token->secret()) : "error: " + std::string(token.error().message());
  }
};

const std::string refusal = failure(403, "forbidden", "Not today");

/// Runs `work(i)` in this many threads at once.
void run_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("credential: a token is cached") {
  stage run;
  const auto token = run.tokens.get_token(vault);
  REQUIRE(token);
  CHECK(token->secret() == "token-1");
  CHECK(token->authorization() == "Bearer token-1");
  CHECK(token->resource() == vault);
  CHECK(token->expires_on() == std::chrono::system_clock::time_point(1'790'086'400s));
  for (int i = 0; i < 10; ++i) CHECK(run.get() == "token-1");
  CHECK(run.himds.requests() == 1);
}

TEST_CASE("credential: an expired token is not returned") {
  stage run;
  run.himds.lifetime(3600s);
  CHECK(run.get() == "token-1");
  run.himds.answer(refusal);
  run.clock.advance(3600s);
  const auto token = run.tokens.get_token(vault);
  REQUIRE_FALSE(token);
  CHECK(token.error().code() == errc::request_refused);
  CHECK(contains(token.error().message(), "forbidden: Not today"));
  run.himds.answer("");
  run.clock.advance(1s);
  CHECK(run.get() == "token-3");
}

TEST_CASE("credential: a token is refreshed before it expires") {
  const struct {
    std::chrono::seconds lifetime;
    std::chrono::seconds refresh_at;
  } cases[] = {
      {24h, 12h}, {2h, 1h}, {2h - 1s, 2h - 1s - 5min}, {1h, 55min}, {20min, 15min},
  };
  for (const auto& c : cases) {
    CAPTURE(c.lifetime.count());
    stage run;
    run.himds.lifetime(c.lifetime);
    CHECK(run.get() == "token-1");
    run.clock.advance(c.refresh_at - 1s);
    CHECK(run.get() == "token-1");
    run.clock.advance(1s);
    CHECK(run.get() == "token-2");
    CHECK(run.get() == "token-2");
    CHECK(run.himds.requests() == 2);
  }
}

TEST_CASE("credential: a short-lived token is cached") {
  stage run;
  run.himds.lifetime(60s);
  CHECK(run.get() == "token-1");
  CHECK(run.get() == "token-1");
  run.clock.advance(60s);
  CHECK(run.get() == "token-2");
}

TEST_CASE("credential: a failed refresh keeps the old token and is retried later") {
  stage run;
  CHECK(run.get() == "token-1");
  run.clock.advance(12h);
  run.himds.answer(refusal);
  CHECK(run.get() == "token-1");
  CHECK(run.himds.requests() == 2);
  for (int i = 0; i < 10; ++i) CHECK(run.get() == "token-1");
  CHECK(run.himds.requests() == 2);
  run.clock.advance(5min);
  CHECK(run.get() == "token-1");
  CHECK(run.himds.requests() == 3);
  run.himds.answer("");
  run.clock.advance(5min);
  CHECK(run.get() == "token-4");
  CHECK(run.get() == "token-4");
  run.himds.answer(refusal);
  run.clock.advance(24h);
  CHECK(contains(run.get(), "Not today"));
}

TEST_CASE("credential: force_refresh gives a new token or the error") {
  stage run;
  CHECK(run.get() == "token-1");
  CHECK(run.force() == "token-2");
  CHECK(run.get() == "token-2");
  CHECK(run.himds.requests() == 2);
  run.himds.answer(refusal);
  CHECK(contains(run.force(), "Not today"));
  CHECK(contains(run.force(), "Not today"));  // and not the refused token
  run.clock.advance(1s);
  run.himds.answer("");
  CHECK(run.force() == "token-4");

  stage cold;
  CHECK(cold.force() == "token-1");
  CHECK(cold.get() == "token-1");
}

TEST_CASE("credential: an error is returned without a new attempt for a second") {
  stage run;
  run.himds.answer(refusal);
  for (int i = 0; i < 10; ++i) CHECK(contains(run.get(), "Not today"));
  run.himds.answer("");
  run.clock.advance(999ms);
  CHECK(contains(run.get(), "Not today"));
  CHECK(run.himds.requests() == 1);
  run.clock.advance(1ms);
  CHECK(run.get() == "token-2");
}

TEST_CASE("credential: force_refresh returns a cached token other than the refused one") {
  stage run;
  const auto refused = run.tokens.get_token(vault);
  REQUIRE(refused);
  auto token = run.tokens.force_refresh(vault, *refused);
  REQUIRE(token);
  CHECK(token->secret() == "token-2");
  token = run.tokens.force_refresh(vault, *refused);
  REQUIRE(token);
  CHECK(token->secret() == "token-2");
  CHECK(run.himds.requests() == 2);
  CHECK(run.tokens.force_refresh(vault, arc_identity::access_token())->secret() == "token-2");
  run.himds.answer(refusal);
  CHECK_FALSE(run.tokens.force_refresh(vault, *token));
}

TEST_CASE("credential: refresh_due refreshes the tokens in use") {
  stage run;
  CHECK(run.tokens.next_refresh() == std::chrono::milliseconds::max());
  CHECK(run.tokens.refresh_due() == 0);
  CHECK(run.get("https://a") == "token-1");
  CHECK(run.tokens.next_refresh() == 12h);
  CHECK(run.get("https://b") == "token-2");
  CHECK(run.tokens.next_refresh() == 12h);
  run.clock.advance(12h - 1ms);
  CHECK(run.tokens.refresh_due() == 0);
  run.clock.advance(1ms);
  CHECK(run.tokens.next_refresh() == 0ms);
  CHECK(run.tokens.refresh_due() > 0);
  CHECK(run.get("https://a") == "token-3");
  const std::size_t requests = run.himds.requests();
  run.himds.answer(refusal);
  run.clock.advance(12h);
  CHECK(run.tokens.refresh_due() == 0);
  CHECK(run.himds.requests() == requests + 1);
  CHECK(run.get("https://a") == "token-3");
  CHECK(run.tokens.next_refresh() > 0ms);
}

TEST_CASE("credential: beyond 64 tokens the least recently used is dropped") {
  stage run;
  for (int i = 1; i <= 64; ++i) {
    run.clock.advance(1s);
    CHECK(run.get("https://r" + std::to_string(i)) == "token-" + std::to_string(i));
  }
  run.clock.advance(1s);
  CHECK(run.get("https://r1") == "token-1");
  run.clock.advance(1s);
  CHECK(run.get("https://one-more") == "token-65");
  CHECK(run.get("https://r1") == "token-1");
  CHECK(run.get("https://r3") == "token-3");
  CHECK(run.get("https://r2") == "token-66");
}

TEST_CASE("credential: tokens are cached by resource and identity") {
  stage run;
  const arc_identity::token_request requests[] = {
      {vault},
      {"https://management.azure.com"},
      {"https://vault.azure.net/"},
      {vault, managed_identity_id::client_id("x")},
      {vault, managed_identity_id::object_id("x")},
      {vault, managed_identity_id::resource_id("x")},
      {vault, managed_identity_id::client_id("y")},
      {"https://management.azure.com", managed_identity_id::client_id("x")},
  };
  for (int round = 0; round < 2; ++round) {
    std::size_t number = 0;
    for (const auto& request : requests) {
      CHECK(run.get(request) == "token-" + std::to_string(++number));
    }
    CHECK(run.himds.requests() == number);
  }
  CHECK(run.force({vault, managed_identity_id::client_id("x")}) == "token-9");
  CHECK(run.get(vault) == "token-1");
}

TEST_CASE("credential: a scope and its resource share one token") {
  stage run;
  CHECK(run.get(vault) == "token-1");
  CHECK(run.get(vault + "/.default") == "token-1");
  CHECK(run.himds.requests() == 1);
}

TEST_CASE("credential: an invalid request is refused without asking the agent") {
  stage run;
  for (const char* const resource : {"", "/.default", "a b", "a\r\nb"}) {
    const auto token = run.tokens.get_token(resource);
    REQUIRE_FALSE(token);
    CHECK(token.error().code() == errc::invalid_argument);
    CHECK_FALSE(run.tokens.force_refresh(resource));
  }
  CHECK(run.tokens.get_token({vault, managed_identity_id::client_id("")}).error().code() ==
        errc::invalid_argument);
  CHECK(run.himds.requests() == 0);
}

// --- Clocks --------------------------------------------------------------------------------------

TEST_CASE("credential: steps of the wall clock change nothing") {
  stage run;
  CHECK(run.get() == "token-1");
  for (const auto time : {0s, 1'790'000'000s + 24h * 3650, -1'000'000s, 4'000'000'000s}) {
    run.clock.set_unix_time(time);
    CHECK(run.get() == "token-1");
  }
  run.clock.set_unix_time(0s);
  run.clock.advance(12h);
  CHECK(run.get() == "token-2");
}

TEST_CASE("credential: a clock that was never set still gives cached tokens") {
  for (const bool has_on : {false, true}) {
    stage run;
    run.clock.set_unix_time(5s);
    run.himds.lifetime(3600s);
    run.himds.expiry(true, has_on);
    CHECK(run.get() == "token-1");
    run.clock.advance(55min - 1s);
    CHECK(run.get() == "token-1");
    run.clock.advance(1s);
    CHECK(run.get() == "token-2");
  }
  stage run;
  run.clock.set_unix_time(0s);
  run.himds.expiry(false, true);
  CHECK(run.get() == "token-1");
  run.clock.advance(12h);
  CHECK(run.get() == "token-2");
}

// --- Sharing -------------------------------------------------------------------------------------

TEST_CASE("credential: copies share one cache") {
  stage run;
  credential copy = run.tokens;
  CHECK(run.get() == "token-1");
  CHECK(copy.get_token(vault)->secret() == "token-1");
  CHECK(copy.force_refresh(vault)->secret() == "token-2");
  CHECK(run.get() == "token-2");
  {
    const credential another = copy;
    copy = another;
  }
  CHECK(run.get() == "token-2");
}

TEST_CASE("credential: 64 concurrent calls make one request") {
  stage run;
  run.himds.hold();
  std::atomic<std::size_t> right{0};
  std::atomic<std::size_t> asking{0};
  std::thread opener([&] {
    run.himds.wait_for_requests(1);
    while (asking < 64) std::this_thread::yield();
    std::this_thread::sleep_for(50ms);
    run.himds.release();
  });
  run_threads(64, [&](std::size_t i) {
    ++asking;
    const auto token =
        i % 2 == 0 ? run.tokens.get_token(vault) : credential(run.tokens).get_token(vault);
    if (token && token->secret() == "token-1") ++right;
  });
  opener.join();
  CHECK(right == 64);
  CHECK(run.himds.requests() == 1);
}

TEST_CASE("credential: concurrent force_refresh calls share one request") {
  stage run;
  CHECK(run.get() == "token-1");
  run.himds.hold();
  std::atomic<std::size_t> right{0};
  std::atomic<std::size_t> asking{0};
  std::thread opener([&] {
    run.himds.wait_for_requests(2);
    while (asking < 16) std::this_thread::yield();
    std::this_thread::sleep_for(50ms);
    run.himds.release();
  });
  run_threads(16, [&](std::size_t) {
    ++asking;
    const auto token = run.tokens.force_refresh(vault);
    if (token && token->secret() == "token-2") ++right;
  });
  opener.join();
  CHECK(right == 16);
  CHECK(run.himds.requests() == 2);
}

TEST_CASE("credential: waiting callers get the same error") {
  stage run;
  run.himds.hold();
  run.himds.answer(refusal);
  std::atomic<std::size_t> failures{0};
  std::atomic<std::size_t> asking{0};
  std::thread opener([&] {
    run.himds.wait_for_requests(1);
    while (asking < 16) std::this_thread::yield();
    std::this_thread::sleep_for(50ms);
    run.himds.release();
  });
  run_threads(16, [&](std::size_t) {
    ++asking;
    const auto token = run.tokens.get_token(vault);
    if (!token && contains(token.error().message(), "forbidden: Not today")) ++failures;
  });
  opener.join();
  CHECK(failures == 16);
  CHECK(run.himds.requests() == 1);
}

TEST_CASE("credential: during a refresh other callers get the old token") {
  stage run;
  CHECK(run.get() == "token-1");
  run.clock.advance(12h);
  run.himds.hold();
  std::string refreshed;
  std::thread refresher([&] { refreshed = run.get(); });
  run.himds.wait_for_requests(2);
  for (int i = 0; i < 10; ++i) CHECK(run.get() == "token-1");
  run.himds.release();
  refresher.join();
  CHECK(refreshed == "token-2");
  CHECK(run.get() == "token-2");
  CHECK(run.himds.requests() == 2);
}

TEST_CASE("credential: requests for different keys do not block each other") {
  stage run;
  CHECK(run.get("https://management.azure.com") == "token-1");
  run.himds.hold();
  std::thread waiting([&] { CHECK(run.get(vault) == "token-2"); });
  run.himds.wait_for_requests(2);
  CHECK(run.get("https://management.azure.com") == "token-1");
  run.himds.release();
  waiting.join();
}

TEST_CASE("credential: concurrent calls for many resources get the right tokens") {
  stage run;
  std::atomic<std::size_t> wrong{0};
  run_threads(8, [&](std::size_t i) {
    for (std::size_t n = 0; n < 200; ++n) {
      const std::string resource = "https://r" + std::to_string((i + n) % 10);
      const auto token =
          n % 50 == 49 ? run.tokens.force_refresh(resource) : run.tokens.get_token(resource);
      if (!token || token->resource() != resource) ++wrong;
    }
  });
  CHECK(wrong == 0);
}

// --- Lifetimes -----------------------------------------------------------------------------------

TEST_CASE("credential: a token's views are valid as long as any copy exists") {
  access_token kept;
  std::string_view secret;
  std::string_view resource;
  {
    stage run;
    const auto token = run.tokens.get_token(vault);
    REQUIRE(token);
    kept = *token;
    secret = token->secret();
    resource = token->resource();
    CHECK(run.force() == "token-2");
  }
  CHECK(secret == "token-1");
  CHECK(resource == vault);
  const access_token moved = std::move(kept);
  CHECK(moved.secret().data() == secret.data());
  CHECK(moved.authorization() == "Bearer token-1");
}

TEST_CASE("credential: strings of options and requests are copied") {
  agent himds;
  manual_clock clock;
  memory_key_files key_files;
  auto endpoint = std::make_unique<std::string>("http://127.0.0.1:4321/a/path/of/some/length");
  auto directory = std::make_unique<std::string>("/a/key/directory/of/some/length");
  auto version = std::make_unique<std::string>("2021-02-01-of-some-length");
  arc_identity::options options;
  options.endpoint = *endpoint;
  options.key_directory = *directory;
  options.api_version = *version;
  credential tokens(options, himds, clock, key_files);
  for (auto* const text : {&endpoint, &directory, &version}) {
    (*text)->assign((*text)->size(), '!');
    text->reset();
  }
  auto resource = std::make_unique<std::string>("https://a.resource.of.some.length");
  CHECK(tokens.get_token(*resource));
  resource.reset();
  CHECK(tokens.get_token("https://a.resource.of.some.length"));
  CHECK(himds.requests() == 1);
  CHECK(himds.port() == 4321);
  CHECK(contains(himds.request(0),
                 "GET /a/path/of/some/length?api-version=2021-02-01-of-some-length&"));
  himds.answer(challenge("/a/key/directory/of/some/length/x.key"));
  CHECK(tokens.force_refresh("https://a.resource.of.some.length").error().code() ==
        errc::key_file_not_found);
}

TEST_CASE("credential: the observer gets the events of an exchange") {
  std::size_t events = 0;
  arc_identity::options options;
  options.observer = [](void* count, const arc_identity::event&) {
    ++*static_cast<std::size_t*>(count);
  };
  options.observer_context = &events;
  credential tokens(options, agent{}, manual_clock{}, memory_key_files{});
  CHECK(tokens.get_token(vault));
  CHECK(tokens.get_token(vault));
  CHECK(events == 2);
}

TEST_CASE("credential: the observer gets refresh_failed") {
  std::vector<arc_identity::event> events;
  arc_identity::options options;
  options.observer = [](void* seen, const arc_identity::event& event) {
    static_cast<std::vector<arc_identity::event>*>(seen)->push_back(event);
  };
  options.observer_context = &events;
  manual_clock clock;
  agent himds(clock);
  credential tokens(options, himds, clock, memory_key_files{});
  REQUIRE(tokens.get_token(vault));
  clock.advance(12h);
  himds.answer(refusal);
  REQUIRE(tokens.get_token(vault));
  REQUIRE_FALSE(events.empty());
  CHECK(events.back().kind == arc_identity::event_kind::refresh_failed);
  CHECK(events.back().reason == errc::request_refused);
  CHECK(events.back().http_status == 403);
}

TEST_CASE("credential: a refresh that fails after the old token expired gives the error") {
  stage run;
  CHECK(run.get() == "token-1");
  run.clock.advance(23h);
  run.himds.answer(refusal);
  run.himds.hold();
  std::string refreshed;
  std::thread refresher([&] { refreshed = run.get(); });
  run.himds.wait_for_receiver();
  run.clock.advance(1h);
  run.himds.release();
  refresher.join();
  CHECK(contains(refreshed, "error: "));
}

TEST_CASE("credential: a caller that waited for a failed refresh fetches the token itself") {
  stage run;
  CHECK(run.get() == "token-1");
  run.clock.advance(23h);
  run.himds.hold();
  run.himds.answer(refusal);
  std::string refreshed;
  std::string waited;
  std::thread refresher([&] { refreshed = run.get(); });
  run.himds.wait_for_receiver();
  run.clock.advance(1h);
  std::thread waiter([&] { waited = run.get(); });
  std::this_thread::sleep_for(50ms);
  run.himds.answer("");  // from the next request on
  run.himds.release();
  refresher.join();
  waiter.join();
  CHECK(refreshed == "token-3");
  CHECK(waited == "token-3");
  CHECK(run.himds.requests() == 3);
}

TEST_CASE("credential: a token that expires before it arrives gives an error") {
  stage run;
  run.himds.lifetime(5s);
  run.himds.hold();
  std::string got;
  std::thread asking([&] { got = run.get(); });
  run.himds.wait_for_receiver();
  run.clock.advance(5s);
  run.himds.release();
  asking.join();
  CHECK(contains(got, "error: the token expired"));
}

TEST_CASE("credential: a use during refresh_due counts for the next refresh") {
  stage run;
  run.get();
  run.clock.advance(12h);
  run.himds.hold();
  std::size_t refreshed = 0;
  std::thread loop([&] { refreshed = run.tokens.refresh_due(); });
  run.himds.wait_for_receiver();
  CHECK(run.tokens.next_refresh() == 30s);  // if the refresh fails
  CHECK(run.get() == "token-1");
  run.himds.release();
  loop.join();
  CHECK(refreshed == 1);
  CHECK(run.tokens.next_refresh() == 12h);
  run.clock.advance(12h);
  CHECK(run.tokens.refresh_due() == 1);
  CHECK(run.tokens.next_refresh() == std::chrono::milliseconds::max());
}

TEST_CASE("credential: refresh_due returns although each refresh outlasts the pause") {
  stage run;
  for (int i = 0; i < 12; ++i) run.get("https://r" + std::to_string(i));
  run.clock.advance(12h);
  const std::size_t before = run.himds.requests();
  run.himds.answer(refusal);
  run.himds.delay(31s);
  CHECK(run.tokens.refresh_due() == 0);
  CHECK(run.himds.requests() == before + 12);
}

TEST_CASE("credential: invalid options are refused before anything is sent") {
  arc_identity::options options;
  options.total_timeout = 0ms;
  agent himds;
  credential tokens(options, himds, manual_clock{}, memory_key_files{});
  const auto token = tokens.get_token(vault);
  REQUIRE_FALSE(token);
  CHECK(token.error().code() == errc::invalid_argument);
  CHECK(contains(token.error().message(), "total_timeout"));
  CHECK(himds.requests() == 0);
}

TEST_CASE("credential: a waiting caller gives up at its time limit") {
  arc_identity::options options;
  options.total_timeout = 50ms;
  manual_clock clock;
  agent himds(clock);
  credential tokens(options, himds, clock, memory_key_files{});
  himds.hold();
  std::thread first([&] { static_cast<void>(tokens.get_token(vault)); });
  himds.wait_for_requests(1);
  const auto token = tokens.get_token(vault);
  himds.release();
  first.join();
  REQUIRE_FALSE(token);
  CHECK(token.error().code() == errc::timed_out);
  CHECK(contains(token.error().message(), "another thread"));
}

const std::string unavailable = failure(503, "busy", "Later");

TEST_CASE("credential: a call that ends at its own time limit lets the next try at once") {
  stage run;
  run.himds.answer(unavailable);
  const auto begin = run.clock.now();
  CHECK_FALSE(run.tokens.get_token(vault, 2s));
  CHECK(run.clock.now() - begin <= 2s);
  run.himds.answer("");
  const std::string token = run.get();
  CHECK(contains(token, "token-"));
  CHECK(run.tokens.get_token(vault, 0ms)->secret() == token);
}

TEST_CASE("credential: a caller that waited for one with less time fetches the token itself") {
  stage run;
  run.himds.hold();
  run.himds.answer(refusal);
  std::string hurried = "none";
  std::string waited;
  std::thread first([&] {
    if (run.tokens.get_token(vault, 10s)) hurried = "a token";
  });
  run.himds.wait_for_receiver();
  std::thread waiter([&] { waited = run.get(); });
  std::this_thread::sleep_for(50ms);
  run.himds.answer("");  // from the next request on
  run.himds.release();
  first.join();
  waiter.join();
  CHECK(waited == "token-2");
}

TEST_CASE("credential: force_refresh obeys the caller's own time limit") {
  stage run;
  const auto refused = run.tokens.get_token(vault);
  REQUIRE(refused);
  run.himds.answer(unavailable);
  const auto begin = run.clock.now();
  CHECK_FALSE(run.tokens.force_refresh(vault, *refused, 2s));
  CHECK(run.clock.now() - begin <= 2s);
  run.himds.answer("");
  CHECK(run.tokens.force_refresh(vault, *refused, 2s)->secret() != refused->secret());
}

TEST_CASE("credential: force_refresh with a refused token gives the error if no other exists") {
  stage run;
  run.himds.answer(refusal);
  CHECK_FALSE(run.tokens.force_refresh(vault, access_token{}));
}

TEST_CASE("credential: a moved-from credential still shares the cache") {
  stage run;
  CHECK(run.get() == "token-1");
  const credential moved(std::move(run.tokens));
  CHECK(run.get() == "token-1");
}

TEST_CASE("access_token: streaming shows no secret") {
  stage run;
  const auto token = run.tokens.get_token(vault);
  REQUIRE(token);
  std::ostringstream stream;
  stream << *token << access_token{};
  CHECK_FALSE(contains(stream.str(), "token-1"));
  CHECK(contains(stream.str(), "none"));
  CHECK_FALSE(contains(std::string(doctest::toString(*token).c_str()), "token-1"));
}

TEST_CASE("access_token: a default-constructed one is empty") {
  const access_token none;
  CHECK(none.empty());
  CHECK(none.secret().empty());
  CHECK(none.authorization().empty());
  CHECK(none.resource().empty());
  CHECK(none.expires_on() == std::chrono::system_clock::time_point{});
  access_token copy = none;
  copy = none;
  CHECK(copy.empty());
  access_token some = access_token::make("s", "r", 5s);
  some = std::move(copy);
  CHECK(some.empty());
}

TEST_CASE("access_token: the latest time is clamped") {
  const access_token token = access_token::make("s", "r", 253'402'300'799s);
  CHECK(token.expires_on() > std::chrono::system_clock::time_point{});
}
