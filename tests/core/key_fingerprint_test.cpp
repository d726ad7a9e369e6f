// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <arc_identity/core/exchange/key_fingerprint.hpp>

#include <string>

using arc_identity::detail::key_fingerprint;

TEST_CASE("key_fingerprint: a key is found at any position") {
  const std::string key = "0a1b2c3d4e5f";
  const key_fingerprint fingerprint(key);
  CHECK(fingerprint.occurs_in(key));
  CHECK(fingerprint.occurs_in(key + " is wrong"));
  CHECK(fingerprint.occurs_in("wrong: " + key));
  CHECK(fingerprint.occurs_in("Authorization: Basic " + key + "\r\n"));
  CHECK(fingerprint.occurs_in(key + key));
}

TEST_CASE("key_fingerprint: other texts do not match") {
  const key_fingerprint fingerprint("0a1b2c3d4e5f");
  CHECK(!fingerprint.occurs_in(""));
  CHECK(!fingerprint.occurs_in("0a1b2c3d4e5"));
  CHECK(!fingerprint.occurs_in("0a1b2c3d4e5g and other words of some length"));
  CHECK(!fingerprint.occurs_in("Missing Basic Authorization header"));
}

TEST_CASE("key_fingerprint: keys of each length are found at each position") {
  const std::string text = "the quick brown fox jumps over the lazy dog \xff\x80\x01";
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    for (std::size_t size = 8; begin + size <= text.size(); ++size) {
      CHECK(key_fingerprint(text.substr(begin, size)).occurs_in(text));
    }
  }
}

TEST_CASE("key_fingerprint: the first 16 bytes of a long key are enough") {
  const std::string key = "0123456789abcdefghijklmnop";
  const key_fingerprint fingerprint(key);
  CHECK(fingerprint.occurs_in("wrong: " + key.substr(0, 16)));
  CHECK(fingerprint.occurs_in("wrong: " + key.substr(0, 20) + "..."));
  CHECK(!fingerprint.occurs_in("wrong: " + key.substr(0, 15)));
}

TEST_CASE("key_fingerprint: a very short key is not searched for in texts") {
  CHECK(!key_fingerprint("a").occurs_in("a path with an a"));
}

TEST_CASE("key_fingerprint: without a key nothing is found") {
  CHECK(!key_fingerprint().occurs_in("anything"));
  CHECK(!key_fingerprint("").occurs_in("anything"));
}
