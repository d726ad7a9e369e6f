// SPDX-License-Identifier: MIT

#include "vault/windows/certificate_store.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "exit_code.hpp"
#include "vault/failure.hpp"
#include "vault/windows/private_key.hpp"
#include "windows/wide_text.hpp"

namespace arc_identity_cli {
namespace {

// The descriptions that this program gives a certificate, each followed by its origin.
constexpr const char* imported_from = "Imported by arc-identity from ";
constexpr const char* unfinished = "Imported by arc-identity (--on-change pending) from ";
constexpr const char* found_as = "In the vault as ";  ///< Imported by another program.

bool has_property(PCCERT_CONTEXT certificate, DWORD id) {
  DWORD size = 0;
  return CertGetCertificateContextProperty(certificate, id, nullptr, &size) != 0;
}

void set_property(PCCERT_CONTEXT certificate, DWORD id, std::string_view bytes) {
  const std::string copy(bytes);
  CRYPT_DATA_BLOB blob{};
  blob.cbData = static_cast<DWORD>(copy.size());
  blob.pbData = reinterpret_cast<BYTE*>(const_cast<char*>(copy.data()));
  if (!CertSetCertificateContextProperty(certificate, id, 0, &blob)) {
    fail("set a property of a certificate in the store");
  }
}

std::string description_of(PCCERT_CONTEXT certificate) {
  const std::string bytes = certificate_property(certificate, CERT_DESCRIPTION_PROP_ID);
  const std::wstring_view text(reinterpret_cast<const wchar_t*>(bytes.data()),
                               bytes.size() / sizeof(wchar_t));
  return to_utf8(text.substr(0, text.find(L'\0')));
}

void describe(PCCERT_CONTEXT certificate, const std::string& text) {
  const std::wstring wide = to_utf16(text);
  set_property(certificate, CERT_DESCRIPTION_PROP_ID,
               {reinterpret_cast<const char*>(wide.c_str()), (wide.size() + 1) * sizeof(wchar_t)});
}

bool is_imported(const std::string& description, const std::string& origin) {
  return description == imported_from + origin || description == unfinished + origin;
}

bool has_key(PCCERT_CONTEXT certificate) {
  return has_property(certificate, CERT_KEY_PROV_INFO_PROP_ID) ||
         has_property(certificate, CERT_KEY_CONTEXT_PROP_ID) ||
         has_property(certificate, CERT_NCRYPT_KEY_HANDLE_PROP_ID);
}

/// All certificates of a store; each remains valid without the store.
std::vector<certificate_pointer> all_in(HCERTSTORE store) {
  std::vector<certificate_pointer> found;
  for (PCCERT_CONTEXT each = nullptr;
       (each = CertEnumCertificatesInStore(store, each)) != nullptr;) {
    found.emplace_back(CertDuplicateCertificateContext(each));
  }
  return found;
}

bool has_issued(PCCERT_CONTEXT issuer, PCCERT_CONTEXT certificate) {
  return CertCompareCertificateName(X509_ASN_ENCODING, &issuer->pCertInfo->Subject,
                                    &certificate->pCertInfo->Issuer) != 0;
}

/// Whether another certificate of the store has the same key.
bool is_key_shared(PCCERT_CONTEXT certificate, HCERTSTORE store) {
  const auto container_of = [](PCCERT_CONTEXT of) {
    const std::string bytes = certificate_property(of, CERT_KEY_PROV_INFO_PROP_ID);
    if (bytes.empty()) return std::wstring();
    const wchar_t* const name =
        reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(bytes.data())->pwszContainerName;
    return std::wstring(name != nullptr ? name : L"");  // null: the provider's default
  };
  const std::vector<certificate_pointer> all = all_in(store);
  return 1 < std::count_if(all.begin(), all.end(), [&](const certificate_pointer& each) {
           return container_of(each.get()) == container_of(certificate);
         });
}

/// Reads a PFX into a store in memory; `flags` say where its keys go. Null if Windows cannot read
/// it.
store_pointer open_pfx(std::string_view pfx, DWORD flags) {
  CRYPT_DATA_BLOB blob{};
  blob.cbData = static_cast<DWORD>(pfx.size());
  blob.pbData = reinterpret_cast<BYTE*>(const_cast<char*>(pfx.data()));
  HCERTSTORE store = PFXImportCertStore(&blob, L"", flags);
  if (store == nullptr)
    store = PFXImportCertStore(&blob, nullptr, flags);  // such a store cannot be written
  return store_pointer(store);
}

/// The certificate that has the key; null if there is none. Wine also gives the key to the issuers.
certificate_pointer leaf_of(const std::vector<certificate_pointer>& all) {
  for (const certificate_pointer& each : all) {
    const bool is_issuer =
        std::any_of(all.begin(), all.end(), [&](const certificate_pointer& other) {
          return other != each && has_issued(each.get(), other.get());
        });
    if (has_key(each.get()) && !is_issuer) {
      return certificate_pointer(CertDuplicateCertificateContext(each.get()));
    }
  }
  return nullptr;
}

/// The location in the name of a store: LocalMachine or CurrentUser.
DWORD location_of(const std::string& store) {
  const auto is = [&](const char* location) {
    return CompareStringOrdinal(to_utf16(store.substr(0, store.find('\\'))).c_str(), -1,
                                to_utf16(location).c_str(), -1, TRUE) == CSTR_EQUAL;
  };
  if (is("LocalMachine")) return CERT_SYSTEM_STORE_LOCAL_MACHINE;
  if (is("CurrentUser")) return CERT_SYSTEM_STORE_CURRENT_USER;
  throw failure("--store must be LocalMachine\\NAME or CurrentUser\\NAME", exit_usage);
}

std::string name_of(const std::string& store) {
  const std::size_t at = store.find('\\');
  if (at == std::string::npos || at + 1 == store.size()) {
    throw failure("--store must be LocalMachine\\NAME or CurrentUser\\NAME", exit_usage);
  }
  return store.substr(at + 1);
}

store_pointer open_store(DWORD location, const std::string& name) {
  return store_pointer(
      CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, location, to_utf16(name).c_str()));
}

}  // namespace

