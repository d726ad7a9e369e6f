// SPDX-License-Identifier: MIT
// Prints a token for each resource: azure-identity of the Azure SDK for C++.

#include <cstdio>
#include <exception>
#include <string>

#include <azure/identity/managed_identity_credential.hpp>

int main(int argc, char** argv) try {
  const Azure::Identity::ManagedIdentityCredential credential;
  for (int i = 1; i < argc; ++i) {
    Azure::Core::Credentials::TokenRequestContext request;
    request.Scopes = {std::string(argv[i]) + "/.default"};
    std::printf("%s\n", credential.GetToken(request, {}).Token.c_str());
  }
} catch (const std::exception& failure) {
  std::fprintf(stderr, "%s\n", failure.what());
  return 1;
}
