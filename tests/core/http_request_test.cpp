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

/// Each way to append.
void write(request_writer& writer) {
  const std::string host = "localhost:40342";
  writer.append("GET /metadata");
  writer.append_parameter("?api-version=", "2020-06-01");
  writer.append('&');
  writer.append_parameter("resource=", "https://vault.azure.net");
  writer.append(" HTTP/1.1\r\nHost: ");
  writer.append(std::string_view(host));
  writer.append("\r\n\r\n");
}

constexpr std::string_view whole =
    "GET /metadata?api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net HTTP/1.1\r\n"
    "Host: localhost:40342\r\n"
    "\r\n";

}  // namespace

TEST_CASE("http request: texts are written one after another from the buffer's start") {
  char memory[512];
  request_writer writer(memory);
  CHECK(writer.size() == 0);
  write(writer);
  CHECK(writer.ok());
  CHECK(std::string_view(memory, writer.size()) == whole);
}

TEST_CASE(
    "http request: every byte of a parameter is unreserved or percent-encoded (RFC 3986, 2)") {
  constexpr std::string_view unreserved =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    char memory[32];
    request_writer writer(memory);
    writer.append_parameter("?q=", std::string_view(&c, 1));
    constexpr char digits[] = "0123456789ABCDEF";
    const std::string expected = unreserved.find(c) != std::string_view::npos
                                     ? std::string(1, c)
                                     : std::string{'%', digits[byte / 16], digits[byte % 16]};
    CHECK(std::string_view(memory, writer.size()) == "?q=" + expected);
  }
}

TEST_CASE("http request: no buffer is overrun, and one too small fails") {
  for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
    const std::unique_ptr<char[]> memory(new char[size + 8]);
    std::memset(memory.get(), '#', size + 8);
    request_writer writer(mutable_buffer(memory.get(), size));
    write(writer);
    CAPTURE(size);
    CHECK(writer.ok() == (size >= whole.size()));
    CHECK(writer.size() <= size);
    CHECK(std::string_view(memory.get() + size, 8) == "########");
  }
  request_writer nowhere{mutable_buffer()};
  nowhere.append("");
  nowhere.append(std::string_view());
  nowhere.append_parameter("", "");
  CHECK(nowhere.ok());
  write(nowhere);
  CHECK_FALSE(nowhere.ok());
  nowhere.append("");
  CHECK_FALSE(nowhere.ok());
}
