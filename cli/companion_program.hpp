// SPDX-License-Identifier: MIT
//
// Commands that need more libraries than `token` are separate programs in the same folder, which
// replace this program when it is called with such a command. So `arc-identity token` loads neither
// libcurl nor OpenSSL.

#ifndef ARC_IDENTITY_CLI_COMPANION_PROGRAM_HPP
#define ARC_IDENTITY_CLI_COMPANION_PROGRAM_HPP

namespace arc_identity_cli {

struct companion_command {
  const char* name;
  const char* help;
  const char* program;  ///< a file name
  const char* origin;   ///< How to get the program if it is missing.
};

inline constexpr const char* vault_origin =
    "It is built only with the headers of libcurl and OpenSSL: install them (on Debian and Ubuntu "
    "libcurl4-openssl-dev and libssl-dev) and build again";

inline constexpr companion_command simulate_command{
    "simulate", "Simulate the agent, for demonstrations and tests", "arc-identity-simulate",
    "It is built and installed with arc-identity: build and install that again"};
inline constexpr companion_command serve_command{
    "serve", "Serve tokens to programs that only know the App Service or IMDS protocol",
    "arc-identity-serve",
    "It is built only on Linux with libmicrohttpd: install that (on Debian and Ubuntu "
    "libmicrohttpd-dev) and build again"};
inline constexpr companion_command secret_command{
    "secret", "Get a secret from Azure Key Vault and print it, or write it to a file",
    "arc-identity-vault", vault_origin};
inline constexpr companion_command secrets_command{
    "secrets", "List a vault's secrets: name, content type, enabled or not, expiry",
    "arc-identity-vault", vault_origin};
inline constexpr companion_command certificate_command{
    "certificate", "Get a certificate and its private key from Azure Key Vault into files",
    "arc-identity-vault", vault_origin};

/// Replaces this process by the command's program, with the same arguments. If that fails, prints
/// which program it is, where it was looked for and why it cannot run, and returns the exit code.
int become(const companion_command& command, char** arguments);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_COMPANION_PROGRAM_HPP
