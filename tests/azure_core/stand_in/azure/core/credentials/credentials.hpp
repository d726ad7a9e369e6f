// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <azure/core/context.hpp>
#include <azure/core/datetime.hpp>

namespace Azure::Core::Credentials {

struct AccessToken final {
  std::string Token;
  DateTime ExpiresOn;
};

struct TokenRequestContext final {
  std::vector<std::string> Scopes;
  DateTime::duration MinimumExpiration = std::chrono::minutes(2);
  std::string TenantId;
};

class TokenCredential {
 public:
  virtual AccessToken GetToken(const TokenRequestContext& wanted, const Context& context) const = 0;
  const std::string& GetCredentialName() const { return name_; }
  virtual ~TokenCredential() = default;
  TokenCredential(const TokenCredential&) = delete;
  void operator=(const TokenCredential&) = delete;

 protected:
  explicit TokenCredential(const std::string& name) : name_(name) {}

 private:
  std::string name_;
};

class AuthenticationException final : public std::exception {
 public:
  explicit AuthenticationException(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;
};

}  // namespace Azure::Core::Credentials
