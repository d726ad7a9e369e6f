// SPDX-License-Identifier: MIT
//
// The adapter for the Azure SDK for C++, with stand-ins for azure-core's types (stand_in/) and a
// credential that gives numbered tokens. It is tried with the real azure-core by hand:
// docs/migrating.md.

#include <arc_identity/azure_core.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;
using arc_identity::access_token;
using arc_identity::errc;
using arc_identity::managed_identity_id;
using arc_identity::result;
using arc_identity::token_request;
using Azure::Core::Context;
using Azure::Core::OperationCancelledException;
using Azure::Core::Credentials::AuthenticationException;
using Azure::Core::Credentials::TokenCredential;
using Azure::Core::Credentials::TokenRequestContext;

// Copies share one cache, like those of a credential.
class numbered_credential {
 public:
  struct state {
    std::string cached;
    int fetches = 0;
    std::chrono::seconds lifetime = 24h;
    std::string selected;  ///< The last request's identity: parameter=value.
    std::string resource;
    std::chrono::milliseconds timeout{};  ///< of the last call
    bool fails = false;
    std::function<void()> on_fetch = [] {};
  };
  std::shared_ptr<state> shared = std::make_shared<state>();

  result<access_token> get_token(const token_request& request, std::chrono::milliseconds timeout) {
    shared->timeout = timeout;
    return shared->cached.empty() ? fetch(request) : token();
  }

  result<access_token> force_refresh(const token_request& request, const access_token& refused,
                                     std::chrono::milliseconds timeout) {
    shared->timeout = timeout;
    return shared->cached == refused.secret() ? fetch(request) : token();
  }

 private:
  result<access_token> fetch(const token_request& request) {
    shared->on_fetch();
    shared->resource = request.resource;
    shared->selected =
        std::string(request.identity.parameter()) + '=' + std::string(request.identity.value());
    if (shared->fails) return arc_identity::detail::failure{errc::timed_out, "the agent is slow"};
    shared->cached = "token " + std::to_string(++shared->fetches);
    return token();
  }

  result<access_token> token() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return access_token::make(
        shared->cached, "x",
        std::chrono::duration_cast<std::chrono::seconds>(now) + shared->lifetime);
  }
};

using adapter = arc_identity::basic_azure_token_credential<numbered_credential>;

TokenRequestContext wanting(const std::string& scope,
                            Azure::DateTime::duration minimum = std::chrono::minutes(2)) {
  TokenRequestContext wanted;
  wanted.Scopes = {scope};
  wanted.MinimumExpiration = minimum;
  return wanted;
}

// The request that azure-core's bearer token policy makes after a 401.
TokenRequestContext after_refusal(const std::string& scope) {
  return wanting(scope, (Azure::DateTime::duration::max)());
}

const std::string scope = "https://vault.azure.net/.default";

}  // namespace

TEST_SUITE_BEGIN("azure-core");

static_assert(std::is_base_of_v<TokenCredential, arc_identity::azure_token_credential>);

TEST_CASE("GetToken gives the token of the scope and its expiry") {
  numbered_credential source;
  const adapter credential(source);
  const auto token = credential.GetToken(wanting(scope), Context{});
  CHECK(token.Token == "token 1");
  const auto lasts = token.ExpiresOn - Azure::DateTime(std::chrono::system_clock::now());
  CHECK(lasts > 23h);
  CHECK(lasts <= 24h);
  CHECK(source.shared->resource == "https://vault.azure.net");
  CHECK(source.shared->selected == "=");
  CHECK(credential.GetToken(wanting(scope), Context{}).Token == "token 1");
  CHECK(credential.GetCredentialName() == "arc_identity");
}

TEST_CASE("the identity's id is copied") {
  numbered_credential source;
  std::string id = "00000000-1111-2222-3333-444444444444";
  const adapter credential(source, managed_identity_id::object_id(id));
  id.assign(id.size(), 'x');
  credential.GetToken(wanting(scope), Context{});
  CHECK(source.shared->selected == "object_id=00000000-1111-2222-3333-444444444444");
}

TEST_CASE("a rejected token is replaced once for all callers that share it") {
  numbered_credential source;
  const adapter credential(source);
  CHECK(credential.GetToken(wanting(scope), Context{}).Token == "token 1");
  CHECK(credential.GetToken(after_refusal(scope), Context{}).Token == "token 2");
  CHECK(credential.GetToken(after_refusal(scope), Context{}).Token == "token 2");
  CHECK(credential.GetToken(wanting(scope), Context{}).Token == "token 2");
  CHECK(source.shared->fetches == 2);
}

TEST_CASE("a newer cached token replaces the rejected one without a request") {
  numbered_credential source;
  const adapter credential(source);
  credential.GetToken(wanting(scope), Context{});
  source.shared->cached = "token of another";
  CHECK(credential.GetToken(after_refusal(scope), Context{}).Token == "token of another");
  CHECK(credential.GetToken(after_refusal(scope), Context{}).Token == "token of another");
  CHECK(source.shared->fetches == 1);
}

TEST_CASE("the first call makes one exchange, whatever MinimumExpiration is") {
  numbered_credential source;
  const adapter credential(source);
  CHECK(credential.GetToken(after_refusal(scope), Context{}).Token == "token 1");
  CHECK(source.shared->fetches == 1);
}

TEST_CASE("MinimumExpiration replaces only a token that expires sooner") {
  numbered_credential source;
  const adapter credential(source);
  source.shared->lifetime = 60s;
  credential.GetToken(wanting(scope), Context{});
  CHECK(credential.GetToken(wanting(scope, 30s), Context{}).Token == "token 1");
  CHECK(credential.GetToken(wanting(scope), Context{}).Token == "token 2");
}

TEST_CASE("an error is thrown as AuthenticationException with its message") {
  numbered_credential source;
  source.shared->fails = true;
  const adapter credential(source);
  std::string message;
  try {
    credential.GetToken(wanting(scope), Context{});
  } catch (const AuthenticationException& problem) {
    message = problem.what();
  }
  CHECK(message.find("arc_identity: ") == 0);
  CHECK(message.find("the agent is slow") != std::string::npos);
}

TEST_CASE("no scope or several give AuthenticationException without a request") {
  numbered_credential source;
  const adapter credential(source);
  TokenRequestContext wanted;
  CHECK_THROWS_AS(credential.GetToken(wanted, Context{}), AuthenticationException);
  wanted.Scopes = {scope, scope};
  CHECK_THROWS_AS(credential.GetToken(wanted, Context{}), AuthenticationException);
  CHECK(source.shared->fetches == 0);
}

TEST_CASE("the context's deadline ends the exchange") {
  numbered_credential source;
  const adapter credential(source);
  credential.GetToken(wanting(scope), Context{});
  CHECK(source.shared->timeout > 24h);
  for (const auto& wanted : {wanting(scope), after_refusal(scope)}) {
    credential.GetToken(wanted, Context(Azure::DateTime(std::chrono::system_clock::now() + 10s)));
    CHECK(source.shared->timeout > 5s);
    CHECK(source.shared->timeout <= 10s);
  }
}

TEST_CASE("a context cancelled before or during the call gives no token") {
  numbered_credential source;
  const adapter credential(source);
  Context context;
  source.shared->on_fetch = [&context] { context.Cancel(); };
  CHECK_THROWS_AS(credential.GetToken(wanting(scope), context), OperationCancelledException);
  CHECK(source.shared->fetches == 1);
  CHECK_THROWS_AS(credential.GetToken(after_refusal(scope), context), OperationCancelledException);
  CHECK(source.shared->fetches == 1);
}

TEST_SUITE_END();
