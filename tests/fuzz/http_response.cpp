// SPDX-License-Identifier: MIT
// The response parser gives the same result however the bytes are split, and stays inside its
// buffer.
//
// Input: flags; the size of the buffer, in units of 8 bytes; the sizes of the pieces, whose number
// is in the flags; the response.

#include <string>

#include <arc_identity/core/http.hpp>

#include "fuzz.hpp"

namespace {

using arc_identity::errc;
using arc_identity::mutable_buffer;
using arc_identity::http::limits_of;
using arc_identity::http::parse_status;
using arc_identity::http::response_limits;
using arc_identity::http::response_parser;
using fuzz::require;

/// Limits that small inputs can reach.
struct small_limits {
  static constexpr std::size_t max_header_bytes = 200;
  static constexpr std::size_t max_header_fields = 6;
  static constexpr std::size_t max_body_bytes = 40;
  static constexpr std::size_t max_interim_responses = 2;
};

struct outcome {
  parse_status status{};
  errc code{};
  int status_code = 0;
  bool keep_alive = false;
  std::string text{};  ///< the body and some fields, or the message

  bool operator==(const outcome& other) const {
    return status == other.status && code == other.code && status_code == other.status_code &&
           keep_alive == other.keep_alive && text == other.text;
  }
};

struct message {
  std::string_view bytes;
  std::string_view pieces;  ///< the sizes of the pieces, repeated
  std::size_t buffer_size;
  bool is_closed;  ///< whether the peer closes the connection afterwards
};

/// The size of the `index`-th piece, at least 1.
std::size_t piece_size(std::string_view pieces, std::size_t index) {
  if (pieces.empty()) return SIZE_MAX;
  return static_cast<unsigned char>(pieces[index % pieces.size()]) + std::size_t{1};
}

outcome describe(const response_parser& parser, std::string_view memory) {
  outcome result;
  result.status = parser.status();
  result.keep_alive = parser.keep_alive();
  require(fuzz::lies_inside(parser.body(), memory), "the body lies in the buffer");
  std::string fields = parser.is_encoded() ? "encoded\n" : "";
  for (const std::string_view field :
       {parser.realm().value().view(), parser.retry_after().view(), parser.date().view()}) {
    require(field.empty() || fuzz::lies_inside(field, memory), "each field lies in the buffer");
    fields += std::string(field) + "\n";
  }
  if (result.status == parse_status::failed) {
    require(!parser.keep_alive(), "a failed response ends the connection");
    fuzz::require_good_message(parser.error());
    result.code = parser.error().code();
    result.text = parser.error().message();
  } else if (result.status == parse_status::complete) {
    result.status_code = parser.status_code();
    require(result.status_code >= 200 && result.status_code <= 599,
            "the status is that of a final response");
    result.text = fields + std::string(parser.body());
  }
  return result;
}

/// Passes the bytes with feed(), in pieces.
outcome feed(const message& given, const response_limits& limits) {
  std::vector<char> memory(given.buffer_size);
  response_parser parser(mutable_buffer(memory), limits);
  std::string_view rest = given.bytes;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::string_view piece = rest.substr(0, piece_size(given.pieces, i));
    parser.feed(piece);
    rest.remove_prefix(piece.size());
  }
  if (given.is_closed) parser.finish();
  require(!given.is_closed || parser.status() != parse_status::incomplete,
          "after the peer has closed, the response is not incomplete");
  return describe(parser, {memory.data(), memory.size()});
}

/// The same with prepare() and commit(), which do not see bytes after the end of a response.
outcome commit(const message& given, const response_limits& limits) {
  std::vector<char> memory(given.buffer_size);
  response_parser parser(mutable_buffer(memory), limits);
  std::string_view rest = given.bytes;
  for (std::size_t i = 0; !rest.empty() && parser.status() == parse_status::incomplete; ++i) {
    const mutable_buffer space = parser.prepare();
    std::size_t size = piece_size(given.pieces, i);
    if (size > space.size()) size = space.size();
    const std::string_view piece = rest.substr(0, size);
    if (!piece.empty()) std::memcpy(space.data(), piece.data(), piece.size());
    rest.remove_prefix(piece.size());
    parser.commit(piece.size());
  }
  require(parser.status() == parse_status::incomplete || parser.prepare().empty(),
          "after the end, prepare() gives no space");
  if (given.is_closed) parser.finish();
  outcome result = describe(parser, {memory.data(), memory.size()});
  if (!rest.empty()) result.keep_alive = false;
  return result;
}

void check(const message& given, const response_limits& limits) {
  message whole = given;
  whole.pieces = {};
  message by_bytes = given;
  by_bytes.pieces = std::string_view("\0", 1);
  const outcome expected = feed(whole, limits);
  require(feed(given, limits) == expected, "other pieces give the same result");
  require(feed(by_bytes, limits) == expected, "single bytes give the same result");
  require(commit(given, limits) == expected,
          "prepare() and commit() give the same result as feed()");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const unsigned flags = input.byte();
  message given{};
  given.buffer_size = input.byte() * std::size_t{8};
  given.is_closed = (flags & 2) != 0;
  given.pieces = input.take(flags >> 4);
  given.bytes = input.rest();
  check(given,
        (flags & 1) != 0 ? limits_of<small_limits> : limits_of<arc_identity::default_limits>);
  return 0;
}
