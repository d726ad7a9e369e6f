// SPDX-License-Identifier: MIT
//
// race ROUNDS BARE PROGRAM [PROGRAM...]: measures how long programs run, each of which gets one
// token. They run in rotation, so that other load on the machine affects all alike; the agent is a
// thread of this program and answers at once. BARE gets the arguments of bare.cpp, each PROGRAM
// those of arc-identity. Prints the medians as JSON, in the order of the arguments: microseconds
// from start to end, and of processor time.
//
// race serve: prints the port and the path of the key file, and answers until standard input ends.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "support/keyed_agent.hpp"

extern char** environ;  // POSIX leaves the declaration to the program.

namespace {

struct runner {
  std::vector<std::string> words;
  std::vector<double> elapsed{};  ///< microseconds, as all times here
  std::vector<double> processor{};
  std::vector<double> page_faults{};

  void run();
};

double microseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

void runner::run() {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  pid_t child = 0;
  int status = 0;
  rusage usage{};
  const auto begin = std::chrono::steady_clock::now();
  const int failure =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  if (failure == 0) ::wait4(child, &status, 0, &usage);
  const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0 || status != 0) {
    std::fprintf(stderr, "race: %s got no token\n", arguments[0]);
    std::exit(1);
  }
  elapsed.push_back(time.count());
  processor.push_back(microseconds(usage.ru_utime) + microseconds(usage.ru_stime));
  page_faults.push_back(static_cast<double>(usage.ru_minflt));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The median of the ratios of all rounds.
double ratio(const std::vector<double>& values, const std::vector<double>& of_bare) {
  std::vector<double> quotients;
  for (std::size_t i = 0; i < values.size(); ++i) quotients.push_back(values[i] / of_bare[i]);
  return median(quotients);
}

void print(const runner& each, const runner& bare) {
  std::printf(
      "  {\"program\": \"%s\", \"elapsed_us\": %.0f, \"processor_us\": %.0f, \"page_faults\": "
      "%.0f, "
      "\"ratio\": %.3f}",
      each.words[0].c_str(), median(each.elapsed), median(each.processor), median(each.page_faults),
      ratio(each.elapsed, bare.elapsed));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string body = agent_texts::token_body("", std::string(1500, 'x'));
  const std::string token = agent_texts::response(200, "", body);
  const keyed_agent agent([&](std::size_t, const std::string&) { return token; });
  const std::string port = std::to_string(agent.port());
  if (count == 2 && std::strcmp(arguments[1], "serve") == 0) {
    std::printf("%s %s\n", port.c_str(), agent.key_path().c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
  }
  if (count < 4) return 2;

  std::vector<runner> runners{{{arguments[2], port, agent.key_path()}}};
  for (int i = 3; i < count; ++i) {
    runners.push_back({{arguments[i], "token", "--resource", "https://vault.azure.net",
                        "--endpoint", agent.url(), "--key-directory", agent.key_directory()}});
  }
  const int rounds = std::atoi(arguments[1]);
  for (int round = 0; round < rounds; ++round) {
    for (runner& each : runners) each.run();
  }
  for (const runner& each : runners) {
    std::printf(&each == &runners[0] ? "[\n" : ",\n");
    print(each, runners[0]);
  }
  std::printf("\n]\n");
}
