// SPDX-License-Identifier: MIT
//
// Puts secrets where services read them: into files that are replaced atomically, followed by a
// command that makes the service read them again.

#ifndef ARC_IDENTITY_CLI_VAULT_DELIVERY_HPP
#define ARC_IDENTITY_CLI_VAULT_DELIVERY_HPP

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/key_vault/secret_text.hpp>

namespace arc_identity_cli {

/// As given by the user; empty if not given.
struct delivery_options {
  std::string owner;     ///< POSIX: a user's name or number; not given: this user.
  std::string group;     ///< POSIX: a group's name or number; not given: as for any new file there.
  std::string mode;      ///< POSIX: octal; not given: 600.
  std::string read_for;  ///< Windows: an account that can read the file.
  std::string on_change;  ///< A shell command to run after a change.

  bool is_any_given() const {
    return !(owner.empty() && group.empty() && mode.empty() && read_for.empty() &&
             on_change.empty());
  }
};

/// The content of one place.
struct delivered_content {
  arc_identity::secret_text bytes;
  /// Whether a file whose bytes differ can stay because its content is the same; null: it must be
  /// replaced.
  bool (*is_same)(std::string_view existing, std::string_view bytes) = nullptr;
};

/// Delivers to a run's places, where no other run delivers until this object is destroyed.
class delivery {
 public:
  /// `places` are files, open descriptors such as /dev/fd/N or "-", or empty. Looks up owner and
  /// group, waits up to `timeout` for another run to end, and removes leftovers of a killed run.
  /// Throws a failure if something cannot be delivered, so that the vault is not contacted in vain.
  delivery(const std::vector<std::string>& places, const delivery_options& options,
           std::chrono::milliseconds timeout, bool verbose);
  ~delivery();
  delivery(const delivery&) = delete;
  delivery& operator=(const delivery&) = delete;

  /// `contents` are for the places, in the same order. A file that already has the right content,
  /// owner and mode is kept; the others are replaced after all have been written. Runs the command
  /// if a file was replaced, if the command has not succeeded since the last replacement, or if
  /// `has_changed`; it may run for `timeout`. Throws a failure.
  void deliver(const std::vector<delivered_content>& contents, bool has_changed = false);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_DELIVERY_HPP
