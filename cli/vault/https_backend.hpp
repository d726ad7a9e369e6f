// SPDX-License-Identifier: MIT
//
// The HTTPS library for the vault: WinHTTP on Windows, otherwise libcurl.

#ifndef ARC_IDENTITY_CLI_VAULT_HTTPS_BACKEND_HPP
#define ARC_IDENTITY_CLI_VAULT_HTTPS_BACKEND_HPP

#if defined(_WIN32)
#include <arc_identity/key_vault/winhttp.hpp>
#else
#include <arc_identity/key_vault/curl.hpp>
#endif

#include "vault/vault_options.hpp"

namespace arc_identity_cli {

#if defined(_WIN32)
using https_backend = arc_identity::winhttp_https;
inline https_backend make_backend(const vault_command_options&) { return {}; }
#else
using https_backend = arc_identity::curl_https;
inline https_backend make_backend(const vault_command_options& options) {
  return https_backend(options.ca_file);
}
#endif

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_HTTPS_BACKEND_HPP
