// SPDX-License-Identifier: MIT

#include "vault/windows/private_key.hpp"

#include <ncrypt.h>

#include <memory>
#include <string>

#include "vault/windows/certificate_store.hpp"
#include "windows/handle.hpp"

namespace arc_identity_cli {
namespace {

/// Owns a CNG handle.
class ncrypt_object {
 public:
  ncrypt_object() = default;
  ~ncrypt_object() {
    if (handle_ != 0) NCryptFreeObject(handle_);
  }
  ncrypt_object(const ncrypt_object&) = delete;
  ncrypt_object& operator=(const ncrypt_object&) = delete;

  NCRYPT_HANDLE get() const { return handle_; }
  NCRYPT_HANDLE* put() { return &handle_; }

 private:
  NCRYPT_HANDLE handle_ = 0;
};

void require(SECURITY_STATUS status, const char* what) {
  if (status != ERROR_SUCCESS) fail(what, static_cast<DWORD>(status));
}

bool is_gone(DWORD error) {
  return error == static_cast<DWORD>(NTE_BAD_KEYSET) || error == static_cast<DWORD>(NTE_NOT_FOUND);
}

void delete_cng_key(const CRYPT_KEY_PROV_INFO& where) {
  constexpr const char* what = "delete the private key of an old certificate";
  ncrypt_object provider;
  require(NCryptOpenStorageProvider(provider.put(), where.pwszProvName, 0), what);
  NCRYPT_KEY_HANDLE key = 0;
  const SECURITY_STATUS opened =
      NCryptOpenKey(provider.get(), &key, where.pwszContainerName, where.dwKeySpec,
                    (where.dwFlags & CRYPT_MACHINE_KEYSET) | NCRYPT_SILENT_FLAG);
  if (is_gone(static_cast<DWORD>(opened))) return;
  require(opened, what);
  require(NCryptDeleteKey(key, 0), what);  // This also frees the handle.
}

}  // namespace

void set_key_access(PCCERT_CONTEXT certificate, const file_access& access) {
  constexpr const char* what = "set the permissions of the private key";
  HCRYPTPROV_OR_NCRYPT_KEY_HANDLE key = 0;
  DWORD kind = 0;
  BOOL is_ours = FALSE;
  if (!CryptAcquireCertificatePrivateKey(
          certificate, CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG | CRYPT_ACQUIRE_SILENT_FLAG, nullptr,
          &key, &kind, &is_ours)) {
    fail("open the private key");
  }
  auto* const list = static_cast<BYTE*>(access.attributes().lpSecurityDescriptor);
  DWORD error = ERROR_SUCCESS;
  if (kind == CERT_NCRYPT_KEY_SPEC) {
    error = static_cast<DWORD>(NCryptSetProperty(key, NCRYPT_SECURITY_DESCR_PROPERTY, list,
                                                 GetSecurityDescriptorLength(list),
                                                 DACL_SECURITY_INFORMATION));
    if (is_ours) NCryptFreeObject(key);
  } else {
    if (!CryptSetProvParam(key, PP_KEYSET_SEC_DESCR, list, DACL_SECURITY_INFORMATION)) {
      error = GetLastError();
    }
    if (is_ours) CryptReleaseContext(key, 0);
  }
  if (error != ERROR_SUCCESS) fail(what, error);
}

void delete_key(PCCERT_CONTEXT certificate) {
  const std::string bytes = certificate_property(certificate, CERT_KEY_PROV_INFO_PROP_ID);
  if (bytes.empty()) return;
  const auto& where = *reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(bytes.data());
  if (where.dwProvType == 0) return delete_cng_key(where);
  HCRYPTPROV none = 0;
  if (!CryptAcquireContextW(
          &none, where.pwszContainerName, where.pwszProvName, where.dwProvType,
          (where.dwFlags & CRYPT_MACHINE_KEYSET) | CRYPT_DELETEKEYSET | CRYPT_SILENT) &&
      !is_gone(GetLastError())) {
    fail("delete the private key of an old certificate");
  }
}

}  // namespace arc_identity_cli
