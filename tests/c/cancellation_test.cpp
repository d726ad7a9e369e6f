// SPDX-License-Identifier: MIT
//
// A thread that is cancelled during a call: the call ends first, and leaves nothing behind.

#include <pthread.h>
#include <time.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "support.hpp"

using namespace std::chrono_literals;

namespace {

/// An agent that does not answer a request with a key until it is released.
class held_agent : public keyed_agent {
 public:
  held_agent() { hold(); }
};

/// A call in a separate thread, which can be cancelled during it.
class call_in_thread {
 public:
  explicit call_in_thread(std::function<int(outcome&)> call) : call_(std::move(call)) {
    REQUIRE(pthread_create(&thread_, nullptr, run, this) == 0);
  }
  ~call_in_thread() {
    if (!is_joined_) pthread_join(thread_, nullptr);
  }
  call_in_thread(const call_in_thread&) = delete;
  call_in_thread& operator=(const call_in_thread&) = delete;

  void cancel() { REQUIRE(pthread_cancel(thread_) == 0); }
  /// Waits for the thread's end; returns whether it was cancelled.
  bool join() {
    timespec end{};
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 10;
    void* result = nullptr;
    REQUIRE(pthread_timedjoin_np(thread_, &result, &end) == 0);
    is_joined_ = true;
    return result == PTHREAD_CANCELED;
  }

  int code = -1;  ///< the result of the call; -1 if it never returned
  outcome got;

 private:
  static void* run(void* object) {
    auto& self = *static_cast<call_in_thread*>(object);
    self.code = self.call_(self.got);
    pthread_testcancel();
    return nullptr;
  }

  std::function<int(outcome&)> call_;
  pthread_t thread_{};
  bool is_joined_ = false;
};

int get(const credential& from, outcome& to) {
  return arc_identity_get_token(from.get(), vault, nullptr, &to.token, &to.error);
}

}  // namespace

TEST_CASE("C cancellation: takes effect after a fetch, whose token is cached") {
  held_agent held;
  const agent_options given(held);
  const credential credential(given.options);
  call_in_thread cancelled([&](outcome& to) { return get(credential, to); });
  REQUIRE(held.wait_for_keyed_requests(1));
  cancelled.cancel();
  held.release();
  CHECK(cancelled.join());
  CHECK(cancelled.code == ARC_IDENTITY_OK);
  outcome later;
  CHECK(get(credential, later) == ARC_IDENTITY_OK);
  CHECK(held.keyed_requests() == 1);
}

TEST_CASE("C cancellation: a cancelled waiting thread does not block the others") {
  held_agent held;
  const agent_options given(held);
  const credential credential(given.options);
  call_in_thread fetching([&](outcome& to) { return get(credential, to); });
  REQUIRE(held.wait_for_keyed_requests(1));
  call_in_thread waiting([&](outcome& to) { return get(credential, to); });
  std::this_thread::sleep_for(50ms);
  waiting.cancel();
  held.release();
  CHECK(waiting.join());
  CHECK(waiting.code == ARC_IDENTITY_OK);
  CHECK_FALSE(fetching.join());
  CHECK(fetching.code == ARC_IDENTITY_OK);
}

TEST_CASE("C cancellation: takes effect after arc_identity_fetch_token()") {
  held_agent held;
  const agent_options given(held);
  call_in_thread cancelled([&](outcome& to) {
    return arc_identity_fetch_token(&given.options, vault, nullptr, &to.token, &to.error);
  });
  REQUIRE(held.wait_for_keyed_requests(1));
  cancelled.cancel();
  held.release();
  CHECK(cancelled.join());
  CHECK(cancelled.code == ARC_IDENTITY_OK);
  CHECK(std::string(cancelled.got.text) == agent_texts::token);
}

TEST_CASE("C cancellation: a silent agent delays it until the call's time limit") {
  held_agent held;
  agent_options given(held);
  given.options.total_timeout_ms = 2000;
  const credential credential(given.options);
  call_in_thread cancelled([&](outcome& to) { return get(credential, to); });
  REQUIRE(held.wait_for_keyed_requests(1));
  cancelled.cancel();
  CHECK(cancelled.join());
  CHECK(cancelled.code == ARC_IDENTITY_TIMED_OUT);
}

TEST_CASE("C cancellation: the thread's cancellation state is restored") {
  const keyed_agent agent;
  const agent_options given(agent);
  const credential credential(given.options);
  for (const int state : {PTHREAD_CANCEL_DISABLE, PTHREAD_CANCEL_ENABLE}) {
    int before = -1;
    int after = -1;
    outcome got;
    pthread_setcancelstate(state, &before);
    CHECK(get(credential, got) == ARC_IDENTITY_OK);
    pthread_setcancelstate(state, &after);
    CHECK(after == state);
    CHECK(arc_identity_fetch_token(&given.options, vault, nullptr, &got.token, &got.error) ==
          ARC_IDENTITY_OK);
    pthread_setcancelstate(before, &after);
    CHECK(after == state);
  }
}
