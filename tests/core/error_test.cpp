// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <climits>
#include <cstring>
#include <string>
#include <type_traits>

#include <arc_identity/core/error.hpp>
#include <support/message.hpp>

namespace {

using arc_identity::errc;
using arc_identity::error;
using arc_identity::detail::failure;

/// All codes with a fixed remedy. The errors of a key vault and of discovery bring their own.
constexpr errc all_codes[] = {errc::invalid_argument,       errc::not_arc_server,
                              errc::invalid_endpoint,       errc::workspace_too_small,
                              errc::connection_refused,     errc::connection_failed,
                              errc::connection_lost,        errc::timed_out,
                              errc::malformed_response,     errc::response_too_large,
                              errc::invalid_challenge,      errc::key_path_rejected,
                              errc::key_file_not_found,     errc::key_file_denied,
                              errc::key_file_invalid,       errc::key_file_failed,
                              errc::key_rejected,           errc::request_refused,
                              errc::identity_not_found,     errc::agent_unavailable,
                              errc::unexpected_status,      errc::invalid_token_response,
                              errc::identity_not_confirmed, errc::invalid_json,
                              errc::out_of_memory};

std::string message_of(const failure& cause) { return error(cause).message(); }

/// The message without its remedy.
std::string without_remedy(failure cause) {
  cause.remedy = "R";
  const std::string message = message_of(cause);
  CHECK(message.substr(message.size() - 3) == ". R");
  return message.substr(0, message.size() - 3);
}

}  // namespace

TEST_CASE("error: code, status and system error come from the failure") {
  const error e({errc::agent_unavailable, "it happened", {}, 503, 111});
  CHECK(e.code() == errc::agent_unavailable);
  CHECK(e.http_status() == 503);
  CHECK(e.system_error() == 111);
  const error bare(failure{errc{}, "it happened"});
  CHECK(bare.http_status() == 0);
  CHECK(bare.system_error() == 0);
}

TEST_CASE("error: the message has the cause, the agent's text, the numbers and the remedy") {
  CHECK(without_remedy({errc{}, "cause"}) == "cause");
  CHECK(without_remedy({errc{}, "cause", {"words"}}) == "cause: words");
  CHECK(without_remedy({errc{}, "cause", {"words", "more"}}) == "cause: words: more");
  CHECK(without_remedy({errc{}, "cause", {{}, "more"}}) == "cause: more");
  CHECK(without_remedy({errc{}, "cause", {}, 404}) == "cause (HTTP 404)");
  CHECK(without_remedy({errc{}, "cause", {}, 0, 13}) == "cause (system error 13)");
  CHECK(without_remedy({errc{}, "cause", {"w"}, 401, 2}) == "cause: w (HTTP 401) (system error 2)");
  CHECK(message_of({errc{}, "cause", {"w"}, 0, 0, "Do this"}) == "cause: w. Do this");
  CHECK(message_of({errc::key_file_denied, "cause", {}, 0, 0, "Join the group"}) ==
        "cause. Join the group");
}

TEST_CASE("error: the message includes the remedy") {
  const auto has_remedy = [](errc code, const char* remedy) {
    return message_of({code, "cause"}).find(remedy) != std::string::npos;
  };
  CHECK(has_remedy(errc::not_arc_server, "Connect the machine to Azure Arc"));
  CHECK(
      has_remedy(errc::invalid_endpoint, "http://localhost:40342/metadata/identity/oauth2/token"));
  CHECK(has_remedy(errc::connection_refused, "himds"));
  CHECK(has_remedy(errc::timed_out, "Try again later"));
  CHECK(has_remedy(errc::agent_unavailable, "Try again later"));
  CHECK(has_remedy(errc::malformed_response, "listening there is the Arc agent"));
  CHECK(has_remedy(errc::response_too_large, "listening there is the Arc agent"));
  CHECK(has_remedy(errc::invalid_challenge, "listening there is the Arc agent"));
  CHECK(has_remedy(errc::key_path_rejected, "listening there is the Arc agent"));
  CHECK(has_remedy(errc::unexpected_status, "listening there is the Arc agent"));
  CHECK(has_remedy(errc::invalid_token_response, "listening there is the Arc agent"));
  CHECK(has_remedy(errc::key_file_not_found, "container"));
  CHECK(has_remedy(errc::key_file_denied, "may read the agent's key directory"));
  CHECK(has_remedy(errc::identity_not_found, "Assign this identity"));
  CHECK(has_remedy(errc::identity_not_confirmed, "Update the Arc agent"));
  for (const errc code : all_codes) CHECK(message_of({code, "cause"}).size() > 20);
}

