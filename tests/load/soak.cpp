// SPDX-License-Identifier: MIT
// soak [--minutes M | --days D] [--seed N]: uses a credential for days of accelerated time, with
// threads that call it continuously, against an agent that fails at random. Fails if a caller gets
// an expired token or one of another key, if one waits although a valid token is cached, or if
// descriptors or memory grow.

#include <dirent.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <arc_identity/credential.hpp>

#include "load/fast_time.hpp"
#include "load/moody_agent.hpp"
#include "load/token_facts.hpp"
#include "support/watchdog.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using credential = arc_identity::basic_credential<arc_identity::basic_client<
    fast_time::transport, fast_time::clock, arc_identity::system::key_file_reader>>;

constexpr int callers = 8;
constexpr std::chrono::seconds total_timeout = 3s * fast_time::speed;
// The maximum time of a call while a valid token is cached and it does not fetch. The agent stalls
// for longer than this; a thread on a busy machine waits less for a core.
constexpr std::chrono::milliseconds longest_allowed = 250ms;
constexpr std::size_t heap_growth_allowed = std::size_t{64} * 1024;
constexpr std::size_t resident_growth_allowed = std::size_t{4} * 1024 * 1024;

/// The resources of the process while nothing runs.
struct resources {
  std::size_t descriptors = 0;
  std::size_t resident = 0;
  std::size_t heap = 0;

  static resources now() {
    resources found;
    DIR* const folder = ::opendir("/proc/self/fd");
    if (folder == nullptr) {  // There is no descriptor left.
      found.descriptors = SIZE_MAX;
      return found;
    }
    while (::readdir(folder) != nullptr) ++found.descriptors;
    ::closedir(folder);
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("VmRSS:", 0) == 0) found.resident = std::stoul(line.substr(6)) * 1024;
    }
    found.heap = ::mallinfo2().uordblks;
    return found;
  }
};

class soak {
 public:
  explicit soak(std::uint32_t seed)
      : seed_(seed), agent_(seed), credential_(make(agent_)), engine_(seed) {}

