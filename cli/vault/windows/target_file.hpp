// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_WINDOWS_TARGET_FILE_HPP
#define ARC_IDENTITY_CLI_VAULT_WINDOWS_TARGET_FILE_HPP

#include <chrono>
#include <string>
#include <string_view>

#include "vault/windows/file_access.hpp"
#include "windows/handle.hpp"

namespace arc_identity_cli {

struct delivered_content;

/// A file that is replaced in one step: who opens it sees the former file or the whole new one.
///
/// Beside NAME there may be, each with the access control list of NAME:
///     NAME.arc-identity.lock     while a run delivers NAME
///     NAME.arc-identity.new      the new file, until it takes the place of NAME
///     NAME.arc-identity.changed  from before that until the command for the change has succeeded
/// Windows removes the first two of a run that is killed.
class target_file {
 public:
  /// Locks it, and waits for that until `end`. Throws a failure, as the other functions do.
  target_file(std::string path, file_access access, std::chrono::steady_clock::time_point end);

  const std::string& path() const noexcept { return path_; }

  /// Whether it is there with this content and access control list. Follows no link.
  bool has(const delivered_content& content) const;

  /// Writes the new file to disk, beside the present one. It has its list before the content.
  void prepare(std::string_view content);
  /// Puts the new file into its place.
  void replace();

  void mark_as_changed();
  bool is_marked_as_changed() const;
  void unmark();

 private:
  std::wstring sibling(const wchar_t* purpose) const;
  handle create(const std::wstring& name, DWORD sharing, DWORD disposition, DWORD attributes) const;
  void require_file_or_nothing() const;

  std::string path_;
  std::wstring full_path_;
  file_access access_;
  handle lock_;
  handle new_file_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_WINDOWS_TARGET_FILE_HPP
