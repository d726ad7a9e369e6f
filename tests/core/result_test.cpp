// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <arc_identity/core/result.hpp>

namespace {

using arc_identity::errc;
using arc_identity::error;
using arc_identity::result;
using arc_identity::detail::failure;

const failure refusal{errc::request_refused, "no", {}, 403, 0, "Stop"};

/// Counts its live instances.
struct counted {
  explicit counted(int* living) : living_(living) { ++*living_; }
  counted(const counted& other) noexcept : living_(other.living_) { ++*living_; }
  counted& operator=(const counted&) = default;
  ~counted() { --*living_; }
  int* living_;
};

}  // namespace

TEST_CASE("result: holds a value") {
  result<int> r(7);
  CHECK(static_cast<bool>(r));
  CHECK(r.has_value());
  CHECK(*r == 7);
  CHECK(r.value() == 7);
  *r = 8;
  CHECK(std::as_const(r).value() == 8);
  CHECK(*std::as_const(r) == 8);
  CHECK(*std::move(r) == 8);
}

TEST_CASE("result: -> gives the members of a value") {
  result<std::string> r(std::string("text"));
  CHECK(r->size() == 4);
  CHECK(std::as_const(r)->size() == 4);
  const std::string moved = std::move(r).value();
  CHECK(moved == "text");
}

TEST_CASE("result: holds an error, made from a failure or another error") {
  const result<int> r(refusal);
  CHECK_FALSE(static_cast<bool>(r));
  CHECK_FALSE(r.has_value());
  CHECK(r.error().code() == errc::request_refused);
  CHECK(r.error().http_status() == 403);
  CHECK(std::string(r.error().message()) == "no (HTTP 403). Stop");
  const result<std::string> other(r.error());
  CHECK_FALSE(other.has_value());
  CHECK(other.error().code() == errc::request_refused);
}

TEST_CASE("result: converts to bool only explicitly, and to no number") {
  static_assert(!std::is_convertible_v<result<int>, bool>);
  static_assert(std::is_constructible_v<bool, result<int>>);
  static_assert(std::is_same_v<result<int>::value_type, int>);
  static_assert(std::is_nothrow_move_constructible_v<result<int>>);
  const result<bool> no(false);
  CHECK(static_cast<bool>(no));
  CHECK_FALSE(*no);
}

TEST_CASE("result: values and errors are copied and moved") {
  const result<std::string> value(std::string("a text that is too long for a small string"));
  const result<std::string> failed(refusal);
  result<std::string> a(value);
  result<std::string> b(failed);
  CHECK(*a == *value);
  CHECK(b.error().http_status() == 403);
  a = failed;
  CHECK_FALSE(a.has_value());
  b = value;
  CHECK(*b == *value);
  b = result<std::string>(std::string("other"));
  CHECK(*b == "other");
  a = std::move(b);
  CHECK(*a == "other");
  result<std::string> c(std::move(a));
  CHECK(*c == "other");
  result<std::string>& same = c;
  c = same;
  CHECK(*c == "other");
}

TEST_CASE("result: holds a move-only value") {
  result<std::unique_ptr<int>> r(std::make_unique<int>(3));
  result<std::unique_ptr<int>> moved(std::move(r));
  CHECK(**moved == 3);
  const std::unique_ptr<int> taken = *std::move(moved);
  CHECK(*taken == 3);
}

TEST_CASE("result: the value is destroyed exactly once") {
  int living = 0;
  {
    result<counted> a{counted(&living)};
    CHECK(living == 1);
    result<counted> b(a);
    CHECK(living == 2);
    b = result<counted>(refusal);
    CHECK(living == 1);
    b = a;
    CHECK(living == 2);
    a = result<counted>(refusal);
    CHECK(living == 1);
    const result<counted> copy_of_error(a);
    CHECK_FALSE(copy_of_error.has_value());
    CHECK(living == 1);
  }
  CHECK(living == 0);
}

#if ARC_IDENTITY_HAS_EXCEPTIONS
TEST_CASE("result: value() of an error throws bad_result") {
  result<int> r(refusal);
  CHECK_THROWS_AS(static_cast<void>(r.value()), arc_identity::bad_result);
  CHECK_THROWS_AS(static_cast<void>(std::as_const(r).value()), std::exception);
  CHECK_THROWS_WITH(static_cast<void>(std::move(r).value()), "no (HTTP 403). Stop");
  try {
    static_cast<void>(r.value());
    FAIL("nothing was thrown");
  } catch (const arc_identity::bad_result& e) {
    CHECK(e.error().code() == errc::request_refused);
    CHECK(e.error().http_status() == 403);
  }
}
#endif
