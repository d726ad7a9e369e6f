// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>

#include <azure/core/datetime.hpp>

namespace Azure::Core {

class OperationCancelledException final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Copies share one state. A cancelled context has the earliest deadline.
class Context final {
 public:
  Context() : Context((DateTime::max)()) {}
  explicit Context(const DateTime& deadline) : deadline_(std::make_shared<DateTime>(deadline)) {}

  DateTime GetDeadline() const { return *deadline_; }
  void Cancel() { *deadline_ = (DateTime::min)(); }
  void ThrowIfCancelled() const {
    if (*deadline_ < DateTime(std::chrono::system_clock::now())) {
      throw OperationCancelledException("Request was cancelled by context.");
    }
  }

 private:
  std::shared_ptr<DateTime> deadline_;
};

}  // namespace Azure::Core
