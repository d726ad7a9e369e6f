// SPDX-License-Identifier: MIT
// The vault with a scripted Https policy, a counting credential and a manual clock.

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <support/message.hpp>

#include <arc_identity/key_vault.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/scripted_https.hpp>

namespace {

using namespace std::chrono_literals;
using arc_identity::access_token;
using arc_identity::errc;
using arc_identity::https_response;
using arc_identity::https_status;
using arc_identity::key_vault_options;
using arc_identity::managed_identity_id;
using arc_identity::result;
using arc_identity::token_request;
using arc_identity::testing::manual_clock;
using arc_identity::testing::scripted_https;

/// Gives "token-1", "token-2", ... Copies share the count.
class counting_credential {
 public:
  result<access_token> get_token(const token_request& request) {
    log("get", request);
    if (state_->issued == 0) ++state_->issued;
    return token(request);
  }
  result<access_token> force_refresh(const token_request& request, const access_token& refused) {
    log("refresh after " + std::string(refused.secret()), request);
    ++state_->issued;
    return token(request);
  }

  const std::vector<std::string>& calls() const { return state_->calls; }
  /// From the call with this number on, no token is given.
  void fail_from(std::size_t call) { state_->fail_from = call; }

 private:
  void log(const std::string& what, const token_request& request) {
    state_->calls.push_back(what + " " + std::string(request.resource) +
                            std::string(request.identity.value()));
  }

  result<access_token> token(const token_request& request) {
    if (state_->calls.size() >= state_->fail_from) {
      return arc_identity::detail::failure{errc::key_file_denied, "no"};
    }
    return access_token::make("token-" + std::to_string(state_->issued), request.resource, 1s);
  }

  struct state {
    std::vector<std::string> calls;
    std::size_t issued = 0;
    std::size_t fail_from = 1000;
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

using vault_type = arc_identity::basic_key_vault<scripted_https, counting_credential, manual_clock>;

constexpr const char* url = "https://my.vault.azure.net";

struct fixture {
  counting_credential credential;
  scripted_https https;
  manual_clock clock;