  /// Runs all threads for this time; they have ended when it returns.
  void run(steady_clock::duration time) {
    is_over_ = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([this, seed = seed_ + ++threads_] { call(std::mt19937(seed)); });
    }
    threads.emplace_back([this] { refresh(); });
    const steady_clock::time_point end = steady_clock::now() + time;
    while (steady_clock::now() < end) {
      std::this_thread::sleep_for(1ms * (engine_() % 4000));
      // Every fourth time it is closed for longer than most tokens live.
      const bool is_long = ++restarts_ % 4 == 1;
      found_.expect(agent_.restart(1ms * (is_long ? 8'000 : engine_() % 1500)),
                    "the test's agent lost its port");
    }
    is_over_ = true;
    for (std::thread& thread : threads) thread.join();
  }

  void compare(const resources& before, const resources& after) {
    std::printf(
        "descriptors: %zu, then %zu; heap: %zu, then %zu bytes; resident: %zu, then %zu KB\n",
        before.descriptors, after.descriptors, before.heap, after.heap, before.resident / 1024,
        after.resident / 1024);
    found_.expect(after.descriptors <= before.descriptors, "descriptors were left open");
    found_.expect(after.heap <= before.heap + heap_growth_allowed, "the heap grew");
    found_.expect(after.resident <= before.resident + resident_growth_allowed, "memory grew");
  }

  /// Prints the figures. Returns whether there was no failure.
  bool report(double real_seconds) {
    found_.expect(calls_ > 1000 && agent_.tokens() > 10 && failures_ > 0 && forced_ > 0,
                  "too little went on to prove anything");
    found_.expect(longest_cached_ < longest_allowed.count(),
                  "a caller waited although a token that holds was cached");
    std::printf("%.1f hours in %.0f s; %zu calls, of which %zu fetched and %zu failed\n",
                real_seconds * fast_time::speed / 3600, real_seconds, calls_.load(),
                fetches_.load(), failures_.load());
    std::printf("refreshed ahead by refresh_due: %zu; forced: %zu\n", refreshes_.load(),
                forced_.load());
    std::printf("the agent: %zu requests, %zu tokens, %zu faults, %zu restarts\n",
                agent_.requests(), agent_.tokens(), agent_.faults(), restarts_);
    std::printf("longest call while a token was cached: %lld ms; one that fetched: %lld ms\n",
                static_cast<long long>(longest_cached_), static_cast<long long>(longest_fetch_));
    const std::string first = found_.first();
    std::printf("%s\n", first.empty() ? "all is well" : first.c_str());
    return first.empty();
  }

 private:
  static credential make(const moody_agent& agent) {
    const std::string url = agent.url();
    arc_identity::options options;
    options.endpoint = url;
    options.key_directory = agent.key_directory();
    options.attempt_timeout = 1s * fast_time::speed;
    options.total_timeout = total_timeout;
    options.refresh_timeout = 500ms * fast_time::speed;
    return credential(options);
  }

  void call(std::mt19937 engine) {
    while (!is_over_) {
      for (int i = 0; i < 20; ++i) call_once(static_cast<int>(engine() % moody_agent::keys));
      if (engine() % 4096 == 0) force(static_cast<int>(engine() % moody_agent::keys));
      std::this_thread::sleep_for(200us);
    }
  }

  void call_once(int key) {
    const std::size_t index = static_cast<std::size_t>(key);
    fast_time::transport::has_connected() = false;
    const long known = known_serial_.at(index);
    const milliseconds start = clock_.now();
    // A token that was returned is valid until it expires or a newer one exists; the credential
    // counts its age from the start of the call that fetched it.
    const bool is_cached = known_end_.at(index) > (start + total_timeout).count();
    const steady_clock::time_point begin = steady_clock::now();
    const auto token = credential_.get_token(moody_agent::resource(key));
    const auto took = (steady_clock::now() - begin) / 1ms;
    ++calls_;
    if (fast_time::transport::has_connected()) {
      ++fetches_;
      raise_to(longest_fetch_, took);
    } else if (is_cached) {
      raise_to(longest_cached_, took);
    }
    if (!token) {
      ++failures_;
      found_.expect(!is_cached, "an error although a token is cached", token.error().message());
      return;
    }
    const token_facts got = token_facts::of(std::string(token->secret()));
    found_.expect(got.key == key, "a token of another key", got.text());
    // A token that was fetched during the call may have taken long to arrive.
    found_.expect(got.end > start || got.serial > known, "an expired token", got.text());
    raise_to(known_serial_.at(index), got.serial);
    raise_to(known_end_.at(index), static_cast<std::int64_t>(got.end.count()));
  }

  void force(int key) {
    if (credential_.force_refresh(moody_agent::resource(key))) ++forced_;
  }

  void refresh() {
    while (!is_over_) {
      refreshes_ += credential_.refresh_due();
      std::this_thread::sleep_for(1ms);
    }
  }

  const std::uint32_t seed_;
  const fast_time::clock clock_{};
  violations found_{};
  moody_agent agent_;
  credential credential_;
  std::mt19937 engine_;
  std::uint32_t threads_ = 0;
  std::size_t restarts_ = 0;
  std::atomic<bool> is_over_{false};
  std::array<std::atomic<std::int64_t>, moody_agent::keys> known_end_{};
  std::array<std::atomic<long>, moody_agent::keys> known_serial_{};
  std::atomic<std::size_t> calls_{0};
  std::atomic<std::size_t> fetches_{0};
  std::atomic<std::size_t> failures_{0};
  std::atomic<std::size_t> refreshes_{0};
  std::atomic<std::size_t> forced_{0};
  std::atomic<std::int64_t> longest_cached_{0};
  std::atomic<std::int64_t> longest_fetch_{0};
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A credential in use for days, at an agent that has its moods");
  double minutes = 1;
  double days = 0;
  std::uint32_t seed = std::random_device{}();
  CLI::Option* const real = app.add_option("--minutes", minutes, "How long to run [1]");
  app.add_option("--days", days, "Days of the fast time to run instead")->excludes(real);
  app.add_option("--seed", seed, "Of all that is random");
  CLI11_PARSE(app, argc, argv);
  const double seconds = days > 0 ? days * 86'400 / fast_time::speed : minutes * 60;
  std::printf("--seed %u; %.0f s, %d times as fast as the clock on the wall\n", seed, seconds,
              fast_time::speed);
  std::fflush(stdout);

  const watchdog guard("soak", std::chrono::seconds(static_cast<int>(seconds * 1.5) + 120));
  soak all(seed);
  const auto part = [&](double share) {
    all.run(std::chrono::milliseconds(static_cast<int>(seconds * share * 1000)));
  };
  const steady_clock::time_point begin = steady_clock::now();
  part(0.3);  // By then, everything has reached its final size.
  const resources before = resources::now();
  part(0.7);
  all.compare(before, resources::now());
  return all.report(std::chrono::duration<double>(steady_clock::now() - begin).count()) ? 0 : 1;
}
