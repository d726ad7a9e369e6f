// SPDX-License-Identifier: MIT
/// `credential` and `client` for units that leave the code to another unit; see arc_identity.hpp.
/// They behave like those of the headers, without a choice of policies.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include <arc_identity/access_token.hpp>
#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/core/token_response.hpp>
#include <arc_identity/instance_metadata.hpp>

ARC_IDENTITY_BEGIN

template <class Client>
class basic_credential;
namespace system {
class client;
}

/// A cache of tokens, which all threads and all copies share; see credential.hpp for each method.
/// Throws `std::bad_alloc` if there is no memory to make or copy it.
class credential {
 public:
  /// The texts of `options` are copied.
  explicit credential(const options& options = default_options);
  /// A copy shares the cache.
  credential(const credential& other);
  /// Shares the cache of the other.
  credential& operator=(credential other) noexcept {
    std::swap(code_, other.code_);
    return *this;
  }
  ~credential();

  /// No time limit set by the caller.
  static constexpr std::chrono::milliseconds no_timeout = (std::chrono::milliseconds::max)();

  /// The cached token, or a new one.
  result<access_token> get_token(const token_request& request,
                                 std::chrono::milliseconds timeout = no_timeout);
  /// A new token although one is cached.
  result<access_token> force_refresh(const token_request& request);
  /// As `force_refresh`, unless the cache now has a token other than `refused`.
  result<access_token> force_refresh(const token_request& request, const access_token& refused,
                                     std::chrono::milliseconds timeout = no_timeout);
  /// Refreshes the tokens that are due; returns the number of new ones.
  std::size_t refresh_due();
  /// The time until `refresh_due` has something to do.
  std::chrono::milliseconds next_refresh() const;

 private:
  basic_credential<system::client>* code_;
};

/// Gets tokens, without a cache; see core/client.hpp and system/client.hpp for each method. Throws
/// `std::bad_alloc` if there is no memory to make it.
class client {
 public:
  /// The views in `options` must outlive the client.
  explicit client(const options& options = default_options);
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client();

  /// A token, as views into `workspace`.
  result<token_response> get_token(const token_request& request, mutable_buffer workspace);
  /// What the agent knows about the machine, as views into `workspace`.
  result<instance_metadata> get_instance_metadata(mutable_buffer workspace);
  /// Replaces the option from now on.
  void set_total_timeout(std::chrono::milliseconds timeout) noexcept;

 private:
  system::client* code_;
};

ARC_IDENTITY_END
