// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/exchange/agent_error.hpp>
#include <arc_identity/core/token_response.hpp>
#include <support/message.hpp>

namespace {

using arc_identity::errc;
using arc_identity::managed_identity_id;
using arc_identity::result;
using arc_identity::token_response;
using std::chrono::seconds;

constexpr seconds now(1'790'000'000);
constexpr seconds a_day(86'400);

/// The result for a body, with the memory that its views point into.
struct parsed {
  std::string body;
  result<token_response> token;

  parsed(std::string text, managed_identity_id identity = {}, seconds at = now)
      : body(std::move(text)), token(token_response::parse(body, identity, at)) {}

  explicit operator bool() const { return token.has_value(); }
  const token_response* operator->() const { return &*token; }
};

/// A body with these additional members.
std::string body_with(const std::string& members) {
  return R"({"access_token":"eyJ0.eyJh.c2ln")" + (members.empty() ? "" : "," + members) + "}";
}

/// Whether the body is refused with this code and a message that contains `cause`.
bool is_refused(const std::string& body, errc code, const char* cause,
                managed_identity_id identity = {}, seconds at = now) {
  const parsed p(body, identity, at);
  if (p) return false;
  CHECK(test::is_fit_to_print(p.token.error()));
  CHECK_FALSE(test::contains(p.token.error(), "eyJ0"));  // never a secret
  return p.token.error().code() == code && test::contains(p.token.error(), cause);
}

bool is_invalid(const std::string& body, const char* cause, seconds at = now) {
  return is_refused(body, errc::invalid_token_response, cause, {}, at);
}

/// The lifetime from these members; zero if they are refused.
seconds lifetime_of(const std::string& members, seconds at = now) {
  const parsed p(body_with(members), {}, at);
  if (!p) CHECK(p.token.error().code() == errc::invalid_token_response);
  return p ? p->lifetime : seconds(0);
}

}  // namespace

TEST_CASE("token_response: the documented response is accepted") {
  const parsed p(
      R"({"access_token":"eyJ0.eyJh.c2ln","expires_in":"86400","expires_on":"1790086400",)"
      R"("not_before":"1790000000","resource":"https://vault.azure.net","token_type":"Bearer"})");
  REQUIRE(p);
  CHECK(p->access_token == "eyJ0.eyJh.c2ln");
  CHECK(p->resource == "https://vault.azure.net");
  CHECK(p->expires_on == seconds(1'790'086'400));
  CHECK(p->lifetime == a_day);
  CHECK(p->access_token.data() == p.body.data() + 17);  // a view into the body
}

TEST_CASE("token_response: white space, other members and any order are accepted") {
  const parsed p(
      " {\r\n \"token_type\" : \"bearer\" , \"other\" : { \"access_token\" : \"no\" } ,\n"
      "\"list\":[{\"expires_in\":1}], \"expires_on\" : 1790003600, \"expires_in\":3600,\n"
      "\"access_token\" : \"abc\" } \n");
  REQUIRE(p);
  CHECK(p->access_token == "abc");
  CHECK(p->resource.empty());
  CHECK(p->expires_on == seconds(1'790'003'600));
  CHECK(p->lifetime == seconds(3600));
}

TEST_CASE("token_response: escapes in names and values are decoded") {
  const parsed p(
      R"({"acc\u0065ss_token":"\u0065yJ\/x","resource":"https:\/\/vault.azure.net",)"
      R"("token_type":"B\u0065arer","expires_in":"36\u00300","expires_on":"1790003600"})");
  REQUIRE(p);
  CHECK(p->access_token == "eyJ/x");
  CHECK(p->resource == "https://vault.azure.net");
  CHECK(p->lifetime == seconds(3600));
}

TEST_CASE("token_response: anything but a JSON object is refused") {
  for (const char* const body :
       {"", " ", "{", "null x", "<html>", "Service Unavailable", R"({"access_token":"x")",
        R"({"access_token":"x","expires_in":1,})", R"({"access_token":"x" "expires_in":1})",
        "\xef\xbb\xbf{}", "{\"access_token\":\"\x01\"}", "{\"access_token\":\"\xff\"}",
        R"({"access_token":"x","expires_in":01})"}) {
    CAPTURE(body);
    CHECK(is_invalid(body, "not valid JSON"));
  }
  const std::string members = R"("access_token":"x","expires_in":3600)";
  for (const std::string& body :
       std::vector<std::string>{"{}", "[]", "null", "1", R"("access_token")", "[{" + members + "}]",
                                "[[{" + members + "}]]", R"(["access_token","x"])",
                                "{\"\":{" + members + "}}", "{\"a\":{" + members + "}}"}) {
    CAPTURE(body);
    CHECK(is_invalid(body, body[0] == '{' ? "no access_token" : "not valid JSON"));
  }
}

TEST_CASE("token_response: nesting deeper than 512 is refused") {
  const auto nested = [](std::size_t depth) {
    return body_with(R"("expires_in":1,"a":)" + std::string(depth, '[') + std::string(depth, ']'));
  };
  CHECK(parsed(nested(511)));
  CHECK(is_invalid(nested(512), "not valid JSON"));
}

TEST_CASE("token_response: the access_token must be a non-empty string") {
  for (const char* const value : {R"("")", "null", "true", "1", "[]", "{}", R"(["x"])"}) {
    CAPTURE(value);
    CHECK(is_invalid(R"({"expires_in":3600,"access_token":)" + std::string(value) + "}",
                     "no access_token"));
  }
  CHECK(is_invalid(R"({"expires_in":3600})", "no access_token"));
  CHECK(is_invalid(R"({"expires_in":3600,"Access_Token":"x"})", "no access_token"));
}

TEST_CASE("token_response: the access_token must be visible ASCII") {
  for (const char* const value : {R"(a b)", R"( a)", R"(a )", R"(a\r\nX-Evil: 1)", R"(a\n)",
                                  R"(a\tb)", R"(a\u0000b)", R"(\u0000)", R"(a\u001b)", R"(a\u007f)",
                                  R"(a\u00e9)", "a\xc3\xa9", R"(a\ud83d\ude00)", "\x7f"}) {
    CAPTURE(value);
    CHECK(is_invalid(R"({"expires_in":3600,"access_token":")" + std::string(value) + "\"}",
                     "not visible ASCII"));
  }
  std::string visible;
  for (char c = 0x21; c < 0x7f; ++c) {
    if (c == '"' || c == '\\') visible += '\\';
    visible += c;
  }
  const parsed p(R"({"expires_in":3600,"access_token":")" + visible + "\"}");
  REQUIRE(p);
  CHECK(p->access_token.size() == 0x7f - 0x21);
}

TEST_CASE("token_response: large tokens are accepted") {
  const std::string token(30'000, 'x');
  const parsed p(R"({"expires_in":3600,"access_token":")" + token + "\"}");
  REQUIRE(p);
  CHECK(p->access_token == token);
}

TEST_CASE("token_response: a repeated relevant member is refused") {
  for (const char* const name :
       {"access_token", "token_type", "resource", "expires_in", "expires_on", "client_id",
        "object_id", "msi_res_id", "mi_res_id"}) {
    CAPTURE(name);
    const std::string quoted = "\"" + std::string(name) + "\"";
    const std::string first = name == std::string("access_token") ? "" : quoted + ":\"1\",";
    CHECK(is_invalid(body_with(first + R"("expires_in":3600,)" + quoted + R"(:"1")"),
                     "repeats a member"));
  }
  CHECK(is_invalid(body_with(R"("expires_in":3600,"acc\u0065ss_token":"other")"),
                   "repeats a member"));
  CHECK(parsed(body_with(R"("expires_in":3600,"other":1,"other":2)")));
}

TEST_CASE("token_response: a token_type other than Bearer is rejected") {
  CHECK(parsed(body_with(R"("expires_in":3600)")));
  CHECK(parsed(body_with(R"("expires_in":3600,"token_type":"Bearer")")));
  CHECK(parsed(body_with(R"("expires_in":3600,"token_type":"BEARER")")));
  CHECK(parsed(body_with(R"("expires_in":3600,"token_type":null)")));
  for (const char* const type : {R"("pop")", R"("")", R"("Bearer ")", R"("Bearer\u0000")", "1",
                                 "true", R"(["Bearer"])", R"({"Bearer":1})"}) {
    CAPTURE(type);
    CHECK(is_invalid(body_with(R"("expires_in":3600,"token_type":)" + std::string(type)),
                     "token_type is not Bearer"));
  }
}

TEST_CASE("token_response: an expiry from expires_in or expires_on, string or number") {
  CHECK(lifetime_of(R"("expires_in":"3600")") == seconds(3600));
  CHECK(lifetime_of(R"("expires_in":3600)") == seconds(3600));
  CHECK(lifetime_of(R"("expires_on":"1790003600")") == seconds(3600));
  CHECK(lifetime_of(R"("expires_on":1790003600)") == seconds(3600));
  CHECK(lifetime_of(R"("expires_in":1)") == seconds(1));
  CHECK(lifetime_of(R"("expires_in":"0003600")") == seconds(3600));
  // One of the two is enough if the other cannot be read.
  CHECK(lifetime_of(R"("expires_in":"soon","expires_on":1790003600)") == seconds(3600));
  CHECK(lifetime_of(R"("expires_in":3600,"expires_on":"2026-09-21T00:00:00Z")") == seconds(3600));
  for (const char* const kind : {"null", "true", R"("")", "[]", "{}"}) {
    CHECK(lifetime_of(R"("expires_in":3600,"expires_on":)" + std::string(kind)) == seconds(3600));
    CHECK(lifetime_of(R"("expires_on":1790003600,"expires_in":)" + std::string(kind)) ==
          seconds(3600));
  }
  // A fraction is dropped.
  for (const char* const text : {"3600.0", "3600.999999999999999999999999", R"("3600.5")"}) {
    CHECK(lifetime_of(R"("expires_in":)" + std::string(text)) == seconds(3600));
  }
  CHECK(lifetime_of(R"("expires_on":1790003600.9)") == seconds(3600));
}

TEST_CASE("token_response: expires_on is set if only expires_in was sent") {
  const parsed p(body_with(R"("expires_in":3600)"));
  REQUIRE(p);
  CHECK(p->expires_on == now + seconds(3600));
}

TEST_CASE("token_response: the shorter of two expiries counts, 24 hours at most") {
  CHECK(lifetime_of(R"("expires_in":3600,"expires_on":1790007200)") == seconds(3600));
  CHECK(lifetime_of(R"("expires_in":7200,"expires_on":1790003600)") == seconds(3600));
  CHECK(lifetime_of(R"("expires_in":86401)") == a_day);
  CHECK(lifetime_of(R"("expires_on":1800000000)") == a_day);
  CHECK(lifetime_of(R"("expires_in":"99999999999999999999999999")") == a_day);
  CHECK(lifetime_of(R"("expires_on":99999999999999999999999999)") == a_day);
  CHECK(lifetime_of(R"("expires_on":"18446744073709551616")") == a_day);
  CHECK(lifetime_of(R"("expires_in":9223372036854775808,"expires_on":9223372036854775807)") ==
        a_day);
}

TEST_CASE("token_response: an expiry in the past is refused") {
  for (const char* const members :
       {R"("expires_in":0)", R"("expires_in":"0")", R"("expires_in":-1)", R"("expires_in":"-3600")",
        R"("expires_in":"-99999999999999999999999")", R"("expires_in":-0)", R"("expires_in":0.9)",
        R"("expires_on":1790000000)", R"("expires_on":1789999999)", R"("expires_on":0)",
        R"("expires_on":-1)", R"("expires_on":"-1")", R"("expires_in":0,"expires_on":1790003600)",
        R"("expires_in":3600,"expires_on":1790000000)", R"("expires_in":3600,"expires_on":0)"}) {
    CAPTURE(members);
    CHECK(is_invalid(body_with(members), "the token has already expired"));
  }
}

TEST_CASE("token_response: only a clock that is ahead gives the remedy to set it") {
  const auto message = [](const std::string& members, seconds at = now) {
    const parsed p(body_with(members), {}, at);
    REQUIRE_FALSE(p);
    return std::string(p.token.error().message());
  };
  for (const char* const ended :
       {R"("expires_on":1790000000)", R"("expires_on":"1")",
        R"("expires_in":3600,"expires_on":1789999999)", R"("expires_in":null,"expires_on":1)"}) {
    CAPTURE(ended);
    CHECK(message(ended) ==
          "the token has already expired according to this machine's clock. Set this machine's "
          "clock");
  }
  for (const char* const ended :
       {R"("expires_in":0)", R"("expires_in":"-1")", R"("expires_in":0,"expires_on":1790003600)",
        R"("expires_in":0,"expires_on":1)", R"("expires_on":0)", R"("expires_on":-1)"}) {
    for (const seconds at : {now, seconds(0)}) {
      CAPTURE(ended);
      CHECK(
          message(ended, at) ==
          "the token has already expired. Check that the program listening there is the Arc agent");
    }
  }
}

TEST_CASE("token_response: expires_on and lifetime agree, within 24 h") {
  const char* const numbers[] = {"1",
                                 "3600",
                                 "86400",
                                 "86401",
                                 "1790000001",
                                 "1790003600",
                                 "4294967295",
                                 "4294967296",
                                 "253402300800",
                                 "9223372036854775807",
                                 "18446744073709551616",
                                 "99999999999999999999999999"};
  constexpr seconds latest(0xffffffff);
  const auto check = [&](const std::string& members, seconds at) {
    CAPTURE(members);
    CAPTURE(at.count());
    const parsed p(body_with(members), {}, at);
    if (!p) {
      CHECK(p.token.error().code() == errc::invalid_token_response);
      return;
    }
    CHECK(p->lifetime > seconds(0));
    CHECK(p->lifetime <= a_day);
    CHECK(p->expires_on <= latest);
    const bool has_clock = at > seconds(0) && at < latest - a_day;
    if (has_clock) CHECK(p->expires_on == at + p->lifetime);
  };
  for (const seconds at : {seconds(0), seconds(1), now, latest - a_day - seconds(1), latest - a_day,
                           latest, latest + seconds(1), seconds::max(), seconds(-1)}) {
    for (const char* const in : numbers) {
      check("\"expires_in\":" + std::string(in), at);
      check("\"expires_on\":\"" + std::string(in) + "\"", at);
      for (const char* const on : numbers) {
        check("\"expires_in\":\"" + std::string(in) + "\",\"expires_on\":" + on, at);
      }
    }
  }
}

TEST_CASE("token_response: a clock near the year 2106 counts as unset") {
  constexpr seconds latest(0xffffffff);
  const std::string both = R"("expires_in":3600,"expires_on":4294967296)";
  CHECK(parsed(body_with(both), {}, latest - seconds(10))->lifetime == seconds(3600));
  const parsed before(body_with(both), {}, latest - a_day - seconds(1));
  CHECK(before->lifetime == seconds(3600));
  CHECK(before->expires_on == latest - a_day + seconds(3599));
}

TEST_CASE("token_response: without a set clock, expires_on is the agent's") {
  const parsed both(body_with(R"("expires_in":3600,"expires_on":1790003600)"), {}, seconds(0));
  REQUIRE(both);
  CHECK(both->expires_on == seconds(1'790'003'600));
  const parsed in(body_with(R"("expires_in":3600)"), {}, seconds(0));
  REQUIRE(in);
  CHECK(in->expires_on == seconds(3600));
  const parsed late(body_with(R"("expires_on":"99999999999999999999999999")"), {}, seconds(0));
  REQUIRE(late);
  CHECK(late->expires_on == seconds(0xffffffff));
}

TEST_CASE("token_response: a missing or malformed expiry is refused") {
  CHECK(is_invalid(body_with(""), "no valid expires_on or expires_in"));
  for (const char* const value : {"null",
                                  "true",
                                  "[]",
                                  "{}",
                                  R"("")",
                                  R"(" ")",
                                  R"("soon")",
                                  R"("3600s")",
                                  R"(" 3600")",
                                  R"("3600 ")",
                                  R"("+3600")",
                                  R"("0x10")",
                                  R"("-")",
                                  R"("--1")",
                                  R"("36e2")",
                                  R"("3,600")",
                                  R"("3600.")",
                                  R"(".5")",
                                  "36e2",
                                  R"("3600.5.5")",
                                  R"("36.5e2")",
                                  "3.6E3",
                                  R"("3600\u0000")",
                                  R"(["3600"])",
                                  R"({"a":3600})"}) {
    CAPTURE(value);
    const std::string text = value;
    CHECK(is_invalid(body_with("\"expires_in\":" + text), "no valid expires_on or expires_in"));
    CHECK(is_invalid(body_with("\"expires_on\":" + text), "no valid expires_on or expires_in"));
    CHECK(is_invalid(body_with("\"expires_in\":" + text + ",\"expires_on\":" + text),
                     "no valid expires_on or expires_in"));
  }
}

TEST_CASE("token_response: without a set clock, expires_in counts, expires_on for a day") {
  CHECK(lifetime_of(R"("expires_in":3600,"expires_on":1790003600)", seconds(0)) == seconds(3600));
  CHECK(lifetime_of(R"("expires_in":3600)", seconds(0)) == seconds(3600));
  CHECK(lifetime_of(R"("expires_on":1790003600)", seconds(0)) == a_day);
  CHECK(lifetime_of(R"("expires_on":3600)", seconds(0)) == seconds(3600));
  CHECK(is_invalid(body_with(R"("expires_on":0)"), "already expired", seconds(0)));
  CHECK(is_invalid(body_with(R"("expires_on":-5)"), "already expired", seconds(0)));
}

TEST_CASE("token_response: each value of the clock is safe") {
  for (const seconds at :
       {seconds::min(), seconds(-1), seconds::max(), seconds::max() - seconds(1)}) {
    CAPTURE(at.count());
    CHECK(lifetime_of(R"("expires_in":3600)", at) == seconds(3600));
    CHECK(lifetime_of(R"("expires_in":3600,"expires_on":1790003600)", at) == seconds(3600));
    CHECK(lifetime_of(R"("expires_on":1790003600)", at) == a_day);
    CHECK(is_invalid(body_with(R"("expires_on":-99999999999999999999)"), "already expired", at));
  }
}

TEST_CASE("token_response: the system-assigned identity needs no echo") {
  CHECK(parsed(body_with(R"("expires_in":3600)")));
  CHECK(parsed(body_with(R"("expires_in":3600,"client_id":"any","object_id":1,"mi_res_id":null)")));
}

TEST_CASE("token_response: a user-assigned identity must be confirmed") {
  const std::string id = "6F1E9D5c-0000-4abc-8000-00000000000A";
  const std::string other_case = "6f1e9d5C-0000-4ABC-8000-00000000000a";
  const struct {
    managed_identity_id identity;
    const char* member;
  } selectors[] = {
      {managed_identity_id::client_id(id), "client_id"},
      {managed_identity_id::object_id(id), "object_id"},
      {managed_identity_id::resource_id(id), "msi_res_id"},
      {managed_identity_id::resource_id(id), "mi_res_id"},
  };
  const std::string head = R"({"access_token":"eyJ0","expires_in":3600)";
  for (const auto& selector : selectors) {
    CAPTURE(selector.member);
    const std::string name = ",\"" + std::string(selector.member) + "\":";
    const auto is_confirmed = [&](const std::string& members) {
      const std::string body = head + members + "}";
      if (parsed(body, selector.identity)) return true;
      CHECK(is_refused(body, errc::identity_not_confirmed, "did not confirm", selector.identity));
      return false;
    };
    CHECK(is_confirmed(name + "\"" + id + "\""));
    CHECK(is_confirmed(name + "\"" + other_case + "\""));
    CHECK(is_confirmed(name + "\"\\u0036" + id.substr(1) + "\""));
    CHECK_FALSE(is_confirmed(""));
    CHECK_FALSE(is_confirmed(name + "\"\""));
    CHECK_FALSE(is_confirmed(name + "null"));
    CHECK_FALSE(is_confirmed(name + "1"));
    CHECK_FALSE(is_confirmed(name + "[\"" + id + "\"]"));
    CHECK_FALSE(is_confirmed(name + "\"" + id + " \""));
    CHECK_FALSE(is_confirmed(name + "\"" + id + "\\u0000\""));
    CHECK_FALSE(is_confirmed(name + "\"" + id.substr(1) + "\""));
    CHECK_FALSE(is_confirmed(name + "\"00000000-0000-0000-0000-000000000000\""));
    CHECK_FALSE(is_confirmed(",\"echo\":{" + name.substr(1) + "\"" + id + "\"}"));
  }
}

TEST_CASE("token_response: another selector's echo confirms nothing") {
  const std::string head = R"({"access_token":"eyJ0","expires_in":3600,)";
  const auto is_confirmed = [&](managed_identity_id identity, const std::string& member) {
    return static_cast<bool>(parsed(head + "\"" + member + "\":\"x\"}", identity));
  };
  CHECK_FALSE(is_confirmed(managed_identity_id::client_id("x"), "object_id"));
  CHECK_FALSE(is_confirmed(managed_identity_id::client_id("x"), "msi_res_id"));
  CHECK_FALSE(is_confirmed(managed_identity_id::client_id("x"), "resource"));
  CHECK_FALSE(is_confirmed(managed_identity_id::object_id("x"), "client_id"));
  CHECK_FALSE(is_confirmed(managed_identity_id::object_id("x"), "mi_res_id"));
  CHECK_FALSE(is_confirmed(managed_identity_id::resource_id("x"), "client_id"));
  CHECK_FALSE(is_confirmed(managed_identity_id::resource_id("x"), "object_id"));
  CHECK_FALSE(is_confirmed(managed_identity_id::resource_id("x"), "resource"));
}

TEST_CASE(
    "token_response: where both spellings of a resource id are there, both confirm "
    "it") {
  const auto is_confirmed = [](const std::string& msi, const std::string& mi) {
    return static_cast<bool>(
        parsed(body_with(R"("expires_in":3600,"msi_res_id":)" + msi + ",\"mi_res_id\":" + mi),
               managed_identity_id::resource_id("/subscriptions/X")));
  };
  CHECK(is_confirmed(R"("/subscriptions/X")", R"("/Subscriptions/x")"));
  CHECK_FALSE(is_confirmed(R"("/subscriptions/X")", R"("/subscriptions/Y")"));
  CHECK_FALSE(is_confirmed(R"("/subscriptions/Y")", R"("/subscriptions/X")"));
  CHECK_FALSE(is_confirmed(R"("")", R"("/subscriptions/X")"));
  CHECK_FALSE(is_confirmed(R"("/subscriptions/X")", R"("")"));
  CHECK_FALSE(is_confirmed(R"("/subscriptions/X")", "1"));
  CHECK(is_confirmed("null", R"("/subscriptions/X")"));  // counts as absent
  CHECK(is_confirmed(R"("/subscriptions/X")", "null"));
  CHECK_FALSE(is_confirmed("null", "null"));
}

TEST_CASE("token_response: an identity with an empty id is never confirmed") {
  for (const auto identity :
       {managed_identity_id::client_id(""), managed_identity_id::object_id(""),
        managed_identity_id::resource_id("")}) {
    CHECK_FALSE(parsed(body_with(R"("expires_in":3600)"), identity));
    CHECK_FALSE(parsed(
        body_with(R"("expires_in":3600,"client_id":"","object_id":"","mi_res_id":"")"), identity));
  }
}

TEST_CASE("token_response: the message names the identity that was not confirmed") {
  const parsed p(body_with(R"("expires_in":3600)"), managed_identity_id::client_id("the-client"));
  REQUIRE_FALSE(p);
  CHECK(test::contains(p.token.error(), "the-client"));
  CHECK(test::contains(p.token.error(), "Update the Arc agent"));
}

// --- The agent's errors --------------------------------------------------------------------------

namespace {

/// CODE|DESCRIPTION|CORRELATION ID
std::string error_text_in(std::string body, bool is_success = false) {
  arc_identity::detail::peer_error found;
  arc_identity::detail::read_agent_error(body, is_success, found);
  return std::string(found.code) + "|" + std::string(found.description) + "|" +
         std::string(found.correlation_id);
}

}  // namespace

TEST_CASE("agent_error: code and description are read from each kind of body") {
  const struct {
    const char* body;
    const char* expected;
  } cases[] = {
      // As the agent is known to send it.
      {R"({"error":"unauthorized_client","error_description":"Missing header","error_codes":[401]})",
       "unauthorized_client|Missing header|"},
      {R"({"error":{"code":"NotFound","message":"No secret"}})", "NotFound|No secret|"},
      {R"({"message":"No identity","correlationId":"1-2\u002d3"})", "|No identity|1-2-3"},
      {R"({"statusCode":403,"message":"Not you"})", "|Not you|"},
      {R"({"StatusCode":500,"Message":"Broken","CorrelationID":"1"})", "|Broken|1"},
      {R"({"error":"invalid_request"})", "invalid_request||"},
      {R"({"error":{"message":"only text"}})", "|only text|"},
      {R"({"error":{"code":"OnlyCode"}})", "OnlyCode||"},
      {"Service Unavailable", "|Service Unavailable|"},
      {"<html>busy</html>", "|<html>busy</html>|"},
      {"", "||"},
      // Case does not matter.
      {R"({"ERROR":"a","Error_Description":"b"})", "a|b|"},
      {R"({"Error":{"Code":"a","MESSAGE":"b"}})", "a|b|"},
      // Escapes are decoded.
      {R"({"error":"a\u0062","error_description":"the \"resource\"\nis missing"})",
       "ab|the \"resource\"\nis missing|"},
      {R"({"error":{"c\u006fde":"\u0041","m\u0045ssage":"\u0042"}})", "A|B|"},
      {R"({"detail":"a\u0041\/\"b\""})", R"(|{"detail":"aA/"b""}|)"},
      // The description first, then the inner message, then the outer.
      {R"({"message":"o","error":{"message":"i"},"error_description":"d"})", "|d|"},
      {R"({"message":"o","error":{"message":"i"}})", "|i|"},
      {R"({"message":"o","error":"code","error_description":""})", "code|o|"},
      {R"({"error":"code","error_description":null,"message":7})", "code||"},
      {R"({"message":"a","correlationId":7})", "|a|"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.body);
    CHECK(error_text_in(c.body) == c.expected);
  }
}

TEST_CASE("agent_error: an unknown format gives the body as the text") {
  for (const char* const body :
       {R"(["busy"])", R"("busy")", "503", "null", "{}", R"({"error":503})", R"({"error":["a"]})",
        R"([{"error":"inner"}])", R"({"":{"error":"inner"}})", R"({"a":{"message":"inner"}})",
        R"({"error":{"error":"a"}})", R"({"error":"","message":""})", R"({"error":"a")",
        R"({"correlationId":"1"})", R"({"messages":"a","messag":"b"})", R"({"statusCode":403})",
        R"({"error":"{\"code":"a"})", R"({"error":"\ud800 denied"})", R"(at C:\agent)"}) {
    CAPTURE(body);
    CHECK(error_text_in(body) == "|" + std::string(body) + "|");
  }
}

TEST_CASE("agent_error: a text that may contain a token is omitted") {
  using arc_identity::detail::may_hold_token;
  for (const char* const text : {"access_token", "eyJ", "xeyJ0", "x: access_token=1"}) {
    CHECK(may_hold_token(text));
  }
  for (const char* const text : {"", "access_toke", "ccess_token", "ey", "EYJ0"}) {
    CHECK_FALSE(may_hold_token(text));
  }
  for (const char* const body :
       {"eyJ0", R"({"token":"eyJ0"})", R"({"token":"\u0065yJ0"})", R"({"access_token":"opaque"})",
        R"({"message":"eyJ0"})", R"({"error":"access_token"})", R"({"access_token":"cut)"}) {
    CAPTURE(body);
    CHECK(error_text_in(body) == "||");
  }
  CHECK(error_text_in(R"({"error":"\u0065yJ0","message":"harmless","correlationId":"eyJ"})") ==
        "|harmless|");
}

TEST_CASE("agent_error: a word whose escapes were not decoded ends the text") {
  CHECK(error_text_in(R"(b\u0075sy)") == "||");
  CHECK(error_text_in(R"(is b\u0075sy now)") == "|is |");
  CHECK(error_text_in(R"(["b\u0075sy"])") == R"(|["|)");
  CHECK(error_text_in(R"({"error":"no, b\u0075sy")") == R"(|{"error":"no, |)");
  CHECK(error_text_in(R"({"error":"no, b\\u0075sy"})") == "no, ||");
  CHECK(error_text_in(R"({"error":"b\\u0075sy","message":"denied"})") == "|denied|");
  CHECK(error_text_in(R"({"error":"b\\u0075sy"})") == "||");
  CHECK(error_text_in(R"({"error":"{\"a\":\"b\\u0075sy\"}"})") == R"({"a":"||)");
}

TEST_CASE("agent_error: a success body is quoted only if it has error members") {
  CHECK(error_text_in(R"({"error":"code","error_description":"text"})", true) == "code|text|");
  CHECK(error_text_in(R"({"message":"text","correlationId":"1"})", true) == "|text|1");
  CHECK(error_text_in(R"({"token":"opaque"})", true) == "||");
  CHECK(error_text_in("opaque", true) == "||");
}
