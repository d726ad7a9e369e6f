// SPDX-License-Identifier: MIT
//
// A translation unit that uses the core: a whole exchange, JSON, results and errors. `check`
// compiles it in many configurations and calls its only function, which is named by the macro UNIT
// and returns the expectation that failed, or null. Nothing here depends on the library's
// configuration macros.
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <string_view>
#if defined(__GXX_RTTI)
#include <typeinfo>
#endif

#include <sys/wait.h>
#include <unistd.h>

#include <arc_identity/core.hpp>

#define EXPECT(condition) \
  if (!(condition)) return #condition

namespace {

namespace json = arc_identity::json;
using arc_identity::io_result;
using arc_identity::io_status;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view responses[] = {
    "HTTP/1.1 401 Unauthorized\r\n"
    "WWW-Authenticate: Basic realm=/var/opt/azcmagent/tokens/1.key\r\n"
    "Content-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "18\r\n{\"access_token\":\"eyJ.a\\u\r\n"
    "1b\r\n0062.c\",\"expires_in\":\"3600\"\r\n"
    "21\r\n,\"token_type\":\"Bearer\",\"\xc3\xa9\":[{}]}\r\n"
    "0\r\n\r\n",
};

/// An agent that sends a challenge and, for the right key, a token. It loses the first connection.
class agent {
 public:
  io_result connect(const arc_identity::loopback_address& peer, milliseconds) {
    if (peer.port != 40342) return {io_status::failed};
    return {};
  }
  io_result send(arc_identity::const_buffer bytes, milliseconds) {
    if (!was_lost_) {
      was_lost_ = true;
      return {io_status::lost};
    }
    has_key_ = bytes.find("\r\nAuthorization: Basic SECRET\r\n") != std::string_view::npos;
    return {io_status::ok, bytes.size()};
  }
  io_result receive(arc_identity::mutable_buffer space, milliseconds) {
    const std::string_view response = responses[has_key_ ? 1 : 0];
    std::memcpy(space.data(), response.data(), response.size());
    return {io_status::ok, response.size()};
  }
  void close() {}

 private:
  bool was_lost_ = false;
  bool has_key_ = false;
};

struct clock {
  milliseconds now() { return time; }
  seconds unix_time() { return seconds(1'790'000'000); }
  void sleep_for(milliseconds wait) { time += wait; }
  milliseconds time{0};
};

struct key_files {
  arc_identity::key_file_result read(const char* path, arc_identity::mutable_buffer space) {
    constexpr std::string_view key = "SECRET\n";
    if (path != std::string_view("/var/opt/azcmagent/tokens/1.key")) {
      return {arc_identity::key_file_status::not_found};
    }
    std::memcpy(space.data(), key.data(), key.size());
    return {arc_identity::key_file_status::ok, key.size()};
  }
};

const char* check_exchange() {
  char workspace[1024];
  arc_identity::basic_client<agent, clock, key_files> client;
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  EXPECT(token.has_value());
  EXPECT(token->access_token == "eyJ.ab.c");
  EXPECT(token->lifetime == seconds(3600));
  EXPECT(token.value().expires_on == seconds(1'790'003'600));
  return nullptr;
}

const char* check_error() {
  char workspace[64];
  arc_identity::basic_client<agent, clock, key_files> client;
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  EXPECT(!token);
  EXPECT(token.error().code() == arc_identity::errc::workspace_too_small);
  const std::string_view message = token.error().message();
#if defined(ARC_IDENTITY_SMALL)
  EXPECT(message == "workspace_too_small");
#else
  EXPECT(message.find("the workspace is too small") == 0);
#endif
  return nullptr;
}

const char* check_json() {
  json::value values[2];
  json::value inner;
  EXPECT(
      json::extract(R"({"a":{"b":"0123456789abcdef0123456789\n"},"c":-1.5e3})", "a\0c\0", values));
  EXPECT(values[0].kind == json::kind::object);
  EXPECT(json::extract(values[0].text, "b\0", &inner));
  EXPECT(inner.text == R"(0123456789abcdef0123456789\n)");
  EXPECT(values[1].text == "-1.5e3");
  EXPECT(!json::is_valid("[\"0123456789abcdef\x1f\"]"));
  EXPECT(!json::is_valid("[\"0123456789abcdef\xff\"]"));
  EXPECT(json::is_valid("[\"0123456789abcdef\xf0\x9f\x98\x80\x7f\"]"));
  return nullptr;
}

arc_identity::result<int> no_value() {
  return arc_identity::error(
      arc_identity::detail::failure{arc_identity::errc::timed_out, "too slow", {"some words"}});
}

#if defined(__EXCEPTIONS)

/// `value()` throws; with RTTI, any unit that catches the exception can identify it.
const char* check_no_value() {
  bool was_thrown = false;
  try {
    (void)no_value().value();
  } catch (const std::exception& exception) {
    was_thrown = true;
#if defined(ARC_IDENTITY_SMALL)
    EXPECT(std::strcmp(exception.what(), "timed_out") == 0);
#else
    EXPECT(std::strstr(exception.what(), "some words") != nullptr);
#endif
#if defined(__GXX_RTTI)
    EXPECT(typeid(exception) == typeid(arc_identity::bad_result));
    EXPECT(dynamic_cast<const arc_identity::bad_result*>(&exception) != nullptr);
#endif
  }
  EXPECT(was_thrown);
  return nullptr;
}

#else

/// `value()` ends the program, here a child process, by std::abort; an exception would end it by
/// std::terminate.
const char* check_no_value() {
  constexpr int aborted = 3;
  const pid_t child = ::fork();
  if (child == 0) {
    std::set_terminate([] { ::_exit(1); });
    std::signal(SIGABRT, [](int) { ::_exit(aborted); });
    (void)no_value().value();
    ::_exit(0);
  }
  int status = 0;
  EXPECT(child > 0 && ::waitpid(child, &status, 0) == child);
  EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == aborted);
  return nullptr;
}

#endif

}  // namespace

const char* UNIT();
const char* UNIT() {
  for (const auto check : {check_exchange, check_error, check_json, check_no_value}) {
    const char* const failed = check();
    if (failed != nullptr) return failed;
  }
  return nullptr;
}
