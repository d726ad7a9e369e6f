// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_TARGET_FILE_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_TARGET_FILE_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "vault/posix/file_access.hpp"
#include "vault/posix/file_handle.hpp"
#include "vault/posix/file_lock.hpp"

namespace arc_identity_cli {

struct delivered_content;

/// A file that is replaced in one step: who opens it sees the former file or the whole new one.
///
/// Beside NAME there may be, each of mode 600 until it has its own:
///     .NAME.arc-identity.lock     while a run delivers NAME
///     .NAME.arc-identity.new      the new file, until it takes the place of NAME
///     .NAME.arc-identity.changed  from before that until the command for the change has succeeded
/// What a run that was killed leaves of the first two, the next one removes.
class target_file {
 public:
  /// Locks it, and waits for that until `end`. Throws a failure, as the other functions do.
  target_file(std::string path, file_access access, std::chrono::steady_clock::time_point end);
  ~target_file();
  target_file(const target_file&) = delete;
  target_file& operator=(const target_file&) = delete;

  const std::string& path() const noexcept { return path_; }

  /// Whether it is there with this content, owner and mode. Follows no link.
  bool has(const delivered_content& content) const;

  /// Writes the new file to disk, beside the present one. Nobody but its owner can open it before
  /// it has its owner, group and mode, which it has before the content.
  void prepare(std::string_view content);
  /// Puts the new file into its place.
  void replace();

  void mark_as_changed();
  bool is_marked_as_changed() const;
  void unmark();

 private:
  std::string sibling(const char* purpose) const;
  void require_file_or_nothing() const;
  file_handle open_existing() const;
  gid_t group() const;
  void remove(const std::string& name) const;
  void sync_directory() const;

  std::string path_;
  file_access access_;
  std::string name_;
  file_handle directory_;
  std::optional<file_lock> lock_;
  bool is_prepared_ = false;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_TARGET_FILE_HPP