  vault_type vault(const std::string& at = url, const key_vault_options& options = {}) {
    return vault_type(credential, at, options, https, clock);
  }
  std::string authorization(std::size_t i) const { return https.requests().at(i).authorization; }
};

std::string secret_body(const std::string& value = "hunter2") {
  return R"({"value":")" + value + R"(","id":"https://my.vault.azure.net/secrets/a/1"})";
}

https_response failed(https_status status, const std::string& reason = {}) {
  https_response response;
  response.status = status;
  response.reason = reason;
  return response;
}

https_response busy(int status_code, const std::string& retry_after) {
  https_response response = scripted_https::response(status_code, {});
  response.retry_after = retry_after;
  return response;
}

}  // namespace

TEST_CASE_FIXTURE(
    fixture, "key vault: requests without a token, then with one for the challenge's resource") {
  https.on_get_challenge();
  https.on_get(200, secret_body());
  const auto secret = vault().get_secret("a");
  REQUIRE(secret);
  CHECK(secret->value.view() == "hunter2");
  CHECK(secret->properties.version == "1");
  REQUIRE(https.requests().size() == 2);
  CHECK(https.requests()[0].url == "https://my.vault.azure.net/secrets/a?api-version=7.4");
  CHECK(https.requests()[1].url == https.requests()[0].url);
  CHECK(authorization(0).empty());
  CHECK(authorization(1) == "Bearer token-1");
  CHECK(https.requests()[0].timeout == 10s);
  CHECK(https.requests()[0].max_body_bytes == 1048576);
  CHECK(credential.calls() == std::vector<std::string>{"get https://vault.azure.net"});
}

TEST_CASE_FIXTURE(fixture, "key vault: remembers the resource of the token and no secret") {
  https.on_get_challenge();
  https.on_get(200, secret_body("one"));
  https.on_get(200, secret_body("two"));
  vault_type one = vault();
  CHECK(one.get_secret("a"));
  const auto second = one.get_secret("a");
  REQUIRE(second);
  CHECK(second->value.view() == "two");
  CHECK(authorization(2) == "Bearer token-1");
  CHECK(https.is_over());
}

TEST_CASE_FIXTURE(fixture, "key vault: version, port and identity are used") {
  https.on_get_challenge();
  https.on_get(200, secret_body());
  key_vault_options options;
  std::string id = " id";
  options.identity = managed_identity_id::client_id(id);
  options.api_version = "7.5";
  options.attempt_timeout = 3s;
  options.max_body_bytes = 100;
  vault_type with_options = vault("HTTPS://My.vault.azure.net:8443/", options);
  id = "changed";  // the vault has its own copy
  CHECK(with_options.get_secret("a", "0123abc"));
  CHECK(https.requests()[1].url ==
        "https://My.vault.azure.net:8443/secrets/a/0123abc?api-version=7.5");
  CHECK(https.requests()[1].timeout == 3s);
  CHECK(https.requests()[1].max_body_bytes == 100);
  CHECK(credential.calls() == std::vector<std::string>{"get https://vault.azure.net id"});
}

TEST_CASE_FIXTURE(fixture, "key vault: invalid arguments are refused before any request") {
  const auto code = [&](const std::string& at, const std::string& name, const std::string& version,
                        const key_vault_options& options) {
    const auto secret = vault(at, options).get_secret(name, version);
    REQUIRE_FALSE(secret);
    CHECK(test::is_fit_to_print(secret.error()));
    return secret.error().code();
  };
  for (const char* name : {"", "a/b", "a b", "a?b", "..", "a\n", "a_b", "\xc3\xa9"}) {
    CAPTURE(name);
    CHECK(code(url, name, "", {}) == errc::invalid_argument);
    if (*name != '\0') CHECK(code(url, "a", name, {}) == errc::invalid_argument);
  }
  CHECK(code(url, std::string(128, 'a'), "", {}) == errc::invalid_argument);
  for (const char* at :
       {"", "http://my.vault.azure.net", "my.vault.azure.net", "https://my.vault.azure.net/secrets",
        "https://my.vault.azure.net?x", "https://user@my.vault.azure.net"}) {
    CAPTURE(at);
    CHECK(code(at, "a", "", {}) == errc::invalid_argument);
    CHECK_FALSE(vault(at).list_secrets());
  }
  key_vault_options options;
  options.api_version = "7.4&x";
  CHECK(code(url, "a", "", options) == errc::invalid_argument);
  options = {};
  options.api_version = "";
  CHECK(code(url, "a", "", options) == errc::invalid_argument);
  options = {};
  options.attempt_timeout = 0s;
  CHECK(code(url, "a", "", options) == errc::invalid_argument);
  options = {};
  options.total_timeout = 0s;
  CHECK(code(url, "a", "", options) == errc::invalid_argument);
  options = {};
  options.max_attempts = 0;
  CHECK(code(url, "a", "", options) == errc::invalid_argument);
  CHECK(https.requests().empty());

  https.on_get(200, secret_body());
  CHECK(vault().get_secret(std::string(127, 'a')));
}

TEST_CASE_FIXTURE(fixture, "key vault: an identifier replaces the name") {
  https.on_get_challenge();
  for (int i = 0; i < 4; ++i) https.on_get(200, secret_body());
  vault_type one = vault();
  CHECK(one.get_secret("https://my.vault.azure.net/secrets/a/1"));
  CHECK(https.requests()[1].url == "https://my.vault.azure.net/secrets/a/1?api-version=7.4");
  CHECK(one.get_secret("https://MY.vault.azure.net:443/certificates/a"));
  CHECK(https.requests()[2].url == "https://my.vault.azure.net/secrets/a?api-version=7.4");
  CHECK(one.get_secret("https://my.vault.azure.net/secrets/a", "2"));
  CHECK(https.requests()[3].url == "https://my.vault.azure.net/secrets/a/2?api-version=7.4");
  CHECK(one.get_certificate("https://my.vault.azure.net/certificates/a/3").error().code() ==
        errc::invalid_vault_response);
  CHECK(https.requests()[4].url == "https://my.vault.azure.net/secrets/a/3?api-version=7.4");
}

TEST_CASE_FIXTURE(fixture, "key vault: an identifier of another vault is refused") {
  const auto refused = [&](const std::string& identifier, const std::string& version = "") {
    const auto secret = vault().get_secret(identifier, version);
    REQUIRE_FALSE(secret);
    CHECK(secret.error().code() == errc::invalid_argument);
    return secret.error();
  };
  CHECK(test::contains(refused("https://other.vault.azure.net/secrets/a"), "another vault"));
  CHECK(test::contains(refused("https://my.vault.azure.net:444/secrets/a"), "another vault"));
  CHECK(test::contains(refused("https://my.vault.azure.net.evil.com/secrets/a"), "another vault"));
  CHECK(test::contains(refused("https://my.vault.azure.net/secrets/a/1", "1"), "given twice"));
  CHECK(test::contains(refused("https://my.vault.azure.net/keys/a"), "not an identifier"));
  CHECK(vault("http://x").get_secret("https://my.vault.azure.net/secrets/a").error().code() ==
        errc::invalid_argument);
  CHECK(https.requests().empty());
}

TEST_CASE_FIXTURE(fixture,
                  "key vault: a resource that is given counts, whatever the challenge says") {
  key_vault_options options;
  std::string resource = "https://vault.local.azurestack.external/00000000/.default";
  options.resource = resource;
  https.on_get_challenge("https://management.azure.com");
  https.on_get(200, secret_body());
  vault_type fixed = vault("https://localhost:8443", options);
  resource = "changed";  // the vault has its own copy
  CHECK(fixed.get_secret("a"));
  CHECK(authorization(0) == "Bearer token-1");
  CHECK(authorization(1) == "Bearer token-2");
  CHECK(credential.calls() ==
        std::vector<std::string>{
            "get https://vault.local.azurestack.external/00000000",
            "refresh after token-1 https://vault.local.azurestack.external/00000000"});
}

TEST_CASE_FIXTURE(fixture, "key vault: a challenge does not replace a given resource") {
  key_vault_options options;
  options.resource = "https://vault.azure.net";
  https.on_get_challenge("https://management.azure.com");
  https.on_get_challenge("https://management.azure.com");
  CHECK(vault(url, options).get_secret("a").error().code() == errc::vault_access_denied);
  for (const std::string& call : credential.calls()) {
    CHECK(call.find("management") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(fixture, "key vault: a vault of another domain than its resource gets no token") {
  const auto refused = [&](const std::string& at, const std::string& resource) {
    https.on_get_challenge(resource);
    const auto secret = vault(at).get_secret("a");
    REQUIRE_FALSE(secret);
    CHECK(secret.error().code() == errc::vault_challenge_rejected);
    CHECK(secret.error().http_status() == 401);
    CHECK(test::contains(secret.error(), "no token was sent"));
    CHECK(test::contains(secret.error(), resource));
  };
  refused("https://evilvault.azure.net", "https://vault.azure.net");
  refused("https://my.vault.azure.net.evil.com", "https://vault.azure.net");
  refused(url, "https://management.azure.com");
  https.on_get(401);
  CHECK(vault().get_secret("a").error().code() == errc::vault_challenge_rejected);
  CHECK(credential.calls().empty());
  for (const scripted_https::request& request : https.requests()) {
    CHECK(request.authorization.empty());
  }
}

TEST_CASE_FIXTURE(fixture, "key vault: without a token there is no second request") {
  https.on_get_challenge();
  credential.fail_from(1);
  const auto secret = vault().get_secret("a");
  REQUIRE_FALSE(secret);
  CHECK(secret.error().code() == errc::key_file_denied);
  CHECK(https.requests().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "key vault: a rejected token is renewed once") {
  https.on_get_challenge();
  https.on_get_challenge();
  https.on_get(200, secret_body());
  CHECK(vault().get_secret("a"));
  CHECK(authorization(1) == "Bearer token-1");
  CHECK(authorization(2) == "Bearer token-2");
  CHECK(credential.calls() ==
        std::vector<std::string>{"get https://vault.azure.net",
                                 "refresh after token-1 https://vault.azure.net"});
}

TEST_CASE_FIXTURE(fixture, "key vault: a second rejected token gives vault_access_denied") {
  https.on_get_challenge();
  https.on_get_challenge();
  https.on_get(401, R"({"error":{"code":"Unauthorized","message":"AKV10032: Invalid issuer."}})");
  const auto secret = vault().get_secret("a");
  REQUIRE_FALSE(secret);
  CHECK(secret.error().code() == errc::vault_access_denied);
  CHECK(secret.error().http_status() == 401);
  CHECK(test::contains(secret.error(), "Unauthorized: AKV10032: Invalid issuer. (HTTP 401)"));
  CHECK(test::contains(secret.error(), "belongs to the vault's tenant"));
  CHECK(https.is_over());
}

TEST_CASE_FIXTURE(fixture, "key vault: an error of the token's renewal is returned") {
  https.on_get_challenge();
  https.on_get_challenge();
  credential.fail_from(2);
  CHECK(vault().get_secret("a").error().code() == errc::key_file_denied);
}

TEST_CASE_FIXTURE(fixture, "key vault: a refusal ends the call with the vault's text") {
  const auto error_of = [&](int status, const std::string& words) {
    https.on_get_challenge();
    https.on_get(status, words);
    return vault().get_secret("a").error();
  };
  const auto denied =
      error_of(403, R"({"error":{"code":"Forbidden","message":"Caller is not authorized\r\n",)"
                    R"("innererror":{"code":"ForbiddenByRbac"}}})");
  CHECK(denied.code() == errc::vault_access_denied);
  CHECK(test::contains(denied, "ForbiddenByRbac: Caller is not authorized?? (HTTP 403)"));
  CHECK(test::contains(denied, "Key Vault Secrets User"));
  const auto missing =
      error_of(404, R"({"error":{"code":"SecretNotFound","message":"A secret ..."}})");
  CHECK(missing.code() == errc::vault_item_not_found);
  CHECK(test::contains(missing, "no such item: a: A secret ... (HTTP 404). Check the name"));
  CHECK(error_of(400, "").code() == errc::vault_refused);
  CHECK(error_of(204, "").code() == errc::vault_refused);
  for (const int status : {301, 302, 307, 308}) {
    const auto redirected = error_of(status, "");
    CHECK(redirected.code() == errc::unexpected_status);
    CHECK(redirected.http_status() == status);
    CHECK(test::contains(redirected, "a redirect"));
  }
  CHECK(https.is_over());
  CHECK(clock.slept() == 0ms);
}

TEST_CASE_FIXTURE(fixture, "key vault: a gateway's correlation id is shown") {
  for (const int status : {403, 404, 418, 429, 500}) {
    CAPTURE(status);
    key_vault_options options;
    options.max_attempts = 1;
    https.on_get_challenge();
    https.on_get(status, R"({"statusCode":1,"message":"No","correlationId":"0a-1b"})");
    const auto error = vault(url, options).get_secret("a").error();
    CHECK(test::contains(error, "No (correlationId: 0a-1b) (HTTP "));
  }
}

TEST_CASE_FIXTURE(fixture, "key vault: the error has the vault's Retry-After") {
  key_vault_options options;
  options.max_attempts = 1;
  https.on_get_challenge();
  https.on_get(busy(429, "7"));
  CHECK(vault(url, options).get_secret("a").error().retry_after() == 7s);
  https.on_get_challenge();
  https.on_get(busy(403, "7"));  // Retry-After has no effect with a 403.
  CHECK(vault(url, options).get_secret("a").error().retry_after() == 0s);
}

TEST_CASE_FIXTURE(fixture, "key vault: a long refusal keeps code, description and remedy") {
  https.on_get_challenge();
  const std::string id = "00000000-0000-0000-0000-000000000000";
  https.on_get(403, R"({"error":{"code":"Forbidden","message":"The user, group or application )"
                    "'appid=" +
                        id + ";oid=" + id + ";iss=https://sts.windows.net/" + id +
                        R"(/' does not have secrets get permission on key vault 'my;location=x'.",)"
                        R"("innererror":{"code":"AccessDenied"}}})");
  const auto secret = vault().get_secret("a");
  CHECK(test::contains(secret.error(), "does not have secrets get permission"));
  CHECK(test::ends_with(secret.error(),
                        "Give this identity the role Key Vault Secrets User, or a "
                        "policy with \"get\""));
}

TEST_CASE_FIXTURE(fixture, "key vault: the remedy depends on the inner code of a refusal") {
  struct {
    const char* code;
    const char* remedy;
  } const expected[] = {{"AccessDenied", "policy with \"get\""},
                        {"ForbiddenByRbac", "role Key Vault Secrets User"},
                        {"ForbiddenByPolicy", "access policy with \"get\""},
                        {"ForbiddenByFirewall", "public address in the vault's firewall"},
                        {"ForbiddenByConnection", "private endpoint"},
                        {"SecretDisabled", "Enable it"},
                        {"CertificateDisabled", "Enable it"},
                        {"SecretExpired", "expiration date"},
                        {"CertificateExpired", "expiration date"},
                        {"SecretNotYetValid", "activation date"},
                        {"CertificateNotYetValid", "activation date"}};
  for (const auto& each : expected) {
    CAPTURE(each.code);
    https.on_get_challenge();
    https.on_get(403, R"({"error":{"code":"Forbidden","message":"no","innererror":{"code":")" +
                          std::string(each.code) + R"("}}})");
    const auto error = vault().get_secret("a").error();
    CHECK(error.code() == errc::vault_access_denied);
    CHECK(test::contains(error, std::string(each.code) + ": no (HTTP 403). "));
    CHECK(test::contains(error, each.remedy));
  }
}

