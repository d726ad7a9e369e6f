// SPDX-License-Identifier: MIT
// The table of rules, and the messages that errors make from it.
#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string>

#include <arc_identity/core/error.hpp>
#include <support/message.hpp>

namespace {

namespace detail = arc_identity::detail;
using arc_identity::errc;
using detail::reason;

constexpr std::size_t rule_count = sizeof detail::reason_codes / sizeof detail::reason_codes[0];

/// The number of texts in a list, each with a NUL after it.
template <std::size_t Size>
std::size_t count_texts(const char (&list)[Size]) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < Size; ++i) count += list[i] == '\0' ? 1 : 0;
  return count;
}

/// A sentence that another text can follow: "the agent rejected the key", "Set the clock".
bool is_phrase(const std::string& text) {
  return test::is_printable(text) && text.front() != ' ' && text.back() != ' ' &&
         text.back() != '.';
}

}  // namespace

TEST_CASE("reason: each rule has a code and a unique sentence, in the order of the codes") {
  CHECK(count_texts(detail::reason_sentences) == rule_count);
  std::set<std::string> sentences;
  errc before{};
  for (std::size_t i = 1; i < rule_count; ++i) {
    const auto rule = static_cast<reason>(i);
    const std::string sentence = detail::sentence_of(rule);
    CAPTURE(sentence);
    CHECK(is_phrase(sentence));
    CHECK(sentences.insert(sentence).second);
    CHECK(detail::code_of(rule) != errc{});
    CHECK(detail::code_of(rule) >= before);
    before = detail::code_of(rule);
  }
  CHECK(detail::code_of(reason::none) == errc{});
  CHECK(std::string(detail::sentence_of(reason::none)).empty());
  CHECK(std::string(detail::sentence_of(reason::no_memory)) ==
        "there is not enough memory for the token");
}

TEST_CASE("reason: each rule has a remedy, and each remedy a unique sentence") {
  for (std::size_t i = 1; i < rule_count; ++i) {
    const auto rule = static_cast<reason>(i);
    const std::string remedy = detail::remedy_of(rule);
    CAPTURE(detail::sentence_of(rule));
    CHECK((rule == reason::unfinished ? remedy.empty() : is_phrase(remedy)));
  }
  std::set<std::string> remedies;
  const std::size_t count = count_texts(detail::remedy_sentences);
  for (unsigned i = 0; i < count; ++i) {
    CHECK(remedies.insert(detail::nth_string(detail::remedy_sentences, i)).second);
  }
  CHECK(remedies.count("Free some memory") == 1);
}

TEST_CASE("reason: each code of the core has a rule and a unique name") {
  std::set<std::string> names;
  for (unsigned i = 1; i <= static_cast<unsigned>(errc::out_of_memory); ++i) {
    const auto code = static_cast<errc>(i);
    const std::string name = detail::name_of(code);
    CAPTURE(name);
    CHECK(test::is_printable(name));
    CHECK(names.insert(name).second);
    CHECK(*detail::remedy_of(code) != '\0');
  }
  CHECK(std::string(detail::name_of(errc::invalid_argument)) == "invalid_argument");
  CHECK(std::string(detail::name_of(errc::timed_out)) == "timed_out");
  CHECK(std::string(detail::name_of(errc::out_of_memory)) == "out_of_memory");
  for (const errc code : {errc::vault_unreachable, errc::invalid_vault_response}) {
    CHECK(std::string(detail::name_of(code)) == "error");
    CHECK(std::string(detail::remedy_of(code)).empty());
  }
}

TEST_CASE("reason: sentence and remedy of each rule fit, whatever is quoted") {
  const std::string quoted(500, 'q');
  for (std::size_t i = 1; i < rule_count; ++i) {
    const auto rule = static_cast<reason>(i);
    detail::failure failure = detail::violation(rule, quoted);
    if (failure.code > errc::workspace_too_small) {  // Its cause is a response.
      failure.peer.description = quoted;
      failure.http_status = 503;
    }
    const arc_identity::error error(failure);
    CAPTURE(error.message());
    CHECK(error.code() == detail::code_of(rule));
    CHECK(test::is_fit_to_print(error));
    const std::string message = error.message();
    CHECK(message.find(std::string(detail::sentence_of(rule)) + ": qqq") == 0);
    const std::string remedy = detail::remedy_of(rule);
    CHECK(message.substr(message.size() - remedy.size()) == remedy);
  }
}
