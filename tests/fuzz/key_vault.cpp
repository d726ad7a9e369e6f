// SPDX-License-Identifier: MIT
// Whatever a vault answers, requests go only to the vault, and none has a token before a challenge
// that names a resource of its own domain; the result is valid, or an error with a printable
// message.
//
// Input: the requested item; then, for each response, how it ends, a status, a line with its
// WWW-Authenticate fields, and a line with its body.

#include <chrono>
#include <string>
#include <string_view>

#include <arc_identity/key_vault.hpp>
#include <arc_identity/testing/manual_clock.hpp>

#include "fuzz.hpp"

namespace {

using arc_identity::access_token;
using arc_identity::https_request;
using arc_identity::https_response;
using arc_identity::https_status;
using arc_identity::result;
using arc_identity::token_request;
using fuzz::require;

constexpr std::string_view host = "my.vault.azure.net";
constexpr std::string_view origin = "https://my.vault.azure.net/";
constexpr https_status endings[] = {https_status::ok,           https_status::ok,
                                    https_status::ok,           https_status::unreachable,
                                    https_status::not_verified, https_status::lost,
                                    https_status::timed_out,    https_status::too_large};
constexpr int statuses[] = {200, 200, 401, 401, 403, 404, 429, 503, 301, 204, 0, -1};

/// Whether a token for `resource` may be sent to the vault, determined differently from the
/// library.
bool is_own(std::string_view resource) {
  for (const std::string_view own :
       {"https://vault.azure.net", "https://azure.net", "https://net"}) {
    const std::string_view head = resource.substr(0, own.size());
    const std::string_view tail = resource.substr(head.size());
    if (arc_identity::detail::equals_ignoring_case(head, own) &&
        (tail.empty() || tail.front() == '/' || tail.front() == ':')) {
      return true;
    }
  }
  return false;
}

struct credential {
  result<access_token> get_token(const token_request& request) {
    require(is_own(request.resource), "tokens are requested only for the vault's domain");
    return access_token::make("token", request.resource, std::chrono::seconds(1));
  }
  result<access_token> force_refresh(const token_request& request, const access_token&) {
    return get_token(request);
  }
};

class https {
 public:
  explicit https(fuzz::input& input) : input_(&input) {}

  https_response get(const https_request& request) {
    require(request.url.compare(0, origin.size(), origin) == 0, "requests go only to the vault");
    require(arc_identity::detail::all_of(request.url, arc_identity::detail::is_visible),
            "the URL is visible ASCII");
    https_response response;
    response.status = input_->pick(endings);
    response.status_code = input_->pick(statuses);
    response.www_authenticate = input_->line();
    response.retry_after = response.www_authenticate;
    response.body = arc_identity::secret_text(input_->line());
    response.reason = response.www_authenticate;
    return response;
  }

 private:
  fuzz::input* input_;
};

void check(const arc_identity::error& error) { fuzz::require_good_message(error); }

void check(const arc_identity::key_vault_page& page) {
  for (const arc_identity::key_vault_properties& secret : page.secrets) {
    require(!secret.name.empty(), "the secret has a name");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  arc_identity::basic_key_vault<https, credential, arc_identity::testing::manual_clock> vault(
      credential{}, "https://" + std::string(host), {}, https(input));
  switch (input.byte() % 3) {
    case 0: {
      const auto secret = vault.get_secret("a");
      if (!secret) check(secret.error());
      break;
    }
    case 1: {
      const auto certificate = vault.get_certificate("a", "1");
      if (!certificate) check(certificate.error());
      if (certificate) require(!certificate->content.empty(), "the certificate has content");
      break;
    }
    default: {
      auto page = vault.list_secrets();
      for (int i = 0; i < 4 && page && !page->next_link.empty(); ++i) {
        check(*page);
        page = vault.next_page(*page);
      }
      if (!page) check(page.error());
    }
  }
  return 0;
}
