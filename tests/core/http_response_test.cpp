// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/http/response_parser.hpp>
#include <support/http_case.hpp>
#include <support/message.hpp>

namespace {

using arc_identity::errc;
using arc_identity::mutable_buffer;
using arc_identity::http::limits_of;
using arc_identity::http::parse_status;
using arc_identity::http::response_limits;
using arc_identity::http::response_parser;

/// "limits: small" in the cases
struct small_limits : arc_identity::default_limits {
  static constexpr std::size_t max_header_bytes = 256;
  static constexpr std::size_t max_header_fields = 4;
  static constexpr std::size_t max_body_bytes = 32;
  static constexpr std::size_t max_interim_responses = 2;
};

const std::vector<test::http_case>& cases() {
  static const std::vector<test::http_case> all = test::read_http_cases();
  return all;
}

const char* name_of(parse_status status) {
  return status == parse_status::complete ? "complete"
         : status == parse_status::failed ? "failed"
                                          : "incomplete";
}

const char* name_of(errc code) {
  return code == errc::malformed_response   ? "malformed_response"
         : code == errc::response_too_large ? "response_too_large"
         : code == errc::connection_lost    ? "connection_lost"
                                            : "another error";
}

/// How bytes are passed to the parser.
struct delivery {
  std::size_t first_piece = 0;  ///< the end of the first piece, if pieces are longer than a byte
  bool byte_by_byte = false;
  bool through_commit = false;  ///< prepare() and commit(), otherwise feed()
};

/// Passes `count` bytes through prepare() and commit(), as a transport would, with small buffers as
/// well. prepare() has no space for bytes after the end of a response, so feed() reports them.
void commit(response_parser& parser, std::string_view bytes) {
  while (!bytes.empty() && parser.status() == parse_status::incomplete) {
    const mutable_buffer space = parser.prepare();
    const std::size_t count = std::min(bytes.size(), space.size());
    if (count != 0) std::memcpy(space.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    parser.commit(count);
  }
  parser.feed(bytes);
}

void deliver(response_parser& parser, std::string_view bytes, const delivery& how) {
  while (!bytes.empty()) {
    const std::size_t size = how.byte_by_byte ? 1 : how.first_piece;
    const std::string_view piece = bytes.substr(0, size == 0 ? bytes.size() : size);
    if (how.through_commit) {
      commit(parser, piece);
    } else {
      parser.feed(piece);
    }
    bytes.remove_prefix(piece.size());
    if (!how.byte_by_byte && !bytes.empty())
      return deliver(parser, bytes, {0, false, how.through_commit});
  }
}

/// Everything that a user can query from a parser, as text.
std::string outcome_of(const response_parser& parser) {
  std::string text = name_of(parser.status());
  text += parser.keep_alive() ? " keep_alive" : " close";
  if (parser.status() == parse_status::failed) {
    const arc_identity::error error = parser.error();
    text += std::string(" ") + name_of(error.code()) + " " + error.message();
    if (!test::is_fit_to_print(error)) text += " (not fit to print)";
  }
  if (parser.status() == parse_status::complete) {
    text += " " + std::to_string(parser.status_code()) + " " + std::string(parser.body());
  }
  return text;
}

/// The fields that the case requests.
const response_limits& limits_for(const test::http_case& c) {
  return c.has_small_limits ? limits_of<small_limits> : limits_of<arc_identity::default_limits>;
}

std::string run(const test::http_case& c, std::size_t buffer_size, const delivery& how) {
  const std::unique_ptr<char[]> memory(new char[buffer_size]);
  response_parser parser(mutable_buffer(memory.get(), buffer_size), limits_for(c));
  deliver(parser, c.bytes, how);
  if (c.peer_closes) parser.finish();
  return outcome_of(parser);
}

std::string_view field_of(const response_parser& parser, const std::string& name) {
  if (name == "date") return parser.date().view();
  if (name == "retry-after") return parser.retry_after().view();
  if (name == "realm") return parser.realm().value().view();
  return "no such field";
}

/// more than any response within the default limits needs
constexpr std::size_t ample = 128 * 1024;

void check_expectation(const test::http_case& c) {
  const std::unique_ptr<char[]> memory(new char[ample]);
  response_parser parser(mutable_buffer(memory.get(), ample), limits_for(c));
  parser.feed(c.bytes);
  if (c.peer_closes) parser.finish();
  CHECK(std::string(name_of(parser.status())) == c.result);
  if (parser.status() == parse_status::failed) {
    CHECK(test::is_fit_to_print(parser.error()));
    CHECK(std::string(name_of(parser.error().code())) == c.error);
    CHECK_FALSE(parser.keep_alive());
  }
  if (parser.status() != parse_status::complete || c.result != "complete") return;
  CHECK(parser.status_code() == c.status);
  CHECK(parser.body() == c.body);
  CHECK(parser.keep_alive() == c.keep_alive);
  for (const test::http_field& field : c.fields) {
    CAPTURE(field.name);
    CHECK(field_of(parser, field.name) == field.value);
  }
}

/// The first way of delivery whose result differs from `expected`, or an empty text.
std::string first_difference(const test::http_case& c, std::size_t buffer_size,
                             const std::string& expected, std::size_t stride) {
  const auto differs = [&](const delivery& how) { return run(c, buffer_size, how) != expected; };
  for (const bool through_commit : {false, true}) {
    const std::string way = through_commit ? "commit, " : "feed, ";
    if (differs({0, false, through_commit})) return way + "whole";
    if (differs({0, true, through_commit})) return way + "byte by byte";
    for (std::size_t at = 1; at < c.bytes.size(); at += stride) {
      if (differs({at, false, through_commit})) return way + "split at " + std::to_string(at);
    }
  }
  return "";
}

bool is_too_large_outcome(const std::string& outcome) {
  return outcome.find("failed close response_too_large") == 0;
}

}  // namespace

TEST_CASE("http response: each case of tests/data/http gives its expected result") {
  CHECK(cases().size() > 200);
  for (const test::http_case& c : cases()) {
    CAPTURE(c.name);
    CHECK(c.is_well_formed);
    check_expectation(c);
  }
}

TEST_CASE("http response: no split of the bytes changes the result") {
  for (const test::http_case& c : cases()) {
    CAPTURE(c.name);
    const std::size_t stride = 1 + c.bytes.size() / 512;
    CHECK(first_difference(c, ample, run(c, ample, {}), stride) == "");
  }
}

TEST_CASE(
    "http response: with a buffer of any size the result is the same, or that the response does "
    "not fit, and no split of the bytes changes it") {
  for (const test::http_case& c : cases()) {
    CAPTURE(c.name);
    const std::string ample_outcome = run(c, ample, {});
    const std::size_t step = 1 + c.bytes.size() / 200;
    const bool is_too_large = is_too_large_outcome(ample_outcome);
    bool fits = false;
    for (std::size_t size = 0; size <= c.bytes.size() + 64; size += step) {
      const std::string outcome = run(c, size, {});
      const bool is_too_small = is_too_large_outcome(outcome) && (is_too_large || !fits);
      const bool is_right = outcome == ample_outcome || is_too_small;
      const std::string difference = first_difference(c, size, outcome, 13 * step);
      fits = fits || outcome == ample_outcome;
      if (is_right && difference.empty()) continue;
      CAPTURE(size);
      CAPTURE(outcome);
      CHECK(is_right);
      CHECK(difference == "");
    }
    CHECK(fits);
  }
}

TEST_CASE("http response: an incomplete response has no status and no body") {
  char memory[256];
  response_parser parser(memory);
  CHECK(parser.status() == parse_status::incomplete);
  CHECK(parser.status_code() == 0);
  CHECK_FALSE(parser.has_header());
  CHECK(parser.body().empty());
  CHECK_FALSE(parser.keep_alive());
  CHECK(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n") == parse_status::incomplete);
  CHECK_FALSE(parser.has_header());
  CHECK(parser.body().empty());
  CHECK_FALSE(parser.keep_alive());
  CHECK(parser.feed("\r\nhel") == parse_status::incomplete);
  CHECK(parser.has_header());
  CHECK(parser.body() == "hel");
  CHECK_FALSE(parser.keep_alive());
  CHECK(parser.feed("lo") == parse_status::complete);
  CHECK(parser.status_code() == 200);
  CHECK(parser.body() == "hello");
  CHECK(parser.keep_alive());
}

TEST_CASE("http response: the relevant fields are kept unchanged") {
  using arc_identity::detail::reason;
  char memory[512];
  response_parser parser(memory);
  CHECK(parser.realm().rejection() == reason::no_challenge);
  CHECK(parser.retry_after().empty());
  CHECK(parser.date().empty());
  CHECK_FALSE(parser.is_encoded());
  parser.feed(
      "HTTP/1.1 401 U\r\nWWW-Authenticate: Negotiate\r\nX-Date: 1\r\nRetry-After:  7 \r\n"
      "Date: now\r\nContent-Encoding: identity\r\nContent-Encoding:\r\n");
  CHECK(parser.realm().rejection() == reason::no_basic_realm);
  CHECK(parser.retry_after().view() == "7");
  CHECK(parser.date().view() == "now");
  CHECK_FALSE(parser.is_encoded());
  parser.feed(
      "www-authenticate: Basic realm=a\r\nWWW-Authenticate: Basic realm=b\r\n"
      "Retry-After: 8\r\nDate: later\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n");
  CHECK(parser.retry_after().view() == "7");
  CHECK(parser.date().view() == "later");
  CHECK(parser.realm().rejection() == reason::none);
  CHECK(parser.realm().value().view() == "a");
  CHECK(parser.is_encoded());
  CHECK(parser.status() == parse_status::complete);

  response_parser interim(memory);  // Nothing of an interim response is kept.
  interim.feed(
      "HTTP/1.1 103 Early\r\nWWW-Authenticate: Basic realm=a\r\nRetry-After: 7\r\nDate: now\r\n"
      "Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: 9\r\n\r\n");
  CHECK(interim.realm().rejection() == reason::no_challenge);
  CHECK(interim.retry_after().empty());
  CHECK(interim.date().empty());
  CHECK_FALSE(interim.is_encoded());
  CHECK_FALSE(interim.has_header());
  CHECK(interim.feed("HTTP/1.1 204 No\r\n\r\n") == parse_status::complete);
  CHECK(interim.keep_alive());
}

TEST_CASE("http response: failed and complete are final") {
  char memory[256];
  response_parser failed(memory);
  CHECK(failed.feed("nonsense\r\n") == parse_status::failed);
  CHECK(failed.prepare().empty());
  const std::string message = failed.error().message();
  CHECK(failed.feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == parse_status::failed);
  CHECK(failed.commit(3) == parse_status::failed);
  CHECK(failed.finish() == parse_status::failed);
  CHECK(failed.error().message() == message);

  response_parser complete(memory);
  CHECK(complete.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") == parse_status::complete);
  CHECK(complete.prepare().empty());
  CHECK(complete.commit(1) == parse_status::complete);
  CHECK(complete.feed("") == parse_status::complete);
  CHECK(complete.finish() == parse_status::complete);
  CHECK(complete.body() == "ok");
  CHECK(complete.keep_alive());
  CHECK(complete.feed("x") == parse_status::complete);  // Further bytes are ignored: RFC 9112, 9.2.
  CHECK_FALSE(complete.keep_alive());
}

TEST_CASE("http response: prepare() gives the free space, and commit() takes no more") {
  char memory[64];
  response_parser parser(memory);
  CHECK(parser.prepare().data() == memory);
  CHECK(parser.prepare().size() == sizeof memory);
  constexpr std::string_view response = "HTTP/1.1 204 No Content\r\n\r\n";
  std::memcpy(parser.prepare().data(), response.data(), response.size());
  CHECK(parser.commit(0) == parse_status::incomplete);
  CHECK(parser.commit(4) == parse_status::incomplete);
  CHECK(parser.prepare().data() == memory + 4);
  CHECK(parser.prepare().size() == sizeof memory - 4);
  CHECK(parser.commit(response.size() - 4) == parse_status::complete);

  std::memset(memory, 'x', sizeof memory);
  response_parser overdone(memory);
  CHECK(overdone.commit(sizeof memory + 1) == parse_status::failed);
  CHECK(overdone.error().code() == errc::response_too_large);
}

TEST_CASE("http response: an empty buffer fits no response") {
  for (const mutable_buffer buffer : {mutable_buffer(), mutable_buffer(nullptr, 0)}) {
    response_parser parser(buffer);
    CHECK(parser.prepare().empty());
    CHECK(parser.body().empty());
    CHECK(parser.feed("") == parse_status::incomplete);
    CHECK(parser.feed("HTTP/1.1 200 OK\r\n\r\n") == parse_status::failed);
    CHECK(parser.error().code() == errc::response_too_large);
  }
}

TEST_CASE("http response: views point into the buffer, which is not overrun") {
  char memory[128];
  std::memset(memory, '#', sizeof memory);
  const mutable_buffer inner(memory + 16, 96);
  response_parser parser(inner);
  CHECK(parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nDate: b\r\n\r\n"
                    "5\r\nhello\r\n6\r\n, you!\r\n0\r\n\r\n") == parse_status::complete);
  CHECK(parser.body() == "hello, you!");
  const auto is_inside = [&](std::string_view view) {
    return view.data() >= inner.begin() && view.data() + view.size() <= inner.end();
  };
  CHECK(is_inside(parser.body()));
  CHECK(is_inside(parser.date().view()));
  CHECK(std::string_view(memory, 16) == std::string(16, '#'));
  CHECK(std::string_view(memory + 112, 16) == std::string(16, '#'));
}

TEST_CASE("http response: an error has the cause and the status") {
  char memory[256];
  response_parser lost(memory);
  lost.feed("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\nhello");
  CHECK(lost.finish() == parse_status::failed);
  CHECK(lost.error().code() == errc::connection_lost);
  CHECK(lost.error().http_status() == 503);
  CHECK(test::contains(lost.error(), "closed the connection during its response"));
  CHECK(test::contains(lost.error(), "HTTP 503"));

  response_parser silent(memory);
  CHECK(silent.finish() == parse_status::failed);
  CHECK(silent.error().code() == errc::connection_lost);
  CHECK(silent.error().http_status() == 0);
  CHECK(test::contains(silent.error(), "without an answer"));

  const auto message_of = [&memory](std::string_view bytes) {
    response_parser parser(memory);
    parser.feed(bytes);
    return std::string(parser.error().message());
  };
  const auto fails_with = [&](std::string_view bytes, const char* cause) {
    return message_of(bytes).find(cause) != std::string::npos;
  };
  const std::string head = "HTTP/1.1 200 OK\r\n";
  CHECK(fails_with("HELLO\r\n", "HTTP/1.x status"));
  CHECK(fails_with("HTTP/1.1 700 Odd\r\n", "no valid HTTP/1.x status"));
  CHECK(fails_with(head + " A: b\r\n", "is folded"));
  CHECK(fails_with(head + "A b\r\n", "an invalid name"));
  CHECK(fails_with(head + "A: \x01\r\n", "control character"));
  CHECK(fails_with(head + "Content-Length: x\r\n", "Content-Length is not a number"));
  CHECK(fails_with(head + "Content-Length: 99999999999999999999\r\n\r\n", "is too long"));
  CHECK(fails_with(head + "Content-Length: 1, 2\r\n",
                   "the response has two different Content-Lengths"));
  CHECK(fails_with(head + "Transfer-Encoding: br\r\n", "Transfer-Encoding is not supported"));
  CHECK(fails_with(head + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
                   "the chunked response has a Content-Length"));
  CHECK(fails_with("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "or is HTTP/1.0"));
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  CHECK(fails_with(chunked + "x\r\n", "an invalid size"));
  CHECK(fails_with(chunked + "1\r\nab\r\n", "longer than its size"));
  CHECK(fails_with(chunked + "fffff\r\n", "body is too long"));
  CHECK(fails_with(head + "A: " + std::string(300, 'x'), "does not fit in the buffer"));
}

TEST_CASE("http response: default limits on header fields") {
  std::vector<char> memory(ample);
  const auto status_with = [&memory](int count) {
    std::string bytes = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < count; ++i) bytes += "A: b\r\n";
    response_parser parser(memory);
    parser.feed(bytes + "\r\n");
    return parser.finish();
  };
  CHECK(status_with(100) == parse_status::complete);
  CHECK(status_with(101) == parse_status::failed);
}

TEST_CASE("http response: default limit on the body") {
  std::vector<char> memory(ample);
  const auto status_with = [&memory](std::size_t size, bool chunked) {
    response_parser parser(memory);
    const std::string body(size, 'x');
    if (chunked) {
      parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (std::size_t at = 0; at < size; ++at) parser.feed("1\r\nx\r\n");
      return parser.feed("0\r\n\r\n");
    }
    parser.feed("HTTP/1.1 200 OK\r\n\r\n" + body);
    return parser.finish();
  };
  CHECK(status_with(65536, false) == parse_status::complete);
  CHECK(status_with(65537, false) == parse_status::failed);
  CHECK(status_with(65536, true) == parse_status::complete);
  CHECK(status_with(65537, true) == parse_status::failed);
}
