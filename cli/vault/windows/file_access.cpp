// SPDX-License-Identifier: MIT

#include "vault/windows/file_access.hpp"

#include <aclapi.h>
#include <sddl.h>

#include <cstddef>

#include "vault/delivery.hpp"
#include "vault/failure.hpp"
#include "windows/handle.hpp"
#include "windows/wide_text.hpp"

namespace arc_identity_cli {
namespace {

std::wstring text_of(PSID sid) {
  wchar_t* text = nullptr;
  if (!ConvertSidToStringSidW(sid, &text)) fail("convert an account's SID to text");
  const local_memory<wchar_t> owner(text);
  return text;
}

std::wstring this_user() {
  HANDLE opened = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened))
    fail("determine the current user");
  const handle token(opened);
  alignas(TOKEN_USER) unsigned char space[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof space;
  if (!GetTokenInformation(token.get(), TokenUser, space, size, &size)) {
    fail("determine the current user");
  }
  return text_of(reinterpret_cast<const TOKEN_USER*>(space)->User.Sid);
}

/// The discretionary access control list of a descriptor, as SDDL.
std::wstring list_of(PSECURITY_DESCRIPTOR descriptor) {
  wchar_t* text = nullptr;
  if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(
          descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, nullptr)) {
    return {};
  }
  const local_memory<wchar_t> owner(text);
  return text;
}

/// Whether each entry of the list `found` is in `wanted`, and `found` has the reader's entry. Wine
/// does not keep all entries.
bool is_within(const std::wstring& found, const std::wstring& wanted, const std::wstring& reader) {
  std::size_t begin = found.find(L'(');
  if (begin == std::wstring::npos || found.find(reader) == std::wstring::npos) return false;
  while (begin < found.size()) {
    const std::size_t end = found.find(L')', begin) + 1;
    if (wanted.find(found.substr(begin, end - begin)) == std::wstring::npos) return false;
    begin = end;
  }
  return true;
}

}  // namespace

std::wstring sid_of_account(const std::string& account) {
  alignas(SID) unsigned char sid[SECURITY_MAX_SID_SIZE];
  wchar_t domain[512];
  DWORD sid_size = sizeof sid;
  DWORD domain_size = sizeof domain / sizeof domain[0];
  SID_NAME_USE use{};
  if (!LookupAccountNameW(nullptr, to_utf16(account).c_str(), sid, &sid_size, domain, &domain_size,
                          &use)) {
    throw failure("there is no account " + account + " on this machine", exit_usage);
  }
  return text_of(sid);
}

file_access::file_access(const std::wstring& reader) {
  std::wstring list = L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;" + this_user() + L')';
  if (!reader.empty()) list += L"(A;;FR;;;" + reader + L')';
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(list.c_str(), SDDL_REVISION_1,
                                                            &descriptor, nullptr)) {
    fail("create an access control list");
  }
  descriptor_.reset(descriptor, LocalFree);
  list = list_of(descriptor);
  if (!reader.empty()) reader_ = list.substr(list.rfind(L';'));
}

SECURITY_ATTRIBUTES file_access::attributes() const {
  return {sizeof(SECURITY_ATTRIBUTES), descriptor_.get(), FALSE};
}

bool file_access::is_of(HANDLE file) const {
  PSECURITY_DESCRIPTOR found = nullptr;
  if (GetSecurityInfo(file, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, nullptr,
                      nullptr, &found) != ERROR_SUCCESS) {
    return false;
  }
  const local_memory<void> owner(found);
  return is_within(list_of(found), list_of(descriptor_.get()), reader_);
}

file_access access_of(const delivery_options& options) {
  return file_access(options.read_for.empty() ? std::wstring() : sid_of_account(options.read_for));
}

}  // namespace arc_identity_cli
