// SPDX-License-Identifier: MIT

#include "vault/posix/certificate_conversion.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/provider.h>
#endif

#include "vault/failure.hpp"

namespace arc_identity_cli {
namespace {

using arc_identity::certificate_format;
using arc_identity::key_vault_certificate;
using arc_identity::secret_text;

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
void free_stack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
void free_stack_alone(STACK_OF(X509) * stack) { sk_X509_free(stack); }

using bio_pointer = std::unique_ptr<BIO, free_with<BIO_free_all>>;
using key_pointer = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, free_with<X509_free>>;
using pkcs12_pointer = std::unique_ptr<PKCS12, free_with<PKCS12_free>>;

/// Throws a failure with OpenSSL's reason, if there is one.
[[noreturn]] void fail_as_openssl_says(std::string message) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  if (reason != nullptr) message += std::string(": ") + reason;
  throw failure(message);
}

/// Returns what OpenSSL returned, unless it failed: here, only for lack of memory.
template <class Pointer>
Pointer require(Pointer pointer) {
  if (pointer == nullptr) fail_as_openssl_says("OpenSSL cannot convert the certificate");
  return pointer;
}
void require(int success) {
  if (success <= 0) fail_as_openssl_says("OpenSSL cannot convert the certificate");
}

bool last_error_is(int library, int reason) {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == library && ERR_GET_REASON(error) == reason;
}

/// A key and its certificates: the key's own certificate (leaf), then its chain, then any others.
struct bundle {
  key_pointer key;
  std::vector<certificate_pointer> certificates;
};

bool issued(X509* issuer, X509* subject) { return X509_check_issued(issuer, subject) == X509_V_OK; }

void put_in_order(bundle& bundle) {
  auto& all = bundle.certificates;
  const auto leaf = std::find_if(all.begin(), all.end(), [&](const certificate_pointer& each) {
    return X509_check_private_key(each.get(), bundle.key.get()) == 1;
  });
  ERR_clear_error();
  if (leaf == all.end()) throw failure("the private key matches none of the certificates");
  std::rotate(all.begin(), leaf, leaf + 1);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    X509* const last = all[i].get();
    if (issued(last, last)) break;
    const auto rest = all.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const auto issuer = std::find_if(
        rest, all.end(), [&](const certificate_pointer& each) { return issued(each.get(), last); });
    if (issuer == all.end()) break;
    std::rotate(rest, issuer, issuer + 1);
  }
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
/// Makes RC2 and 3DES available while it exists: old vaults encrypted with them, and OpenSSL 3 has
/// them in a separate provider.
class old_ciphers {
 public:
  old_ciphers() : provider_(OSSL_PROVIDER_try_load(nullptr, "legacy", 1)) { ERR_clear_error(); }

 private:
  std::unique_ptr<OSSL_PROVIDER, free_with<OSSL_PROVIDER_unload>> provider_;
};
#else
struct old_ciphers {};
#endif

bundle read_pfx(std::string_view pfx) {
  [[maybe_unused]] const old_ciphers known;
  const auto* at = reinterpret_cast<const unsigned char*>(pfx.data());
  const auto* const end = at + pfx.size();
  const pkcs12_pointer pkcs12(d2i_PKCS12(nullptr, &at, static_cast<long>(pfx.size())));
  if (pkcs12 == nullptr || at != end) fail_as_openssl_says("the vault's PFX is damaged");
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  if (PKCS12_parse(pkcs12.get(), "", &key, &certificate, &others) != 1) {
    if (last_error_is(ERR_LIB_PKCS12, PKCS12_R_MAC_VERIFY_FAILURE)) {
      ERR_clear_error();
      throw failure("the vault's PFX has a password or is damaged");
    }
    fail_as_openssl_says("the vault's PFX is damaged, or needs a cipher that this OpenSSL lacks");
  }
  bundle found;
  found.key.reset(key);
  const std::unique_ptr<STACK_OF(X509), free_with<free_stack>> rest(others);
  if (certificate != nullptr) found.certificates.emplace_back(certificate);
  while (rest != nullptr && sk_X509_num(rest.get()) > 0) {
    found.certificates.emplace_back(sk_X509_shift(rest.get()));
  }
  return found;
}

bio_pointer reader_of(std::string_view text) {
  return require(bio_pointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))));
}

