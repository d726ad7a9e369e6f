// SPDX-License-Identifier: MIT
/// What discovery reads on a POSIX system: environment variables and files.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <sys/stat.h>
#if defined(__linux__)
#include <sys/auxv.h>
#else
#include <unistd.h>
#endif

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/system/posix/file.hpp>
#include <arc_identity/system/sighting.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// Where a POSIX system has information about the agent.
class environment {
 public:
  /// The file from which systemd reads the variables that the agent's installer set.
  static constexpr const char* drop_in = "/lib/systemd/system.conf.d/azcmagent.conf";
  /// Its presence shows that this is an Arc machine.
  static constexpr const char* agent_executable = "/opt/azcmagent/bin/himds";
  /// The message if neither the variables nor these files exist.
  static const char* searched() noexcept {
    return ignores_variables()
               ? "this is not an Azure Arc machine: no IDENTITY_ENDPOINT and IMDS_ENDPOINT in "
                 "/lib/systemd/system.conf.d/azcmagent.conf, no /opt/azcmagent/bin/himds; "
                 "environment variables are ignored in a program with more privileges than its "
                 "caller (AT_SECURE)"
               : "this is not an Azure Arc machine: no IDENTITY_ENDPOINT and IMDS_ENDPOINT in the "
                 "environment or in /lib/systemd/system.conf.d/azcmagent.conf, no "
                 "/opt/azcmagent/bin/himds";
  }
  /// What to do if the drop-in has no endpoints.
  static constexpr const char* drop_in_remedy =
      "Correct /lib/systemd/system.conf.d/azcmagent.conf, or set the two variables";

  /// Whether this program has privileges that its caller may lack (set-user-ID, set-group-ID, file
  /// capabilities). Then the caller, who set the variables, must not choose the peer.
  static bool ignores_variables() noexcept {
#if defined(__linux__)
    return ::getauxval(AT_SECURE) != 0;
#else
    return ::issetugid() != 0;
#endif
  }

  /// The agent's key directory.
  static std::string_view key_directory() noexcept { return default_key_directory; }

  /// The variable's value; empty if it is not set, or if variables are ignored.
  std::string_view variable(const char* name) const noexcept {
    if (ignores_variables()) return {};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): safe, unless the program itself calls setenv.
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view(value);
  }

  /// The beginning of a regular file, as much as `space` holds. It does not rely on the file's
  /// size, because files in /proc report none.
  sighting read(const char* path, mutable_buffer space) const noexcept {
    const detail::file file(path);
    struct stat status {};
    if (!file.is_open() || !file.examine(status)) return failure(errno);
    if (!S_ISREG(status.st_mode)) return {};
    const ssize_t count = file.read(space, -1);
    if (count < 0) return failure(errno);
    return {true, 0, {space.data(), static_cast<std::size_t>(count)}};
  }

  /// Whether there is such a file, of any kind.
  sighting look_at(const char* path) const noexcept {
    struct stat status {};
    if (::stat(path, &status) != 0) return failure(errno);
    return {true};
  }

 private:
  static sighting failure(int error) noexcept {
    return {false, error == ENOENT || error == ENOTDIR ? 0 : error};
  }
};

}  // namespace system
ARC_IDENTITY_END
