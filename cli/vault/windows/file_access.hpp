// SPDX-License-Identifier: MIT
//
// Which accounts can read a file or a key.

#ifndef ARC_IDENTITY_CLI_VAULT_WINDOWS_FILE_ACCESS_HPP
#define ARC_IDENTITY_CLI_VAULT_WINDOWS_FILE_ACCESS_HPP

#include <windows.h>

#include <memory>
#include <string>

namespace arc_identity_cli {

struct delivery_options;

/// The SID of an account, such as "NT SERVICE\\himds", as text. Throws a failure if there is no
/// such account.
std::wstring sid_of_account(const std::string& account);

/// An access control list for this user, Administrators, SYSTEM, and an account with read access.
/// Nothing is inherited from the folder.
class file_access {
 public:
  /// `reader` is the SID of the account with read access; empty: none.
  explicit file_access(const std::wstring& reader = {});

  /// The attributes for functions that create objects. Valid while this object exists.
  SECURITY_ATTRIBUTES attributes() const;
  /// Whether exactly the accounts on the list can read an open file.
  bool is_of(HANDLE file) const;

 private:
  std::wstring reader_;  ///< as the end of an entry, ";SY)" or ";S-1-5-...)"; empty: none
  std::shared_ptr<void> descriptor_;
};

/// Throws a failure if there is no such account.
file_access access_of(const delivery_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_WINDOWS_FILE_ACCESS_HPP