/// A password callback: without one, OpenSSL would ask on the terminal.
int no_password(char*, int, int, void*) { return -1; }

bundle read_pem(std::string_view pem) {
  bundle found;
  const bio_pointer key_reader = reader_of(pem);
  found.key.reset(PEM_read_bio_PrivateKey(key_reader.get(), nullptr, no_password, nullptr));
  if (found.key == nullptr && !last_error_is(ERR_LIB_PEM, PEM_R_NO_START_LINE)) {
    fail_as_openssl_says("the private key in the vault's PEM is damaged or encrypted");
  }
  ERR_clear_error();
  const bio_pointer reader = reader_of(pem);
  for (;;) {
    certificate_pointer next(PEM_read_bio_X509(reader.get(), nullptr, no_password, nullptr));
    if (next == nullptr) break;
    found.certificates.push_back(std::move(next));
  }
  if (!last_error_is(ERR_LIB_PEM, PEM_R_NO_START_LINE))
    fail_as_openssl_says("the vault's PEM is damaged");
  ERR_clear_error();
  return found;
}

bundle read(certificate_format format, std::string_view content) {
  ERR_clear_error();
  bundle found = format == certificate_format::pfx ? read_pfx(content) : read_pem(content);
  if (found.key == nullptr) throw failure("the vault returned no private key with the certificate");
  if (found.certificates.empty()) throw failure("the vault returned a key but no certificate");
  put_in_order(found);
  return found;
}

bundle read(const key_vault_certificate& certificate) {
  return read(certificate.format, certificate.content.view());
}

/// The output of `write`, in memory that is wiped.
template <class Write>
secret_text written(Write write) {
  const bio_pointer writer = require(bio_pointer(BIO_new(BIO_s_secmem())));
  write(writer.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(writer.get(), &text);
  return secret_text({text, static_cast<std::size_t>(size)});
}

}  // namespace

pem_certificate to_pem(const key_vault_certificate& certificate) {
  const bundle bundle = read(certificate);
  pem_certificate pem;
  pem.certificates = written([&](BIO* to) {
    for (const certificate_pointer& each : bundle.certificates) {
      require(PEM_write_bio_X509(to, each.get()));
    }
  });
  pem.key = written([&](BIO* to) {
    require(
        PEM_write_bio_PKCS8PrivateKey(to, bundle.key.get(), nullptr, nullptr, 0, nullptr, nullptr));
  });
  return pem;
}

secret_text to_pfx(const key_vault_certificate& certificate) {
  const bundle bundle = read(certificate);
  if (certificate.format == certificate_format::pfx) return secret_text(certificate.content.view());
  const std::unique_ptr<STACK_OF(X509), free_with<free_stack_alone>> chain(
      require(sk_X509_new_null()));
  for (std::size_t i = 1; i < bundle.certificates.size(); ++i) {
    require(sk_X509_push(chain.get(), bundle.certificates[i].get()));
  }
  const pkcs12_pointer pkcs12(
      require(PKCS12_create("", nullptr, bundle.key.get(), bundle.certificates.front().get(),
                            chain.get(), 0, 0, 0, 0, 0)));
  return written([&](BIO* to) { require(i2d_PKCS12_bio(to, pkcs12.get())); });
}

bool holds_same_certificates(std::string_view pfx, std::string_view other) {
  try {
    const bundle one = read(certificate_format::pfx, pfx);
    const bundle two = read(certificate_format::pfx, other);
    return std::equal(one.certificates.begin(), one.certificates.end(), two.certificates.begin(),
                      two.certificates.end(),
                      [](const certificate_pointer& left, const certificate_pointer& right) {
                        return X509_cmp(left.get(), right.get()) == 0;
                      });
  } catch (const failure&) {
    return false;
  }
}

}  // namespace arc_identity_cli
