// SPDX-License-Identifier: MIT
/// Finds the Arc agent of this machine: the options, the environment, the agent's systemd
/// drop-in, the agent's executable, in this order. It never falls back to another service, such
/// as that of Azure VMs. Of the environment it reads IDENTITY_ENDPOINT, IMDS_ENDPOINT and
/// IDENTITY_HEADER.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/system/platform.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// `Environment` has `variable(name)`, `read(path, space)`, `exists(path)`, and tells where to
/// look; see system/posix/environment.hpp. What it gives may be its own, until it is asked again.
template <class Environment>
class basic_discovery {
 public:
  /// Looks at nothing yet.
  explicit basic_discovery(Environment environment = Environment{}) noexcept
      : environment_(std::move(environment)) {}

  /// Looks around; afterwards `endpoint()` and `key_directory()` are known, unless it failed:
  /// `not_arc_server` with what was looked for, or `invalid_endpoint`.
  arc_identity::detail::failure find(const options& options) noexcept {
    arc_identity::detail::failure flaw{};
    look(options, flaw);
    return flaw;
  }

  /// The URL of the token endpoint.
  std::string_view endpoint() const noexcept { return endpoint_; }
  /// The URL whose host and port serve the metadata.
  std::string_view imds_endpoint() const noexcept { return imds_endpoint_; }
  /// The directory that key files must lie in.
  std::string_view key_directory() const noexcept { return key_directory_; }

 private:
  /// Of a longer file, the lines that fit are read.
  static constexpr std::size_t longest_drop_in = 4096;
  static constexpr std::size_t longest_url = 512;

  struct variables {
    std::string_view identity{};
    std::string_view imds{};
    bool any() const noexcept { return !identity.empty() || !imds.empty(); }
  };

  void look(const options& options, arc_identity::detail::failure& flaw) noexcept {
    key_directory_ =
        options.key_directory.empty() ? environment_.key_directory() : options.key_directory;
    endpoint_ = imds_endpoint_ = options.endpoint;
    if (!endpoint_.empty()) return;
    const variables in_environment{environment_.variable("IDENTITY_ENDPOINT"),
                                   environment_.variable("IMDS_ENDPOINT")};
    if (!in_environment.identity.empty() && !environment_.variable("IDENTITY_HEADER").empty()) {
      flaw.code = errc::invalid_endpoint;
      flaw.what = "IDENTITY_HEADER is set: this is Azure App Service, not Azure Arc";
      return;
    }
    if (in_environment.any()) return use(in_environment, flaw);
    char text[longest_drop_in];
    const variables in_drop_in = parse_drop_in(environment_.read(Environment::drop_in, text));
    if (in_drop_in.any()) return use(in_drop_in, flaw);
    if (!environment_.exists(Environment::agent_executable)) {
      flaw.code = errc::not_arc_server;
      flaw.what = Environment::searched;
      return;
    }
    endpoint_ = imds_endpoint_ = default_endpoint_url;
  }

  /// Both must be there and be endpoints. The URLs are kept here: a variable may change.
  void use(const variables& found, arc_identity::detail::failure& flaw) noexcept {
    flaw.what = check(found);
    if (flaw.what != nullptr) {
      flaw.code = errc::invalid_endpoint;
      return;
    }
    endpoint_ = keep(found.identity, urls_);
    imds_endpoint_ = keep(found.imds, urls_ + longest_url);
    arc_identity::endpoint imds;
    const arc_identity::detail::reason rejection = imds.assign(found.imds);
    if (rejection == arc_identity::detail::reason::none) return;
    constexpr std::string_view its_name = "IMDS_ENDPOINT";  // One made at run time is more code.
    flaw = arc_identity::detail::violation(rejection, its_name);
  }

  static arc_identity::detail::objection check(const variables& found) noexcept {
    if (found.imds.empty()) return "IDENTITY_ENDPOINT is set, but IMDS_ENDPOINT is not";
    if (found.identity.empty()) return "IMDS_ENDPOINT is set, but IDENTITY_ENDPOINT is not";
    if (found.identity.size() > longest_url) return "IDENTITY_ENDPOINT is too long";
    if (found.imds.size() > longest_url) return "IMDS_ENDPOINT is too long";
    return nullptr;
  }

  static std::string_view keep(std::string_view url, char* to) noexcept {
    std::memcpy(to, url.data(), url.size());
    return {to, url.size()};
  }

  /// `DefaultEnvironment="NAME=value" "NAME=value"` (systemd-system.conf). The last one counts.
  static variables parse_drop_in(std::string_view text) noexcept {
    using namespace arc_identity::detail;
    if (text.size() == longest_drop_in)
      text = arc_identity::detail::first(text, text.rfind('\n') + 1);
    variables found;
    while (!text.empty()) {
      std::string_view line = take_until(text, '\n');
      drop_cr(line);
      if (!equals(trim(take_until(line, '=')), "DefaultEnvironment")) continue;
      while (!line.empty()) assign(take_word(line), found);
    }
    return found;
  }

  /// A word, in quotes or not; `line` keeps what follows.
  static std::string_view take_word(std::string_view& line) noexcept {
    line = arc_identity::detail::trim(line);
    if (line.empty()) return {};
    const char quote = line.front();
    if (quote == '"' || quote == '\'') {
      line = arc_identity::detail::after(line, 1);
      return arc_identity::detail::take_until(line, quote);
    }
    std::size_t size = 0;
    while (size < line.size() && !arc_identity::detail::is_blank(line[size])) ++size;
    const std::string_view word = arc_identity::detail::first(line, size);
    line = arc_identity::detail::after(line, size);
    return word;
  }

  static void assign(std::string_view word, variables& found) noexcept {
    const std::string_view name = arc_identity::detail::take_until(word, '=');
    if (arc_identity::detail::equals(name, "IDENTITY_ENDPOINT")) found.identity = word;
    if (arc_identity::detail::equals(name, "IMDS_ENDPOINT")) found.imds = word;
  }

  Environment environment_;
  std::string_view endpoint_{};
  std::string_view imds_endpoint_{};
  std::string_view key_directory_{};
  char urls_[2 * longest_url] = {};
};

/// On this machine.
using discovery = basic_discovery<environment>;

}  // namespace system
ARC_IDENTITY_END
