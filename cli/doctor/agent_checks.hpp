// SPDX-License-Identifier: MIT
//
// The checks of `arc-identity doctor` that query the agent and are the same on all systems.

#ifndef ARC_IDENTITY_CLI_DOCTOR_AGENT_CHECKS_HPP
#define ARC_IDENTITY_CLI_DOCTOR_AGENT_CHECKS_HPP

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <arc_identity/core/error.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/instance_metadata.hpp>

#include "agent_options.hpp"
#include "doctor/doctor_finding.hpp"

namespace arc_identity_cli {

struct doctor_arguments : identity_options {
  // Empty: discovered.
  std::string endpoint{};
  std::string key_directory{};
  std::string resource = "https://management.azure.com";
  std::chrono::milliseconds timeout{10'000};
};

/// The finding of a check that needs the agent's endpoint, which is unknown.
finding unknown(const char* name);

/// An error's message, split into what happened and what to do.
finding problem(const char* name, const arc_identity::error& error);

/// The client's options for a known endpoint and key directory. They are views of the arguments.
arc_identity::options settings_for(const doctor_arguments& arguments, const std::string& endpoint,
                                   const std::string& key_directory);

/// The machine's metadata, requested once. Contains views into itself.
class asked_metadata {
 public:
  /// Requests nothing if `settings` is empty.
  asked_metadata(const std::optional<arc_identity::options>& settings,
                 const std::function<std::chrono::seconds()>& unix_time);
  asked_metadata(const asked_metadata&) = delete;
  asked_metadata& operator=(const asked_metadata&) = delete;

  bool is_there() const { return answer_ && *answer_; }
  finding check() const;
  /// `remedy` says how to set the clock.
  finding check_clock(const char* remedy) const;

 private:
  std::vector<char> workspace_ = std::vector<char>(std::size_t{192} * 1024);
  std::optional<arc_identity::result<arc_identity::instance_metadata>> answer_{};
  std::chrono::seconds asked_at_{0};
};

/// Reports the proxy variables that are set by name only: a value may contain a password.
finding check_proxies(const std::function<std::string(const char* name)>& variable);

/// Gets the token that `arguments` name.
finding check_exchange(const arc_identity::options& settings, const doctor_arguments& arguments);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_AGENT_CHECKS_HPP
