// SPDX-License-Identifier: MIT
//
// A file, as the vault keeps the certificate.

#include "vault/certificate_destination.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "exit_code.hpp"
#include "vault/delivery.hpp"
#include "vault/failure.hpp"

namespace arc_identity_cli {
namespace {

using arc_identity::certificate_format;

void require_format(certificate_format found, std::optional<certificate_format> wanted) {
  if (!wanted || found == *wanted) return;
  throw failure(
      *wanted == certificate_format::pfx
          ? "the vault keeps this certificate as PEM, and on Windows nothing converts it; "
            "have the vault make it as application/x-pkcs12"
          : "the vault keeps this certificate as PFX, and on Windows nothing converts it; "
            "have the vault make it as application/x-pem-file");
}

}  // namespace

struct certificate_destination::state {
  const vault_command_options& options;
  std::optional<delivery> file;
};

certificate_destination::certificate_destination(const vault_command_options& options)
    : state_(new state{options, {}}) {
  if (options.output.empty()) throw failure("--output is required", exit_usage);
  state_->file.emplace(std::vector<std::string>{options.output}, options.delivery, options.timeout,
                       options.verbose);
}

certificate_destination::~certificate_destination() = default;

void certificate_destination::deliver(arc_identity::key_vault_certificate certificate) {
  require_format(certificate.format, state_->options.format);
  std::vector<delivered_content> contents;
  contents.push_back({std::move(certificate.content)});
  state_->file->deliver(contents);
}

}  // namespace arc_identity_cli