TEST_CASE("error: the message is one line of printable ASCII, whatever the agent sends") {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  for (const errc code : all_codes) {
    for (std::size_t from = 0; from < 256; from += 32) {
      const error e(
          {code, "cause", {all_bytes.substr(from, 40), all_bytes.substr(from / 2, 40)}, -1, 1});
      CHECK(e.code() == code);
      CHECK(test::is_fit_to_print(e));
    }
  }
  CHECK(message_of({errc{}, "cause", {"a\x1b[31m\r\n\x7f\xc2\x9b z"}}) == "cause: a?[31m????? z");
  CHECK(message_of({errc{}, "cause", {std::string_view("a\0b", 3)}}) == "cause: a?b");
}

TEST_CASE("error: long texts are cut with an ellipsis, and the remedy stays whole") {
  const std::string words(5000, 'w');
  const std::string more(5000, 'm');
  CHECK(message_of({errc{}, "cause", {std::string(120, 'w')}}) ==
        "cause: " + std::string(120, 'w'));
  CHECK(message_of({errc{}, "cause", {std::string(121, 'w')}}) ==
        "cause: " + std::string(120, 'w') + "...");
  CHECK(message_of({errc{}, "cause", {"w", std::string(239, 'm')}}) ==
        "cause: w: " +
            std::string(239, 'm'));  // The second text may use the space that the first leaves.
  CHECK(message_of({errc{}, "cause", {"w", std::string(240, 'm')}}) ==
        "cause: w: " + std::string(239, 'm') + "...");
  const std::string message = message_of(
      {errc::agent_unavailable, "the agent cannot give a token now", {words, more}, 503});
  CHECK(message.find("the agent cannot give a token now: www") == 0);
  CHECK(message.find("mmm... (HTTP 503). ") != std::string::npos);
  CHECK(message.find("restart himdsd (on Windows: himds)") != std::string::npos);
}

TEST_CASE("error: a correlation id is quoted whole, a longer text is cut") {
  failure refusal{errc::request_refused, "cause", {"code", "words"}, 403};
  refusal.peer.correlation_id = "12345678-1234-1234-1234-123456789abc";
  CHECK(without_remedy(refusal) ==
        "cause: code: words (correlationId: 12345678-1234-1234-1234-123456789abc) (HTTP 403)");
  const std::string words(1000, 'w');
  refusal.what = "a cause as long as they come, of sixty characters, as this";
  for (const std::string& code : {std::string(), std::string("code"), words}) {
    refusal.peer.code = code;
    refusal.peer.description = refusal.peer.correlation_id = words;
    const std::string message = message_of(refusal);
    CHECK(message.find("(correlationId: " + std::string(40, 'w') + "...)") != std::string::npos);
    CHECK(message.find(". Check the resource and the identity") != std::string::npos);
  }
}

TEST_CASE("error: a message never overflows its buffer") {
  const std::string long_text(1000, 'c');
  const error e({errc::timed_out,
                 long_text.c_str(),
                 {long_text, long_text},
                 INT_MIN,
                 INT_MAX,
                 long_text.c_str()});
  CHECK(test::is_fit_to_print(e));
  CHECK(std::strlen(e.message()) == 383);  // With its NUL, the message takes 384 bytes.
}

TEST_CASE("error: numbers of all sizes are printed") {
  const auto text_of = [](int number) { return message_of({errc{}, "c", {}, 0, number}); };
  CHECK(text_of(1) == "c (system error 1)");
  CHECK(text_of(10060) == "c (system error 10060)");
  CHECK(text_of(INT_MAX) == "c (system error " + std::to_string(INT_MAX) + ")");
  CHECK(text_of(-1) == "c (system error -1)");
  CHECK(text_of(-2147024891) == "c (system error -2147024891)");
  CHECK(text_of(INT_MIN) == "c (system error " + std::to_string(INT_MIN) + ")");
}

TEST_CASE("error: copies are independent of the original and of the quoted texts") {
  std::string words = "words";
  error first({errc{}, "cause", {words}});
  const error second(first);
  const std::string message = first.message();
  words = "other";
  first = error(failure{errc::timed_out, "later"});
  CHECK(std::string(second.message()) == message);
  CHECK(message.find("cause: words") == 0);
  CHECK(second.code() == errc{});
  CHECK(first.code() == errc::timed_out);
  static_assert(std::is_trivially_copyable_v<error>);
  static_assert(sizeof(error) <= 416);
}
