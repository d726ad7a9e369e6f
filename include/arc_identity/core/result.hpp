// SPDX-License-Identifier: MIT
/// A value or an error.
#pragma once

#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>

#if ARC_IDENTITY_HAS_EXCEPTIONS
#include <exception>
#endif
#if ARC_IDENTITY_ASSERTS
#include <cstdio>
#endif

ARC_IDENTITY_BEGIN

namespace detail {

/// Ends the program; a debug build says why.
[[noreturn]] inline void end_program([[maybe_unused]] const char* mistake,
                                     [[maybe_unused]] const char* message) noexcept {
#if ARC_IDENTITY_ASSERTS
  std::fprintf(stderr, "arc_identity: %s: %s\n", mistake, message);
#endif
  std::abort();  // not covered: nothing is counted in a program that ends here
}

}  // namespace detail

#if ARC_IDENTITY_HAS_EXCEPTIONS
/// Thrown by `result<T>::value()` where there is none. `what()` is the error's message.
class bad_result : public std::exception {
 public:
  /// Copies the error.
  explicit bad_result(const error& cause) noexcept : error_(cause) {}
  /// The error's message; lives as long as this.
  const char* what() const noexcept override { return error_.message(); }
  /// The error that the result held.
  const arc_identity::error& error() const noexcept { return error_; }

 private:
  arc_identity::error error_;
};
#endif

/// Either a `T` or an `error`. Check before use: `if (!r) report(r.error()); else use(*r);` In a
/// debug build (without `NDEBUG`, and not compiled for size) accessing what is absent prints the
/// error's message and ends the program; otherwise it is undefined, except for `value()`.
template <class T>
class [[nodiscard]] result {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "a result's value must move without throw");

 public:
  /// The type of the value.
  using value_type = T;

  /// A value.
  result(const T& value) noexcept : value_(value), has_value_(true) {}
  /// A value.
  result(T&& value) noexcept : value_(std::move(value)), has_value_(true) {}
  /// An error.
  result(const arc_identity::error& cause) noexcept : error_(cause), has_value_(false) {}
  /// For the library: the error made from it.
  result(const detail::failure& cause) noexcept : error_(cause), has_value_(false) {}
  /// For the library: the error of a violated rule.
  result(detail::reason rule) noexcept : error_(rule), has_value_(false) {}

  /// Copies the content; throws what `T` throws.
  result(const result& other) : has_value_(other.has_value_) {
    if (has_value_) {
      ::new (static_cast<void*>(&value_)) T(other.value_);
    } else {
      ::new (static_cast<void*>(&error_)) arc_identity::error(other.error_);
    }
  }

  /// Moves the content.
  result(result&& other) noexcept : has_value_(other.has_value_) {
    if (has_value_) {
      ::new (static_cast<void*>(&value_)) T(std::move(other.value_));
    } else {
      ::new (static_cast<void*>(&error_)) arc_identity::error(other.error_);
    }
  }

  /// Takes the content of `other`.
  result& operator=(result other) noexcept {
    this->~result();
    ::new (static_cast<void*>(this)) result(std::move(other));
    return *this;
  }

  ~result() {
    if (has_value_) value_.~T();
  }

  /// Whether there is a value.
  explicit operator bool() const noexcept { return has_value_; }
  /// Whether there is a value.
  bool has_value() const noexcept { return has_value_; }

  /// The value. Undefined if there is none.
  T& operator*() & noexcept {
    assert_value();
    return value_;
  }
  /// As above.
  const T& operator*() const& noexcept {
    assert_value();
    return value_;
  }
  /// As above.
  T&& operator*() && noexcept {
    assert_value();
    return std::move(value_);
  }
  /// A member of the value. Undefined if there is none.
  T* operator->() noexcept {
    assert_value();
    return &value_;
  }
  /// As above.
  const T* operator->() const noexcept {
    assert_value();
    return &value_;
  }

  /// The value. If there is none, throws `bad_result`, or ends the program if exceptions are off.
  T& value() & {
    require_value();
    return value_;
  }
  /// As above.
  const T& value() const& {
    require_value();
    return value_;
  }
  /// As above.
  T&& value() && {
    require_value();
    return std::move(value_);
  }

  /// The error. Undefined if there is a value.
  const arc_identity::error& error() const noexcept {
    if (ARC_IDENTITY_ASSERTS && has_value_) {
      detail::end_program("the error of a result was used", "it holds a value");
    }
    return error_;
  }

 private:
  static constexpr const char* no_value = "the value of a result was used, but it holds an error";

  void assert_value() const noexcept {
    if (ARC_IDENTITY_ASSERTS && !has_value_) detail::end_program(no_value, error_.message());
  }

  void require_value() const {
    if (has_value_) return;
#if ARC_IDENTITY_HAS_EXCEPTIONS
    throw bad_result(error_);
#else
    detail::end_program(no_value, error_.message());
#endif
  }

  union {
    T value_;
    arc_identity::error error_;
  };
  bool has_value_;
};

ARC_IDENTITY_END