TEST_CASE_FIXTURE(fixture, "key vault: a refusal with another code has no remedy") {
  for (const char* body :
       {"", "<html>Forbidden</html>", R"({"error":{"code":"Forbidden","message":"x"}})",
        R"({"error":{"code":"Forbidden","message":"x","innererror":{"code":"New"}}})"}) {
    CAPTURE(body);
    https.on_get_challenge();
    https.on_get(403, body);
    CHECK(test::ends_with(vault().get_secret("a").error(), "(HTTP 403)"));
  }
}

TEST_CASE_FIXTURE(fixture, "key vault: a denied list names the permission list") {
  for (const char* code : {"AccessDenied", "ForbiddenByPolicy"}) {
    https.on_get_challenge();
    https.on_get(403, std::string(R"({"error":{"code":")") + code + "\"}}");
    CHECK(test::contains(vault().list_secrets().error(), "policy with \"list\""));
  }
}

TEST_CASE_FIXTURE(fixture, "key vault: 404 names the item that was not found") {
  const auto missing = [&](const std::string& words, const std::string& version) {
    https.on_get_challenge();
    https.on_get(404, words);
    return vault().get_secret("a", version).error();
  };
  CHECK(test::contains(missing("<html>", "12"), "no such item: a/12: <html> (HTTP 404)"));
  CHECK(test::contains(missing("<html>", ""), "Check the vault's URL"));
  CHECK(test::contains(
      missing(R"({"error":{"code":"CertificateNotFound"}})", ""),
      "no such item: a: CertificateNotFound (HTTP 404). Check the name and the version"));
}

