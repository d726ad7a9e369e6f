// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <stdexcept>

namespace Azure::Core {

class OperationCancelledException final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Copies share one state.
class Context final {
 public:
  void Cancel() { *cancelled_ = true; }
  void ThrowIfCancelled() const {
    if (*cancelled_) throw OperationCancelledException("Request was cancelled by context.");
  }

 private:
  std::shared_ptr<bool> cancelled_ = std::make_shared<bool>(false);
};

}  // namespace Azure::Core
