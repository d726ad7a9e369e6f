// SPDX-License-Identifier: MIT
//
// The file operations of `delivery`, which differ between systems.

#ifndef ARC_IDENTITY_CLI_VAULT_TARGET_FILE_HPP
#define ARC_IDENTITY_CLI_VAULT_TARGET_FILE_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#if defined(_WIN32)
#include "vault/windows/file_access.hpp"
#include "vault/windows/signals_held.hpp"
#include "windows/handle.hpp"
#else
#include "vault/posix/file_access.hpp"
#include "vault/posix/file_handle.hpp"
#include "vault/posix/file_lock.hpp"
#include "vault/posix/signals_held.hpp"
#endif

namespace arc_identity_cli {

struct delivered_content;

/// A file that is replaced atomically: a reader sees the old file or the whole new one.
///
/// Next to NAME, these files may exist. On POSIX their names have a leading dot, and they have mode
/// 600 until they get the file's own; on Windows they have the access control list of NAME.
///     NAME.arc-identity.lock     while a run delivers NAME
///     NAME.arc-identity.new      the new file, until it replaces NAME
///     NAME.arc-identity.changed  from before that until the command for the change has succeeded
/// If a run is killed, the next one (or Windows) removes the first two.
class target_file {
 public:
  /// Locks the file, waiting until `end` if another run has locked it. Throws a failure, as the
  /// other functions do.
  target_file(std::string path, file_access access, std::chrono::steady_clock::time_point end);
  ~target_file();
  target_file(const target_file&) = delete;
  target_file& operator=(const target_file&) = delete;

  const std::string& path() const noexcept { return path_; }

  /// Whether the file exists with this content and access. Follows no link.
  bool has(const delivered_content& content) const;

  /// Writes the new file to disk, next to the present one. The new file gets its owner, group and
  /// mode, or its access control list, before the content; until then, only this user can open it.
  void prepare(std::string_view content);
  /// Replaces the file by the new one.
  void replace();

  void mark_as_changed();
  bool is_marked_as_changed() const;
  void unmark();

 private:
  void require_file_or_nothing() const;

  std::string path_;
  file_access access_;

#if defined(_WIN32)
  std::wstring sibling(const wchar_t* purpose) const;
  handle create(const std::wstring& name, DWORD sharing, DWORD disposition, DWORD attributes) const;

  std::wstring full_path_;
  handle lock_;
  handle new_file_;
#else
  std::string sibling(const char* purpose) const;
  file_handle open_existing() const;
  gid_t group() const;
  void remove(const std::string& name) const;
  void sync_directory() const;

  std::string name_;
  file_handle directory_;
  std::optional<file_lock> lock_;
  bool is_prepared_ = false;
#endif
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_TARGET_FILE_HPP