TEST_CASE_FIXTURE(fixture, "key vault: BadParameter mentions the api-version") {
  https.on_get_challenge();
  https.on_get(400, R"({"error":{"code":"BadParameter","message":"api-version"}})");
  CHECK(test::contains(vault().get_secret("a").error(), "Azure Stack Hub supports up to 7.1"));
}

TEST_CASE_FIXTURE(fixture, "key vault: a busy vault is retried after Retry-After") {
  https.on_get_challenge();
  https.on_get(busy(429, "7"));
  https.on_get(busy(503, ""));
  https.on_get(busy(408, "Sun, 06 Nov 1994 08:49:37 GMT"));
  https.on_get(200, secret_body());
  CHECK(vault().get_secret("a"));
  CHECK(clock.slept() >= 7s + 200ms);
  CHECK(clock.slept() <= 9s);
  CHECK(credential.calls().size() == 1);
}

TEST_CASE_FIXTURE(
    fixture, "key vault: a vault that stays busy gives vault_unavailable after the last attempt") {
  https.on_get_challenge();
  for (int i = 0; i < 4; ++i) {
    https.on_get(429, R"({"error":{"code":"Throttled","message":"Too many requests"}})");
  }
  const auto secret = vault().get_secret("a");
  REQUIRE_FALSE(secret);
  CHECK(secret.error().code() == errc::vault_unavailable);
  CHECK(test::contains(secret.error(), "Throttled: Too many requests (HTTP 429)"));
  CHECK(https.requests().size() == 5);
}

