// SPDX-License-Identifier: MIT
/// A KeyFileReader policy for tests, with files in memory. Copies share the files.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/policies.hpp>

ARC_IDENTITY_BEGIN
namespace testing {

/// Key files in memory. A path that was not added is `not_found`.
class memory_key_files {
 public:
  memory_key_files() : state_(std::make_shared<state>()) {}

  /// Adds a file with this content. Its owner is unknown unless given.
  void add(const std::string& path, const std::string& content, const file_owner& owner = {}) {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    state_->files[path] = {key_file_result{}, content};
    state_->files[path].outcome.owner = owner;
  }

  /// Makes every later read of this path return `outcome`.
  void fail(const std::string& path, const key_file_result& outcome) {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    state_->files[path] = {outcome, {}};
  }

  /// The paths that were read, in order.
  std::vector<std::string> opened() const {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    return state_->opened;
  }

  /// See core/policies.hpp.
  key_file_result read(const char* path, mutable_buffer space) {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    state_->opened.emplace_back(path);
    const auto found = state_->files.find(path);
    if (found == state_->files.end()) return {key_file_status::not_found};
    const auto& [outcome, content] = found->second;
    if (outcome.status != key_file_status::ok) return outcome;
    const std::size_t size = content.size() < space.size() ? content.size() : space.size();
    if (size != 0) std::memcpy(space.data(), content.data(), size);
    return {key_file_status::ok, size, 0, nullptr, nullptr, outcome.owner};
  }

 private:
  struct file {
    key_file_result outcome;
    std::string content;
  };
  struct state {
    std::mutex mutex;
    std::map<std::string, file> files;
    std::vector<std::string> opened;
  };
  std::shared_ptr<state> state_;
};

}  // namespace testing
ARC_IDENTITY_END
