// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_OBSERVED_HTTPS_HPP
#define ARC_IDENTITY_CLI_VAULT_OBSERVED_HTTPS_HPP

#include <cstdio>
#include <utility>

#include <arc_identity/key_vault/https.hpp>

#include "terminal_text.hpp"

namespace arc_identity_cli {

/// An Https policy that logs the requests and answers of `Https` to standard error, without
/// secrets.
template <class Https>
class observed_https {
 public:
  observed_https(Https https, bool is_verbose)
      : https_(std::move(https)), is_verbose_(is_verbose) {}

  arc_identity::https_response get(const arc_identity::https_request& request) {
    if (!is_verbose_) return https_.get(request);
    std::fprintf(stderr, "arc-identity: asking %s %s\n", without_controls(request.url).c_str(),
                 request.authorization.empty() ? "without a token" : "with the token");
    arc_identity::https_response response = https_.get(request);
    if (response.status == arc_identity::https_status::ok) {
      std::fprintf(stderr, "arc-identity: the vault answers HTTP %d\n", response.status_code);
    } else {
      std::fprintf(stderr, "arc-identity: no answer from the vault: %s\n",
                   without_controls(response.reason).c_str());
    }
    return response;
  }

 private:
  Https https_;
  bool is_verbose_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_OBSERVED_HTTPS_HPP