TEST_CASE_FIXTURE(fixture, "key vault: a wait beyond the time limit is not begun") {
  https.on_get_challenge();
  https.on_get(busy(503, "30"));
  CHECK(vault().get_secret("a").error().code() == errc::vault_unavailable);
  CHECK(clock.slept() == 0ms);
  https.on_get_challenge();
  https.on_get(busy(503, "99999999999999999999"));
  CHECK(vault().get_secret("a").error().code() == errc::vault_unavailable);
  CHECK(clock.slept() == 0ms);
}

TEST_CASE_FIXTURE(fixture, "key vault: back-off is cut to the time left") {
  key_vault_options options;
  options.total_timeout = 3s;
  options.max_attempts = 1000;
  for (int i = 0; i < 50; ++i) {
    clock.advance(std::chrono::milliseconds(i * 977));  // another seed
    for (int j = 0; j < 100; ++j) https.on_get(busy(503, j % 2 == 0 ? "" : "0"));
    const auto begin = clock.now();
    CHECK(vault(url, options).get_secret("a").error().code() == errc::vault_unavailable);
    CHECK(clock.now() - begin >= 2700ms);
    CHECK(clock.now() - begin < 3s);
    while (!https.is_over()) (void)https.get({url, {}, 1s, 1});
  }
}

