// SPDX-License-Identifier: MIT
//
// Files, PEM or PKCS #12.

#include "vault/certificate_destination.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "exit_code.hpp"
#include "vault/delivery.hpp"
#include "vault/failure.hpp"
#include "vault/posix/certificate_conversion.hpp"
#include "vault/posix/time_limit.hpp"

namespace arc_identity_cli {
namespace {

using arc_identity::certificate_format;
using arc_identity::key_vault_certificate;

/// Whether two paths name the same directory entry; a link at the end is not followed.
bool is_same_place(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code failure;
  const auto directory = [&](const std::filesystem::path& path) {
    return std::filesystem::canonical(std::filesystem::absolute(path).parent_path(), failure);
  };
  return one.filename() == other.filename() && directory(one) == directory(other) && !failure;
}

void check_key_output(const vault_command_options& options) {
  if (options.key_output.empty()) return;
  if (options.format == certificate_format::pfx) {
    throw failure("--key-output requires --format pem: a PFX contains the key", exit_usage);
  }
  if (is_same_place(options.key_output, options.output)) {
    throw failure("--key-output must not be the same file as --output", exit_usage);
  }
}

std::vector<std::string> places_of(const vault_command_options& options) {
  check_key_output(options);
  std::vector<std::string> places{options.output};
  if (!options.key_output.empty()) places.push_back(options.key_output);
  return places;
}

std::vector<delivered_content> contents_of(const vault_command_options& options,
                                           key_vault_certificate& certificate) {
  const time_limit limit(options.timeout);
  std::vector<delivered_content> contents;
  if (!options.key_output.empty() || options.format == certificate_format::pem) {
    pem_certificate pem = to_pem(certificate);
    if (options.key_output.empty()) pem.certificates.append(pem.key.view());
    contents.push_back({std::move(pem.certificates)});
    if (!options.key_output.empty()) contents.push_back({std::move(pem.key)});
  } else if (options.format == certificate_format::pfx) {
    contents.push_back({to_pfx(certificate), holds_same_certificates});
  } else {
    contents.push_back({std::move(certificate.content)});
  }
  return contents;
}

}  // namespace

struct certificate_destination::state {
  const vault_command_options& options;
  delivery files{places_of(options), options.delivery, options.timeout, options.verbose};
};

certificate_destination::certificate_destination(const vault_command_options& options)
    : state_(new state{options}) {}

certificate_destination::~certificate_destination() = default;

void certificate_destination::deliver(key_vault_certificate certificate) {
  state_->files.deliver(contents_of(state_->options, certificate));
}

}  // namespace arc_identity_cli
