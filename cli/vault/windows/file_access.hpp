// SPDX-License-Identifier: MIT
//
// Who may read a file or a key.

#ifndef ARC_IDENTITY_CLI_VAULT_WINDOWS_FILE_ACCESS_HPP
#define ARC_IDENTITY_CLI_VAULT_WINDOWS_FILE_ACCESS_HPP

#include <windows.h>

#include <memory>
#include <string>

namespace arc_identity_cli {

struct delivery_options;

/// The SID of an account, such as "NT SERVICE\\himds", as text. Throws a failure where there is no
/// such account.
std::wstring sid_of_account(const std::string& account);

/// An access control list for this user, Administrators, SYSTEM, and an account that may read.
/// Nothing is inherited from the folder.
class file_access {
 public:
  /// `reader` is the SID of the account that may read; empty: there is none.
  explicit file_access(const std::wstring& reader = {});

  /// For functions that create something. Valid while this object lives.
  SECURITY_ATTRIBUTES attributes() const;
  /// Whether an open file can be read by those on the list and by nobody else.
  bool is_of(HANDLE file) const;

 private:
  std::wstring reader_;  ///< As it ends an entry, ";SY)" or ";S-1-5-...)"; empty: there is none.
  std::shared_ptr<void> descriptor_;
};

/// Throws a failure where there is no such account.
file_access access_of(const delivery_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_WINDOWS_FILE_ACCESS_HPP
