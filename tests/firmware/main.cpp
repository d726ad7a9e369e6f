// SPDX-License-Identifier: MIT
/// Gets a token on bare metal, with the policies of examples/firmware, and reports to the emulator
/// whether the result is as expected. The command line: CASE ENDPOINT KEY-DIRECTORY.
#include <chrono>
#include <cstdint>
#include <string_view>

#include "lwip_policies.hpp"
#include "semihosting.hpp"
#include "stack.hpp"
#include "uart_network.hpp"

namespace {

using arc_identity::errc;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct test_case {
  std::string_view name;
  errc expected;  ///< errc{}: a token.
  milliseconds at_least = 0ms;
  milliseconds at_most = 30s;
  milliseconds attempt_timeout = 10s;
  milliseconds total_timeout = 30s;
};

constexpr test_case cases[] = {
    {"token", errc{}},
    {"busy", errc{}},
    {"cut", errc{}},
    {"refused", errc::connection_refused, 3s},
    {"silent", errc::timed_out, 800ms, 4s, 400ms, 1s},
    {"wrong_key", errc::key_rejected},
    {"denied", errc::key_file_denied},
    {"elsewhere", errc::key_path_rejected},
};

char workspace[16 * 1024];
constexpr std::string_view resource = "https://vault.azure.net";

void print(const char* label, std::int64_t number, const char* unit) {
  char digits[21] = {};
  char* digit = digits + sizeof digits - 1;
  auto rest = static_cast<std::uint32_t>(number);
  do *--digit = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) != 0);
  for (const char* text : {label, const_cast<const char*>(digit), unit}) semihosting::print(text);
}

void on_event(void*, const arc_identity::event& event) {
  constexpr const char* texts[] = {"connected", "challenged", "key read",
                                   "",          "retrying",   "token received"};
  semihosting::print("  ");
  semihosting::print(texts[static_cast<std::size_t>(event.kind)]);
  semihosting::print("\n");
}

bool is_token(const arc_identity::token_response& token) {
  return token.access_token.size() > 600 && token.access_token.find("eyJ") == 0 &&
         token.resource == resource && token.lifetime > 0s && token.lifetime <= 24h;
}

/// One call of a client, from its constructor to its end.
[[gnu::noinline]] bool exchange(const test_case& test, const arc_identity::options& options) {
  firmware::client client(options);
  const milliseconds start = client.clock().now();
  const auto token = client.get_token({resource}, workspace);
  const milliseconds time = client.clock().now() - start;
  print("  ", time.count(), " ms by the board's clock\n");
  if (!token) {
    semihosting::print("  ");
    semihosting::print(token.error().message());
    semihosting::print("\n");
  }
  const bool as_expected =
      token ? test.expected == errc{} && is_token(*token) : token.error().code() == test.expected;
  return as_expected && time >= test.at_least && time <= test.at_most;
}

/// The text up to the next space.
std::string_view take_word(std::string_view& text) {
  const std::size_t size = text.find(' ') < text.size() ? text.find(' ') : text.size();
  const std::string_view word(text.data(), size);
  text.remove_prefix(size < text.size() ? size + 1 : size);
  return word;
}

}  // namespace

extern "C" int run() {
  start_board();
  char command_line[512];
  if (!semihosting::command_line(command_line)) return 2;
  std::string_view words(command_line);
  const std::string_view name = take_word(words);
  arc_identity::options options;
  options.endpoint = take_word(words);
  options.key_directory = take_word(words);
  options.observer = on_event;
  for (const test_case& test : cases) {
    if (test.name != name) continue;
    options.attempt_timeout = test.attempt_timeout;
    options.total_timeout = test.total_timeout;
    paint_stack();
    const bool passed = exchange(test, options);
    const std::size_t stack = stack_used_below(__builtin_frame_address(0));
    print("  ", static_cast<std::int64_t>(stack), " bytes of stack\n");
    semihosting::print(passed ? "passed\n" : "FAILED\n");
    return passed ? 0 : 1;
  }
  semihosting::print("FAILED: no such case\n");
  return 2;
}
