// SPDX-License-Identifier: MIT
//
// How a daemon uses a credential: one for the whole process, with copies that share its cache.
// Commands on standard input take a token from the cache, and a background thread refreshes tokens
// before they expire, so that only the first command waits for the agent.
//
//     g++ -std=c++17 -I ../include -pthread command_loop.cpp -o command_loop
//     ./command_loop
//
// With a simulated agent: arc-identity simulate -- ./command_loop '{key-directory}'

#include <arc_identity/arc_identity.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

/// Refreshes the credential's tokens when they are due, until it is destroyed.
class refresher {
 public:
  explicit refresher(arc_identity::credential credential) : credential_(std::move(credential)) {}
  ~refresher() {
    {
      const std::lock_guard guard(mutex_);
      is_stopping_ = true;
    }
    stopped_.notify_one();
    thread_.join();
  }
  refresher(const refresher&) = delete;
  refresher& operator=(const refresher&) = delete;

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
      // A command may use a new resource at any time: check again once a minute.
      const auto time = std::min<std::chrono::milliseconds>(credential_.next_refresh(), 60s);
      if (stopped_.wait_for(lock, time, [this] { return is_stopping_; })) return;
      credential_.refresh_due();  // if it fails, the old token stays, and is refreshed later
    }
  }

  arc_identity::credential credential_;  // a copy shares the cache
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopping_ = false;
  std::thread thread_{[this] { run(); }};
};

void print(const arc_identity::result<arc_identity::access_token>& token) {
  if (token) {
    using std::chrono::duration_cast;
    const auto left = token->expires_on() - std::chrono::system_clock::now();
    std::cout << *token << " of " << token->secret().size() << " bytes, good for "
              << duration_cast<std::chrono::minutes>(left + 30s).count() << " minutes\n";
  } else {
    // A daemon continues: the next attempt may succeed.
    std::cout << "error: " << token.error().message() << '\n';
  }
}

int main(int argc, char** argv) {
  arc_identity::options options;
  if (argc > 1) options.key_directory = argv[1];
  arc_identity::credential credential(options);
  const refresher in_background(credential);

  std::cout << "token RESOURCE | refused RESOURCE | quit\n";
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    std::string resource;
    words >> command >> resource;
    if (command == "token") {
      print(credential.get_token(resource));
    } else if (command == "refused") {  // a service answered 401 to the token
      print(credential.force_refresh(resource));
    } else if (command == "quit") {
      break;
    } else if (!command.empty()) {
      std::cout << "no such command: " << command << '\n';
    }
  }
}
