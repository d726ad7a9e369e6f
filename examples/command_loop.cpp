// SPDX-License-Identifier: MIT
//
// How a daemon uses a credential: one for the whole process, copied to whoever needs it. Commands
// on standard input take a token from its cache, and a thread in the background fetches the next
// ones ahead of their time, so that no command ever waits for the agent but the first.
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

/// Refreshes the credential's tokens when they are due, until it goes.
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
      // A command may bring a new resource into use at any time: look again once a minute.
      const auto time = std::min<std::chrono::milliseconds>(credential_.next_refresh(), 60s);
      if (stopped_.wait_for(lock, time, [this] { return is_stopping_; })) return;
      credential_.refresh_due();  // Where it fails, the old token stays, and the next try is later.
    }
  }

  arc_identity::credential credential_;  // A copy: the same cache.
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopping_ = false;
  std::thread thread_{[this] { run(); }};
};

void tell(const arc_identity::result<arc_identity::access_token>& token) {
  if (token) {
    using std::chrono::duration_cast;
    const auto left = token->expires_on() - std::chrono::system_clock::now();
    std::cout << *token << " of " << token->secret().size() << " bytes, good for "
              << duration_cast<std::chrono::minutes>(left + 30s).count() << " minutes\n";
  } else {
    // A daemon goes on: the next try may be better.
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
      tell(credential.get_token(resource));
    } else if (command == "refused") {  // A service has answered 401 to the token.
      tell(credential.force_refresh(resource));
    } else if (command == "quit") {
      break;
    } else if (!command.empty()) {
      std::cout << "no such command: " << command << '\n';
    }
  }
}
