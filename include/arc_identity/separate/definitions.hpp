// SPDX-License-Identifier: MIT
/// The code of separate/declarations.hpp, for one unit of a program.
#pragma once

#include <chrono>
#include <cstddef>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/credential.hpp>
#include <arc_identity/separate/declarations.hpp>
#include <arc_identity/system/client.hpp>

ARC_IDENTITY_BEGIN

// NOLINTBEGIN(misc-definitions-in-headers): no second unit includes it.
credential::credential(const options& options)
    : code_(new basic_credential<system::client>(options)) {}
credential::credential(const credential& other)
    : code_(new basic_credential<system::client>(*other.code_)) {}
credential::~credential() { delete code_; }

result<access_token> credential::get_token(const token_request& request,
                                           std::chrono::milliseconds timeout) {
  return code_->get_token(request, timeout);
}
result<access_token> credential::force_refresh(const token_request& request) {
  return code_->force_refresh(request);
}
result<access_token> credential::force_refresh(const token_request& request,
                                               const access_token& refused,
                                               std::chrono::milliseconds timeout) {
  return code_->force_refresh(request, refused, timeout);
}
std::size_t credential::refresh_due() { return code_->refresh_due(); }
std::chrono::milliseconds credential::next_refresh() const { return code_->next_refresh(); }

client::client(const options& options) : code_(new system::client(options)) {}
client::~client() { delete code_; }

result<token_response> client::get_token(const token_request& request, mutable_buffer workspace) {
  return code_->get_token(request, workspace);
}
result<instance_metadata> client::get_instance_metadata(mutable_buffer workspace) {
  return code_->get_instance_metadata(workspace);
}
void client::set_total_timeout(std::chrono::milliseconds timeout) noexcept {
  code_->set_total_timeout(timeout);
}
// NOLINTEND(misc-definitions-in-headers)

ARC_IDENTITY_END