std::string certificate_property(PCCERT_CONTEXT certificate, DWORD id) {
  DWORD size = 0;
  CertGetCertificateContextProperty(certificate, id, nullptr, &size);
  std::string bytes(size, '\0');
  if (!CertGetCertificateContextProperty(certificate, id, bytes.data(), &size)) return {};
  return bytes;
}

std::string thumbprint_of(PCCERT_CONTEXT certificate) {
  std::string text;
  for (const char byte : certificate_property(certificate, CERT_SHA1_HASH_PROP_ID)) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02X", static_cast<unsigned char>(byte));
    text += digits;
  }
  return text;
}

certificate_store::certificate_store(const std::string& name)
    : location_(location_of(name)), store_(open_store(location_, name_of(name))) {
  if (store_ == nullptr) fail("open the certificate store " + name);
}

certificate_pointer certificate_store::import(std::string_view pfx, const std::string& origin,
                                              bool& is_new) {
  const store_pointer seen = open_pfx(pfx, PKCS12_NO_PERSIST_KEY);
  if (seen == nullptr) fail("read the vault's PFX (a PFX with a password is not supported)");
  const certificate_pointer leaf = leaf_of(all_in(seen.get()));
  if (leaf == nullptr) throw failure("the vault returned no private key with the certificate");
  certificate_pointer there = find(leaf.get());
  is_new = there == nullptr || !has_key(there.get());
  if (is_new) {
    there = add(pfx);
    describe(there.get(), unfinished + origin);
  } else if (description_of(there.get()).empty()) {
    describe(there.get(), found_as + origin);
  }
  mark_as_renewed_by(there.get(), origin);
  commit();
  return there;
}

