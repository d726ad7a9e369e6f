// SPDX-License-Identifier: MIT
//
// A case of tests/data/http: lines "key: value", a line "---", then the bytes that the peer sends.
// Escapes are those of data_folder.hpp, with backslashes. Lines that begin with # are comments.
//
//   result      complete, failed or incomplete
//   status      the status code (complete)
//   body        the decoded body (complete)
//   keep_alive  yes or no (complete)
//   error       malformed_response, response_too_large or connection_lost (failed)
//   peer        closes: the peer closes the connection after the bytes
//   limits      small: those of http_response_test.cpp
//   field       date = VALUE, retry-after = VALUE, or realm = VALUE; empty: none (complete)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <support/data_folder.hpp>

namespace test {

struct http_field {
  std::string name;
  std::string value;
};

struct http_case {
  std::string name;
  std::string result;
  int status = 0;
  std::string body;
  bool keep_alive = false;
  std::string error;
  bool peer_closes = false;
  bool has_small_limits = false;
  std::vector<http_field> fields;
  std::string bytes;
  bool is_well_formed =
      true;  ///< The file itself: each key must be known, and the required ones present.
};

namespace detail {

/// NAME = VALUE
inline http_field parse_field(const std::string& text) {
  const std::size_t equals = text.find(" =");
  if (equals == std::string::npos || text.size() < equals + 3) return {text.substr(0, equals), {}};
  return {text.substr(0, equals), decode(text.substr(equals + 3), escapes::backslash)};
}

inline void set_key(http_case& c, const std::string& key, const std::string& value) {
  if (key == "result") {
    c.result = value;
  } else if (key == "status") {
    c.status = std::atoi(value.c_str());
  } else if (key == "body") {
    c.body = decode(value, escapes::backslash);
  } else if (key == "keep_alive") {
    c.keep_alive = value == "yes";
  } else if (key == "error") {
    c.error = value;
  } else if (key == "peer") {
    c.peer_closes = value == "closes";
  } else if (key == "limits") {
    c.has_small_limits = value == "small";
  } else if (key == "field") {
    c.fields.push_back(parse_field(value));
  } else {
    c.is_well_formed = false;
  }
}

}  // namespace detail

inline http_case parse_http_case(const data_file& file) {
  http_case c;
  c.name = file.name;
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = file.text.find('\n', at);
    if (end == std::string::npos) {
      c.is_well_formed = false;
      return c;
    }
    const std::string line = file.text.substr(at, end - at);
    at = end + 1;
    if (line == "---") break;
    if (line.empty() || line[0] == '#') continue;
    const std::size_t colon = line.find(':');
    const std::size_t value_at = colon + (line.size() > colon + 1 ? 2 : 1);
    detail::set_key(c, line.substr(0, colon), line.substr(value_at));
  }
  c.bytes = decode(std::string_view(file.text).substr(at), escapes::backslash);
  const bool complete = c.result == "complete";
  const bool failed = c.result == "failed";
  c.is_well_formed = c.is_well_formed && (complete || failed || c.result == "incomplete") &&
                     complete == (c.status != 0) && failed == !c.error.empty();
  return c;
}

inline std::vector<http_case> read_http_cases() {
  std::vector<http_case> cases;
  for (const data_file& file : read_data_folder("http")) cases.push_back(parse_http_case(file));
  return cases;
}

}  // namespace test
