// SPDX-License-Identifier: MIT
//
// A file, in the format that the vault stores, and a certificate store.

#include "vault/certificate_destination.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arc_identity/key_vault/identifier.hpp>

#include "exit_code.hpp"
#include "vault/delivery.hpp"
#include "vault/failure.hpp"
#include "vault/windows/certificate_store.hpp"
#include "vault/windows/private_key.hpp"

namespace arc_identity_cli {
namespace {

using arc_identity::certificate_format;
using arc_identity::key_vault_certificate;

void require_format(certificate_format found, std::optional<certificate_format> wanted) {
  if (!wanted || found == *wanted) return;
  throw failure(
      *wanted == certificate_format::pfx
          ? "the vault stores this certificate as PEM, which is not converted on Windows; set its "
            "content type in the vault to application/x-pkcs12"
          : "the vault stores this certificate as PFX, which is not converted on Windows; set its "
            "content type in the vault to application/x-pem-file");
}

/// The certificate's identifier without its version.
std::string origin_of(const key_vault_certificate& certificate) {
  const auto id = arc_identity::key_vault_identifier::parse(certificate.properties.id);
  if (!id) throw failure(id.error().message());
  return std::string(id->vault) + "/certificates/" + std::string(id->name);
}

certificate_pointer import(certificate_store& store, const vault_command_options& options,
                           const file_access& access, const key_vault_certificate& certificate,
                           const std::string& origin) {
  if (options.remove_old) store.remove_renewed(origin);
  bool is_new = false;
  certificate_pointer imported = store.import(certificate.content.view(), origin, is_new);
  if (!options.delivery.read_for.empty()) set_key_access(imported.get(), access);
  if (options.verbose) {
    std::fprintf(stderr, "arc-identity: %s %s\n", is_new ? "imported into" : "unchanged",
                 options.store.c_str());
  }
  std::printf("%s\n", thumbprint_of(imported.get()).c_str());
  if (std::fflush(stdout) != 0) throw failure("cannot write the thumbprint to standard output");
  return imported;
}

}  // namespace

struct certificate_destination::state {
  const vault_command_options& options;
  const file_access access = access_of(options.delivery);
  std::optional<delivery> files{};
  std::optional<certificate_store> store{};
};

certificate_destination::certificate_destination(const vault_command_options& options)
    : state_(new state{options}) {
  if (options.output.empty() && options.store.empty()) {
    throw failure("--output or --store is required", exit_usage);
  }
  if (!options.store.empty()) state_->store.emplace(options.store);
  std::vector<std::string> places;
  if (!options.output.empty()) places.push_back(options.output);
  state_->files.emplace(places, options.delivery, options.timeout, options.verbose);
}

certificate_destination::~certificate_destination() = default;

void certificate_destination::deliver(key_vault_certificate certificate) {
  require_format(certificate.format, state_->options.format);
  const std::string origin = origin_of(certificate);
  certificate_pointer imported;
  if (state_->store) {
    require_format(certificate.format, certificate_format::pfx);
    imported = import(*state_->store, state_->options, state_->access, certificate, origin);
  }
  std::vector<delivered_content> contents;
  if (!state_->options.output.empty()) contents.push_back({std::move(certificate.content)});
  state_->files->deliver(
      contents, imported != nullptr && certificate_store::is_unfinished(imported.get(), origin));
  if (imported != nullptr) state_->store->finish(imported.get(), origin);
}

}  // namespace arc_identity_cli
