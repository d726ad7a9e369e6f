// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <arc_identity/core/exchange/key_trace.hpp>

#include <string>

using arc_identity::detail::key_trace;

TEST_CASE("key_trace: a key is found at any position") {
  const std::string key = "0a1b2c3d4e5f";
  const key_trace trace(key);
  CHECK(trace.is_in(key));
  CHECK(trace.is_in(key + " is wrong"));
  CHECK(trace.is_in("wrong: " + key));
  CHECK(trace.is_in("Authorization: Basic " + key + "\r\n"));
  CHECK(trace.is_in(key + key));
}

TEST_CASE("key_trace: other texts are not") {
  const key_trace trace("0a1b2c3d4e5f");
  CHECK(!trace.is_in(""));
  CHECK(!trace.is_in("0a1b2c3d4e5"));
  CHECK(!trace.is_in("0a1b2c3d4e5g and other words of some length"));
  CHECK(!trace.is_in("Missing Basic Authorization header"));
}

TEST_CASE("key_trace: every place in a text is looked at, for keys of every length") {
  const std::string text = "the quick brown fox jumps over the lazy dog \xff\x80\x01";
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    for (std::size_t size = 8; begin + size <= text.size(); ++size) {
      CHECK(key_trace(text.substr(begin, size)).is_in(text));
    }
  }
}

TEST_CASE("key_trace: a key of a few bytes is not looked for in texts") {
  CHECK(!key_trace("a").is_in("a path with an a"));
}

TEST_CASE("key_trace: without a key nothing is found") {
  CHECK(!key_trace().is_in("anything"));
  CHECK(!key_trace("").is_in("anything"));
}