TEST_CASE_FIXTURE(fixture, "key vault: total_timeout covers all attempts") {
  for (int i = 0; i < 16; ++i) https.on_get(failed(https_status::timed_out));
  key_vault_options options;
  options.total_timeout = 1000ms;
  const auto secret = vault(url, options).get_secret("a");
  CHECK(secret.error().code() == errc::timed_out);
  REQUIRE(https.requests().size() > 1);
  CHECK(https.requests()[0].timeout == 1000ms);
  for (std::size_t i = 1; i < https.requests().size(); ++i) {
    CHECK(https.requests()[i].timeout < https.requests()[i - 1].timeout);
  }
  CHECK(clock.slept() < 1000ms);
}

TEST_CASE_FIXTURE(fixture, "key vault: no request is sent after total_timeout") {
  struct slow_credential {
    result<access_token> get_token(const token_request& request) {
      clock.advance(30s);
      return access_token::make("token", request.resource, 1s);
    }
    result<access_token> force_refresh(const token_request& request, const access_token&) {
      return get_token(request);
    }
    manual_clock clock;
  };
  https.on_get_challenge();
  arc_identity::basic_key_vault<scripted_https, slow_credential, manual_clock> late(
      slow_credential{clock}, url, {}, https, clock);
  CHECK(late.get_secret("a").error().code() == errc::timed_out);
  CHECK(https.requests().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "key vault: a lost connection is retried") {
  for (const https_status status :
       {https_status::unreachable, https_status::lost, https_status::timed_out}) {
    https.on_get(failed(status));
    https.on_get(200, secret_body());
    CHECK(vault().get_secret("a"));
  }
  CHECK(https.is_over());
}

TEST_CASE_FIXTURE(fixture, "key vault: errors of TLS and the network are quoted") {
  const auto error_of = [&](https_status status, int times) {
    for (int i = 0; i < times; ++i) https.on_get(failed(status, "because \x1b"));
    const auto secret = vault().get_secret("a");
    REQUIRE_FALSE(secret);
    CHECK(test::is_fit_to_print(secret.error()));
    CHECK(https.is_over());
    return secret.error();
  };
  CHECK(error_of(https_status::unreachable, 4).code() == errc::vault_unreachable);
  CHECK(test::contains(error_of(https_status::unreachable, 4), "to the vault: because ?"));
  CHECK(error_of(https_status::lost, 4).code() == errc::connection_lost);
  CHECK(error_of(https_status::timed_out, 4).code() == errc::timed_out);
  CHECK(error_of(https_status::not_verified, 1).code() == errc::vault_not_verified);
  CHECK(test::contains(error_of(https_status::not_verified, 1), "nothing was sent"));
  CHECK(error_of(https_status::too_large, 1).code() == errc::response_too_large);
}

TEST_CASE_FIXTURE(fixture, "key vault: the observer gets each further attempt") {
  std::vector<arc_identity::event> events;
  key_vault_options options;
  options.observer_context = &events;
  options.observer = [](void* context, const arc_identity::event& event) {
    static_cast<std::vector<arc_identity::event>*>(context)->push_back(event);
  };
  https.on_get(busy(503, "2"));
  https.on_get(failed(https_status::lost));
  https.on_get(200, secret_body());
  CHECK(vault(url, options).get_secret("a"));
  REQUIRE(events.size() == 2);
  CHECK(events[0].kind == arc_identity::event_kind::retrying);
  CHECK(events[0].reason == errc::vault_unavailable);
  CHECK(events[0].http_status == 503);
  CHECK(events[0].wait == 2s);
  CHECK(events[1].reason == errc::connection_lost);
}

TEST_CASE_FIXTURE(fixture, "key vault: a 200 that is not a secret gives invalid_vault_response") {
  https.on_get(200, "{}");
  const auto secret = vault().get_secret("a");
  REQUIRE_FALSE(secret);
  CHECK(secret.error().code() == errc::invalid_vault_response);
}

TEST_CASE_FIXTURE(fixture,
                  "key vault: an error in a 200 is shown in its own words, and nothing else") {
  https.on_get_challenge();
  https.on_get(200, R"({"error":{"code":"Throttled","message":"later"},"value":7})");
  const auto error = vault().get_secret("a").error();
  CHECK(error.code() == errc::invalid_vault_response);
  CHECK(test::contains(error, "no valid secret id: Throttled: later"));
  https.on_get_challenge();
  https.on_get(200, R"({"value":"hunter2"})");
  CHECK_FALSE(test::contains(vault().get_secret("a").error(), "hunter2"));
}

TEST_CASE_FIXTURE(fixture, "key vault: a certificate is read as the secret of its name") {
  https.on_get_challenge();
  https.on_get(200, R"({"value":"MIIB","contentType":"application/x-pkcs12",)"
                    R"("id":"https://my.vault.azure.net/secrets/web/1"})");
  vault_type one = vault();
  const auto certificate = one.get_certificate("web", "1");
  REQUIRE(certificate);
  CHECK(certificate->format == arc_identity::certificate_format::pfx);
  CHECK(certificate->content.view() == "\x30\x82\x01");
  CHECK(certificate->properties.name == "web");
  CHECK(https.requests()[1].url == "https://my.vault.azure.net/secrets/web/1?api-version=7.4");

  https.on_get(200, secret_body());
  CHECK(one.get_certificate("a").error().code() == errc::invalid_vault_response);
  https.on_get(404);
  CHECK(one.get_certificate("a").error().code() == errc::vault_item_not_found);
}

TEST_CASE_FIXTURE(fixture, "key vault: secrets are listed page by page") {
  https.on_get_challenge();
  https.on_get(200, R"({"value":[{"id":"https://my.vault.azure.net/secrets/a"}],"nextLink":)"
                    R"("https://MY.vault.azure.net:443/secrets?api-version=7.4&$skiptoken=x"})");
  https.on_get(200, R"({"value":[{"id":"https://my.vault.azure.net/secrets/b"}],"nextLink":null})");
  vault_type one = vault();
  const auto first = one.list_secrets();
  REQUIRE(first);
  CHECK(first->secrets.at(0).name == "a");
  const auto second = one.next_page(*first);
  REQUIRE(second);
  CHECK(second->secrets.at(0).name == "b");
  CHECK(https.requests()[1].url == "https://my.vault.azure.net/secrets?api-version=7.4");
  CHECK(https.requests()[2].url ==
        "https://my.vault.azure.net/secrets?api-version=7.4&$skiptoken=x");
  CHECK(authorization(2) == "Bearer token-1");
  const auto none = one.next_page(*second);
  REQUIRE(none);
  CHECK(none->secrets.empty());
  CHECK(https.requests().size() == 3);
}

TEST_CASE_FIXTURE(fixture, "key vault: a next page on another host is not requested") {
  vault_type one = vault();
  for (const char* link :
       {"https://evil.com/secrets", "https://other.vault.azure.net/secrets",
        "http://my.vault.azure.net/secrets", "https://my.vault.azure.net:8443/secrets",
        "https://my.vault.azure.net@evil.com/secrets", "/secrets", "https://my.vault.azure.net",
        "https://my.vault.azure.net?x", "https://my.vault.azure.net/secrets\r\nX: y"}) {
    CAPTURE(link);
    arc_identity::key_vault_page page;
    page.next_link = link;
    const auto next = one.next_page(page);
    REQUIRE_FALSE(next);
    CHECK(next.error().code() == errc::invalid_vault_response);
  }
  arc_identity::key_vault_page page;
  page.next_link = "https://x/secrets";
  CHECK(vault("nowhere").next_page(page).error().code() == errc::invalid_argument);
  CHECK(https.requests().empty());
}
