// SPDX-License-Identifier: MIT
/// Finds the Arc agent of this machine: the options, the environment, the agent's systemd
/// drop-in, the agent's executable, in this order. It never falls back to another service, such as
/// that of Azure VMs. It reads the environment variables IDENTITY_ENDPOINT, IMDS_ENDPOINT and
/// IDENTITY_HEADER.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/system/drop_in.hpp>
#include <arc_identity/system/platform.hpp>
#include <arc_identity/system/sighting.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// Finds the agent on this machine. `Environment` has `variable(name)`, `read(path, space)` and
/// `look_at(path)`, and says where to look; see system/posix/environment.hpp. What these return may
/// be a view of the environment's own memory, valid until the next call.
template <class Environment>
class basic_discovery {
 public:
  /// Does not search yet.
  explicit basic_discovery(Environment environment = Environment{}) noexcept
      : environment_(std::move(environment)) {}

  /// Searches; afterwards `endpoint()` and `key_directory()` are known, unless it failed:
  /// `not_arc_server` with what was searched for, `discovery_failed` if a file could not be
  /// checked, or `invalid_endpoint`. The failure's texts are valid as long as this object.
  detail::failure find(const options& options) noexcept {
    detail::failure failure{};
    look(options, failure);
    return failure;
  }

  /// The URL of the token endpoint.
  std::string_view endpoint() const noexcept { return endpoint_; }
  /// The URL whose host and port serve the metadata.
  std::string_view imds_endpoint() const noexcept { return imds_endpoint_; }
  /// The directory that key files must lie in.
  std::string_view key_directory() const noexcept { return key_directory_; }

 private:
  using variables = detail::agent_variables;

  /// If the file is longer, the lines that fit are read.
  static constexpr std::size_t longest_drop_in = 4096;
  static constexpr std::size_t longest_url = 512;

  void look(const options& options, detail::failure& failure) noexcept {
    key_directory_ =
        options.key_directory.empty() ? environment_.key_directory() : options.key_directory;
    endpoint_ = imds_endpoint_ = options.endpoint;
    if (!endpoint_.empty()) return;
    const variables in_environment{environment_.variable("IDENTITY_ENDPOINT"),
                                   environment_.variable("IMDS_ENDPOINT")};
    if (!in_environment.identity.empty() && !environment_.variable("IDENTITY_HEADER").empty()) {
      failure.code = errc::not_arc_server;
      failure.what =
          "this is not an Azure Arc machine: IDENTITY_HEADER is set, as in Azure App Service";
      failure.remedy = "Unset it, or get the token from App Service";
      return;
    }
    if (in_environment.any()) return use(in_environment, failure);
    char text[longest_drop_in];
    const sighting drop_in = environment_.read(Environment::drop_in, text);
    const variables in_drop_in = parse(drop_in.text, text);
    if (in_drop_in.any()) {
      use(in_drop_in, failure);
      failure.remedy = Environment::drop_in_remedy;
      return;
    }
    const sighting executable = environment_.look_at(Environment::agent_executable);
    if (!executable.is_there) return explain(drop_in, executable, failure);
    endpoint_ = imds_endpoint_ = default_endpoint_url;
  }

  /// `text` may lie outside `space`, where it is decoded.
  static variables parse(std::string_view text, mutable_buffer space) noexcept {
    using namespace arc_identity::detail;
    if (text.empty()) return {};
    if (text.size() == longest_drop_in) text = first(text, text.rfind('\n') + 1);
    std::memmove(space.data(), text.data(), text.size());
    return detail::drop_in(space.first(text.size())).variables();
  }

  static void explain(const sighting& drop_in, const sighting& executable,
                      detail::failure& failure) noexcept {
    const bool is_about_executable = executable.system_error != 0;
    failure.code = errc::not_arc_server;
    failure.what = Environment::searched();
    failure.system_error = is_about_executable ? executable.system_error : drop_in.system_error;
    if (failure.system_error == 0) return;
    failure.code = errc::discovery_failed;
    failure.what = "cannot tell whether this is an Azure Arc machine: a file cannot be accessed";
    failure.remedy = "Run as root, or set IDENTITY_ENDPOINT and IMDS_ENDPOINT";
    failure.peer.code = is_about_executable ? Environment::agent_executable : Environment::drop_in;
  }

  /// Both variables must be set to valid endpoints. The URLs are copied, because a variable may
  /// change.
  ARC_IDENTITY_COLD void use(const variables& found, detail::failure& failure) noexcept {
    if (found.imds.empty()) {
      failure.what = "IDENTITY_ENDPOINT is set, but IMDS_ENDPOINT is not";
    } else if (!found.identity.empty()) {
      failure.what = check(found.identity);
    }
    if (failure.what != nullptr) return reject("IDENTITY_ENDPOINT", found.identity, failure);
    failure.what = found.identity.empty() ? "IMDS_ENDPOINT is set, but IDENTITY_ENDPOINT is not"
                                          : check(found.imds);
    if (failure.what != nullptr) return reject("IMDS_ENDPOINT", found.imds, failure);
    endpoint_ = keep(found.identity, urls_);
    imds_endpoint_ = keep(found.imds, urls_ + longest_url);
  }

  static detail::static_text check(std::string_view url) noexcept {
    if (url.size() > longest_url) return "the endpoint is too long";
    return detail::text_of(arc_identity::endpoint().assign(url));
  }

  void reject(std::string_view variable, std::string_view value,
              detail::failure& failure) noexcept {
    failure.code = errc::invalid_endpoint;
    failure.peer.code = variable;
    failure.peer.description = keep(detail::without_user_info(value), urls_);
  }

  /// Copies `url`, cut at `longest_url`.
  static std::string_view keep(std::string_view url, char* to) noexcept {
    url = detail::first(url, longest_url);
    std::memcpy(to, url.data(), url.size());
    return {to, url.size()};
  }

  Environment environment_;
  std::string_view endpoint_{};
  std::string_view imds_endpoint_{};
  std::string_view key_directory_{};
  char urls_[2 * longest_url] = {};
};

/// The discovery of this platform.
using discovery = basic_discovery<environment>;

}  // namespace system
ARC_IDENTITY_END
