// SPDX-License-Identifier: MIT
/// Ten thousand threads and more (POSIX): with small stacks, and a way to detect that all are
/// sleeping.
#pragma once

#include <dirent.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Threads that all run the same function.
class crowd {
 public:
  /// Starts `size` threads, or fewer if the system does not allow that many; see `size()`.
  crowd(std::size_t size, std::function<void()> act) : act_(std::move(act)) {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, std::size_t{128} * 1024);
    pthread_t thread{};
    while (threads_.size() < size &&
           ::pthread_create(&thread, &attributes, &crowd::run, this) == 0) {
      threads_.push_back(thread);
    }
    ::pthread_attr_destroy(&attributes);
  }
  ~crowd() { join(); }
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  std::size_t size() const { return threads_.size(); }
  std::size_t over() const { return over_; }

  /// Waits until all have begun and all threads of the process except this one are sleeping.
  void wait_until_asleep() const {
    while (begun_ < size() || !all_sleep()) pause();
  }
  void wait_until_over(std::size_t count) const {
    while (over_ < count) pause();
  }
  void join() {
    for (const pthread_t thread : std::exchange(threads_, {})) ::pthread_join(thread, nullptr);
  }

 private:
  static void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

  static void* run(void* self) {
    auto* const all = static_cast<crowd*>(self);
    ++all->begun_;
    all->act_();
    ++all->over_;
    return nullptr;
  }

  static bool all_sleep() {
    const std::string own = std::to_string(::gettid());
    DIR* const tasks = ::opendir("/proc/self/task");
    if (tasks == nullptr) return false;
    bool sleeping = true;
    while (sleeping) {
      const dirent* const task = ::readdir(tasks);
      if (task == nullptr) break;
      const std::string id = task->d_name;
      if (std::isdigit(static_cast<unsigned char>(id[0])) == 0 || id == own) continue;
      sleeping = state_of(id) == 'S';
    }
    ::closedir(tasks);
    return sleeping;
  }

  /// The letter after the name in parentheses (proc(5)).
  static char state_of(const std::string& task) {
    std::ifstream file("/proc/self/task/" + task + "/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t at = text.rfind(") ");
    return at == std::string::npos ? '?' : text[at + 2];
  }

  const std::function<void()> act_;
  std::vector<pthread_t> threads_;
  std::atomic<std::size_t> begun_{0};
  std::atomic<std::size_t> over_{0};
};
