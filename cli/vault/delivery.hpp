// SPDX-License-Identifier: MIT
//
// Puts secrets where services read them: files that are whole or not there, and a command that
// makes the service read them again.

#ifndef ARC_IDENTITY_CLI_VAULT_DELIVERY_HPP
#define ARC_IDENTITY_CLI_VAULT_DELIVERY_HPP

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/key_vault/secret_text.hpp>

namespace arc_identity_cli {

/// As the user gives them; empty where not given.
struct delivery_options {
  std::string owner;     ///< POSIX: a user's name or number; not given: this user.
  std::string group;     ///< POSIX: a group's name or number; not given: as for any new file there.
  std::string mode;      ///< POSIX: octal; not given: 600.
  std::string read_for;  ///< Windows: an account that may read the file.
  std::string on_change;  ///< A command for the shell.

  bool is_any_given() const {
    return !(owner.empty() && group.empty() && mode.empty() && read_for.empty() &&
             on_change.empty());
  }
};

/// What goes to one place.
struct delivered_content {
  arc_identity::secret_text bytes;
  /// Whether a file with other bytes need not be replaced; null: it must be.
  bool (*is_same)(std::string_view existing, std::string_view bytes) = nullptr;
};

/// One run of the program delivers to its places; until it ends, no other run does.
class delivery {
 public:
  /// `places` are files, or open descriptors as /dev/fd/N, or none. Looks up owner and group, waits
  /// up to `timeout` for another run to end, and removes what one that was killed has left. Throws
  /// a failure if something cannot be delivered there, so that the vault need not be asked.
  delivery(const std::vector<std::string>& places, const delivery_options& options,
           std::chrono::milliseconds timeout, bool verbose);
  ~delivery();
  delivery(const delivery&) = delete;
  delivery& operator=(const delivery&) = delete;

  /// `contents` are for the places, in their order. A file that has the right content, owner and
  /// mode already is left alone; all others are replaced, after all have been written. Runs the
  /// command if a file was replaced, or if the command has not succeeded since one was, or if
  /// something else `has_changed`; it may run for `timeout`. Throws a failure.
  void deliver(const std::vector<delivered_content>& contents, bool has_changed = false);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_DELIVERY_HPP
