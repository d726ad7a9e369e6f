// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <arc_identity/core/http/request_writer.hpp>

namespace {

using arc_identity::mutable_buffer;
using arc_identity::http::request_writer;

/// All parts of a request.
void write(request_writer& writer) {
  writer.path("/metadata/identity/oauth2/token");
  writer.query("api-version", "2020-06-01");
  writer.query("resource", "https://vault.azure.net");
  writer.start_fields();
  writer.field("Host", "localhost:40342");
  writer.field("Metadata", "true");
  writer.finish();
}

constexpr std::string_view whole =
    "GET /metadata/identity/oauth2/token?api-version=2020-06-01"
    "&resource=https%3A%2F%2Fvault.azure.net HTTP/1.1\r\n"
    "Host: localhost:40342\r\n"
    "Metadata: true\r\n"
    "\r\n";

}  // namespace

TEST_CASE("http request: byte by byte as RFC 9112, 3 and 5, have it") {
  char memory[512];
  request_writer writer(memory);
  CHECK(writer.text().empty());
  write(writer);
  CHECK(writer.ok());
  CHECK(writer.text() == whole);
  CHECK(writer.text().data() == memory);
}

TEST_CASE("http request: without a query") {
  char memory[64];
  request_writer writer(memory);
  writer.path("/x");
  writer.start_fields();
  writer.finish();
  CHECK(writer.text() == "GET /x HTTP/1.1\r\n\r\n");
}

TEST_CASE(
    "http request: every byte of a parameter is unreserved or percent-encoded (RFC 3986, 2)") {
  constexpr std::string_view unreserved =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    char memory[32];
    request_writer writer(memory);
    writer.query("q", std::string_view(&c, 1));
    constexpr char digits[] = "0123456789ABCDEF";
    const std::string expected = unreserved.find(c) != std::string_view::npos
                                     ? std::string(1, c)
                                     : std::string{'%', digits[byte / 16], digits[byte % 16]};
    CHECK(writer.text() == "?q=" + expected);
  }
}

TEST_CASE(
    "http request: a buffer of any size is never overrun, and one that is too small is told") {
  for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
    const std::unique_ptr<char[]> memory(new char[size + 8]);
    std::memset(memory.get(), '#', size + 8);
    request_writer writer(mutable_buffer(memory.get(), size));
    write(writer);
    CAPTURE(size);
    CHECK(writer.ok() == (size >= whole.size()));
    CHECK(writer.text().size() <= size);
    CHECK(std::string_view(memory.get() + size, 8) == "########");
  }
  char memory[8];
  request_writer empty_parts(memory);
  empty_parts.path("");
  CHECK(empty_parts.text() == "GET ");
  request_writer nowhere{mutable_buffer()};
  CHECK(nowhere.ok());
  write(nowhere);
  CHECK_FALSE(nowhere.ok());
}
