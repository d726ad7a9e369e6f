// SPDX-License-Identifier: MIT
// many_callers KEY_DIRECTORY THREADS SECONDS: a program that uses only the installed header, as a
// user's would. Its threads continuously request a token from one credential. Prints the number of
// calls and of fetched tokens.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include <arc_identity/arc_identity.hpp>

namespace {

std::atomic<long> fetched{0};

void count(void*, const arc_identity::event& event) {
  if (event.kind == arc_identity::event_kind::token_received) ++fetched;
}

/// The number of calls within the time; -1 after an error, which it prints.
long call(arc_identity::credential credential, std::chrono::steady_clock::time_point end) {
  long calls = 0;
  for (; std::chrono::steady_clock::now() < end; ++calls) {
    const auto token = credential.get_token("https://vault.azure.net");
    if (!token) {
      std::fprintf(stderr, "%s\n", token.error().message());
      return -1;
    }
  }
  return calls;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  arc_identity::options options;
  options.key_directory = argv[1];
  options.observer = count;
  const arc_identity::credential credential(options);
  const int seconds = std::atoi(argv[3]);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);

  std::atomic<long> calls{0};
  std::atomic<bool> failed{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    threads.emplace_back([&] {
      const long own = call(credential, end);
      if (own < 0) failed = true;
      calls += own;
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%zu threads, %ld calls a second, %ld fetched\n", threads.size(), calls / seconds,
              fetched.load());
  return failed || fetched != 1 ? 1 : 0;
}