bool certificate_store::is_unfinished(PCCERT_CONTEXT certificate, const std::string& origin) {
  return description_of(certificate) == unfinished + origin;
}

void certificate_store::finish(PCCERT_CONTEXT certificate, const std::string& origin) const {
  if (!is_unfinished(certificate, origin)) return;
  describe(certificate, imported_from + origin);
  commit();
}

/// Saves the store. Windows has done so already; Wine does it only for certificates that are added
/// alone.
void certificate_store::commit() const {
  if (!CertControlStore(store_.get(), CERT_STORE_CTRL_COMMIT_FORCE_FLAG, CERT_STORE_CTRL_COMMIT,
                        nullptr)) {
    fail("write the certificate store");
  }
}

void certificate_store::remove_renewed(const std::string& origin) {
  for (certificate_pointer& each : all_in(store_.get())) {
    if (!is_imported(description_of(each.get()), origin) ||
        !has_property(each.get(), CERT_RENEWAL_PROP_ID)) {
      continue;
    }
    if (!is_key_shared(each.get(), store_.get())) delete_key(each.get());
    if (!CertDeleteCertificateFromStore(each.release())) fail("remove an old certificate");
  }
}

certificate_pointer certificate_store::find(PCCERT_CONTEXT certificate) const {
  return certificate_pointer(CertFindCertificateInStore(store_.get(), X509_ASN_ENCODING, 0,
                                                        CERT_FIND_EXISTING, certificate, nullptr));
}

/// With the key in CNG if possible: the older provider does not support the signatures of TLS 1.3.
certificate_pointer certificate_store::add(std::string_view pfx) {
  const DWORD keys =
      location_ == CERT_SYSTEM_STORE_LOCAL_MACHINE ? CRYPT_MACHINE_KEYSET : CRYPT_USER_KEYSET;
  store_pointer imported = open_pfx(pfx, keys | PKCS12_PREFER_CNG_KSP);
  if (imported == nullptr) imported = open_pfx(pfx, keys);
  if (imported == nullptr) fail("import the private key");
  const std::vector<certificate_pointer> all = all_in(imported.get());
  const certificate_pointer leaf = leaf_of(all);
  // The issuers first: a run that finds the certificate in the store leaves everything alone.
  const store_pointer issuers = open_store(location_, "CA");
  for (const certificate_pointer& each : all) {
    const bool is_root = has_issued(each.get(), each.get());
    if (CertCompareCertificate(X509_ASN_ENCODING, each->pCertInfo, leaf->pCertInfo) || is_root) {
      continue;
    }
    if (issuers == nullptr ||
        !CertAddCertificateContextToStore(issuers.get(), each.get(), CERT_STORE_ADD_USE_EXISTING,
                                          nullptr)) {
      fail("put an issuer into the store CA");
    }
  }
  PCCERT_CONTEXT added = nullptr;
  if (!CertAddCertificateContextToStore(store_.get(), leaf.get(), CERT_STORE_ADD_REPLACE_EXISTING,
                                        &added)) {
    fail("put the certificate into the store");
  }
  return certificate_pointer(added);
}

/// The property by which IIS and Schannel find the new certificate from the old one: its SHA-1.
void certificate_store::mark_as_renewed_by(PCCERT_CONTEXT certificate,
                                           const std::string& origin) const {
  const std::string hash = certificate_property(certificate, CERT_SHA1_HASH_PROP_ID);
  for (const certificate_pointer& each : all_in(store_.get())) {
    const std::string description = description_of(each.get());
    const bool is_version = is_imported(description, origin) || description == found_as + origin;
    if (is_version && certificate_property(each.get(), CERT_SHA1_HASH_PROP_ID) != hash &&
        certificate_property(each.get(), CERT_RENEWAL_PROP_ID) != hash) {
      set_property(each.get(), CERT_RENEWAL_PROP_ID, hash);
    }
  }
}

}  // namespace arc_identity_cli
