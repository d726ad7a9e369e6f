// SPDX-License-Identifier: MIT
//
// exchange agent FOLDER: the agent for the other modes; prints its port and serves until killed.
//     The key file is FOLDER/budget.key.
// exchange once WHAT PORT FOLDER: performs the measured operation once, after a warm-up: `bare`,
//     `token` or `checked` (an exchange, the last one with the owner check), or `cached` (a token
//     from the cache). For callgrind, which collects in the function `measured`, and for strace.
//     Prints the number of allocations.
// exchange time PORT FOLDER: measures the three kinds of exchange in rotation; prints JSON.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <arc_identity/arc_identity.hpp>

#include "../bare_exchange.hpp"
#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "token_body.hpp"

// --- Counts what is allocated, over the allocator of glibc ---

namespace {
unsigned long allocations = 0;
}

extern "C" {
void* __libc_malloc(std::size_t);                 // NOLINT: glibc's name
void* __libc_calloc(std::size_t, std::size_t);    // NOLINT
void* __libc_realloc(void*, std::size_t);         // NOLINT
void* __libc_memalign(std::size_t, std::size_t);  // NOLINT

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
}

// --- What is measured ---

namespace {

const arc_identity::token_request request{"https://vault.azure.net"};

struct place {
  std::string port;
  std::string folder;
  std::string endpoint = "http://127.0.0.1:" + port + "/metadata/identity/oauth2/token";
  std::string key_path = folder + "/budget.key";

  arc_identity::options options(arc_identity::agent_check check) const {
    arc_identity::options options;
    options.agent_check = check;
    options.endpoint = endpoint;
    options.key_directory = folder;
    return options;
  }
  std::uint16_t port_number() const { return static_cast<std::uint16_t>(std::stoi(port)); }
};

struct whole_exchange {
  whole_exchange(const place& there, arc_identity::agent_check check)
      : client(there.options(check)) {}
  void run() {
    if (!client.get_token(request, workspace)) std::abort();
  }
  arc_identity::client client;
  char workspace[16 * 1024];
};

struct cached_token {
  explicit cached_token(const place& there)
      : credential(there.options(arc_identity::agent_check::owner)) {}
  void run() {
    if (!credential.get_token("https://vault.azure.net")) std::abort();
  }
  arc_identity::credential credential;
};

/// callgrind collects in here.
template <class Work>
__attribute__((noinline)) void measured(Work& work) {
  work.run();
}

template <class Work>
int once(Work& work) {
  work.run();
  const unsigned long before = allocations;
  measured(work);
  const unsigned long meanwhile = allocations - before;
  std::printf("%lu\n", meanwhile);
  return 0;
}

template <class Work>
double microseconds(Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work.run();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Each round measures one exchange of each kind, in rotating order. The result is the median of
/// the rounds' ratios, because other load on the machine affects both measurements of a round
/// alike.
int compare(const place& there) {
  constexpr int rounds = 2000;  // used ports are not free for a minute
  const auto bare = std::make_unique<bare_exchange>(there.port_number(), there.key_path);
  using arc_identity::agent_check;
  const auto whole = std::make_unique<whole_exchange>(there, agent_check::none);
  const auto checked = std::make_unique<whole_exchange>(there, agent_check::owner);
  std::vector<double> bare_times;
  std::vector<double> whole_times;
  std::vector<double> checked_times;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    if (round % 2 == 0) bare_times.push_back(microseconds(*bare));
    whole_times.push_back(microseconds(*whole));
    if (round % 2 != 0) bare_times.push_back(microseconds(*bare));
    ratios.push_back(whole_times.back() / bare_times.back());
    checked_times.push_back(microseconds(*checked));
  }
  std::printf("{\"bare_us\": %.2f, \"token_us\": %.2f, \"checked_us\": %.2f, \"ratio\": %.3f}\n",
              median(bare_times), median(whole_times), median(checked_times), median(ratios));
  return 0;
}

int serve(const std::string& folder) {
  const std::string challenge = agent_texts::challenge(folder + "/budget.key");
  const std::string token = agent_texts::response(200, "", budgets::token_body());
  const raw_listener listener;
  if (!listener.is_listening()) return 1;
  std::printf("%u\n", unsigned{listener.port()});
  std::fflush(stdout);
  const auto serve_one = [&](raw_connection& connection, std::size_t) {
    for (std::string text = connection.read_request(); !text.empty();
         text = connection.read_request()) {
      connection.send(agent_texts::contains(text, "Authorization: ") ? token : challenge);
    }
  };
  listener.serve(serve_one);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (count == 3 && arguments[0] == "agent") return serve(arguments[1]);
  if (count == 4 && arguments[0] == "time") return compare({arguments[1], arguments[2]});
  if (count == 5 && arguments[0] == "once") {
    const place there{arguments[2], arguments[3]};
    if (arguments[1] == "bare") {
      bare_exchange bare(there.port_number(), there.key_path);
      return once(bare);
    }
    if (arguments[1] == "token" || arguments[1] == "checked") {
      using arc_identity::agent_check;
      whole_exchange whole(there, arguments[1] == "token" ? agent_check::none : agent_check::owner);
      return once(whole);
    }
    if (arguments[1] == "cached") {
      cached_token cached(there);
      return once(cached);
    }
  }
  std::fputs(
      "usage: exchange agent FOLDER | once bare|token|checked|cached PORT FOLDER | time PORT "
      "FOLDER\n",
      stderr);
  return 2;
}
