// SPDX-License-Identifier: MIT
/// Tokens that describe themselves, so that a caller can check whether it got the right one, and a
/// place to record failures.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

/// The description in a token.
struct token_facts {
  int key = -1;
  long serial = 0;                   ///< of this key's tokens: 1, 2, 3, ...
  std::chrono::milliseconds end{0};  ///< by the test's clock

  std::string text() const {
    return "key-" + std::to_string(key) + ".serial-" + std::to_string(serial) + ".end-" +
           std::to_string(end.count());
  }
  static token_facts of(const std::string& text) {
    token_facts facts;
    long long end = 0;
    if (std::sscanf(text.c_str(), "key-%d.serial-%ld.end-%lld", &facts.key, &facts.serial, &end) !=
        3) {
      return {};
    }
    facts.end = std::chrono::milliseconds(end);
    return facts;
  }
};

template <class Value>
void raise_to(std::atomic<Value>& most, Value value) {
  Value known = most;
  while (value > known && !most.compare_exchange_weak(known, value)) {
  }
}

/// The first failure, from any thread.
class violations {
 public:
  void add(const std::string& text) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (first_.empty()) first_ = text;
  }
  void expect(bool holds, const char* what, const std::string& more = "") {
    if (!holds) add(std::string(what) + ": " + more);
  }
  std::string first() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return first_;
  }

 private:
  mutable std::mutex mutex_;
  std::string first_;
};
