#include "app/provenance/signing_keys.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <memory>
#include <vector>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"

namespace fantascope {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kRootDays = 30 * 365, kLeafDays = 5 * 365, kRenewDays = 365;

struct Deleter {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
};
template <typename T>
using Ssl = std::unique_ptr<T, Deleter>;

/// Certificates and keys as the file holds them. The root's own key is never stored: nothing needs it after the intermediate is made.
struct Identity {
  Ssl<X509> root, intermediate, leaf;
  Ssl<EVP_PKEY> intermediate_key, leaf_key;
};

Error crypto_error(const char* what) { return Error{ErrorCode::kInternal, std::string("OpenSSL cannot ") + what, {}, {}, {}, {}}; }

bool add_extension(X509& certificate, X509& issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const Ssl<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

struct CertificateRequest {
  std::string common_name;
  std::int64_t not_before, not_after;
  bool is_authority;
  const char* basic_constraints;
};

/// `issuer` null: self-signed.
Ssl<X509> make_certificate(const CertificateRequest& request, EVP_PKEY& key, X509* issuer, EVP_PKEY& issuer_key) {
  Ssl<X509> certificate(X509_new());
  unsigned char serial[16];
  if (!certificate || RAND_bytes(serial, sizeof serial) != 1) return nullptr;
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);  // positive and of full length (RFC 5280, 4.1.2.2)
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  const bool numbered = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get())) != nullptr;
  BN_free(number);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const auto text = [](const char* value) { return reinterpret_cast<const unsigned char*>(value); };
  bool ok = numbered && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
            ASN1_TIME_set(X509_getm_notBefore(certificate.get()), request.not_before) != nullptr &&
            ASN1_TIME_set(X509_getm_notAfter(certificate.get()), request.not_after) != nullptr &&
            X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8, text("Fantascope"), -1, -1, 0) == 1 &&
            X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text(request.common_name.c_str()), -1, -1, 0) == 1 &&
            X509_set_pubkey(certificate.get(), &key) == 1;
  X509& parent = issuer != nullptr ? *issuer : *certificate;
  ok = ok && X509_set_issuer_name(certificate.get(), X509_get_subject_name(&parent)) == 1 &&
       add_extension(*certificate, parent, NID_basic_constraints, request.basic_constraints) &&
       add_extension(*certificate, parent, NID_key_usage,
                     request.is_authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
       (request.is_authority || add_extension(*certificate, parent, NID_ext_key_usage, "emailProtection")) &&
       add_extension(*certificate, parent, NID_subject_key_identifier, "hash") &&
       add_extension(*certificate, parent, NID_authority_key_identifier, "keyid:always");
  return ok && X509_sign(certificate.get(), &issuer_key, EVP_sha256()) > 0 ? std::move(certificate) : nullptr;
}

Result<void> renew_leaf(Identity& identity, const std::string& installation, std::int64_t now) {
  identity.leaf_key.reset(EVP_EC_gen("P-256"));
  if (!identity.leaf_key) return crypto_error("make a key");
  identity.leaf =
      make_certificate({"Fantascope on this computer " + installation, now - kDay, now + kLeafDays * kDay, false, "critical,CA:FALSE"},
                       *identity.leaf_key, identity.intermediate.get(), *identity.intermediate_key);
  if (!identity.leaf) return crypto_error("make a certificate");
  return {};
}

/// Eight hex digits that tell one installation's certificates from another's; from the root's serial number, says nothing about the
/// machine.
std::string installation_name(X509& root) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(&root);
  std::string name;
  for (int i = 1; i < 5 && i < ASN1_STRING_length(serial); ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", ASN1_STRING_get0_data(serial)[i]);
    name += digits;
  }
  return name;
}

Result<Identity> make_identity(std::int64_t now) {
  Identity identity;
  const Ssl<EVP_PKEY> root_key(EVP_EC_gen("P-256"));
  identity.intermediate_key.reset(EVP_EC_gen("P-256"));
  if (!root_key || !identity.intermediate_key) return crypto_error("make a key");
  const std::int64_t from = now - kDay, until = now + kRootDays * kDay;
  identity.root = make_certificate({"Fantascope local root", from, until, true, "critical,CA:TRUE"}, *root_key, nullptr, *root_key);
  if (!identity.root) return crypto_error("make a certificate");
  const std::string installation = installation_name(*identity.root);
  identity.intermediate = make_certificate({"Fantascope local authority " + installation, from, until, true, "critical,CA:TRUE,pathlen:0"},
                                           *identity.intermediate_key, identity.root.get(), *root_key);
  if (!identity.intermediate) return crypto_error("make a certificate");
  FANTASCOPE_TRY_VOID(renew_leaf(identity, installation, now));
  return identity;
}

Ssl<BIO> memory_of(const std::string& text) { return Ssl<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::string text_of(BIO& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Result<std::string> certificate_pem(X509& certificate) {
  const Ssl<BIO> bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), &certificate) != 1) return crypto_error("write a certificate");
  return text_of(*bio);
}

Result<std::string> key_pem(EVP_PKEY& key) {
  const Ssl<BIO> bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return crypto_error("write a key");
  return text_of(*bio);
}

Result<std::string> serialize(const Identity& identity) {
  std::string text;
  for (X509* certificate : {identity.root.get(), identity.intermediate.get(), identity.leaf.get()}) {
    FANTASCOPE_TRY(const std::string pem, certificate_pem(*certificate));
    text += pem;
  }
  for (EVP_PKEY* key : {identity.intermediate_key.get(), identity.leaf_key.get()}) {
    FANTASCOPE_TRY(const std::string pem, key_pem(*key));
    text += pem;
  }
  return text;
}

/// No password is ever asked for on the terminal.
int no_password(char*, int, int, void*) { return 0; }

Result<Identity> parse(const std::string& text, const std::string& path) {
  const Ssl<BIO> bio = memory_of(text);
  Identity identity;
  for (Ssl<X509>* certificate : {&identity.root, &identity.intermediate, &identity.leaf})
    certificate->reset(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
  for (Ssl<EVP_PKEY>* key : {&identity.intermediate_key, &identity.leaf_key})
    key->reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  const auto signed_by = [](const Ssl<X509>& certificate, const Ssl<X509>& issuer) {
    return X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())) == 1;
  };
  const bool complete = identity.root && identity.intermediate && identity.leaf && identity.intermediate_key && identity.leaf_key;
  if (complete && signed_by(identity.root, identity.root) && signed_by(identity.intermediate, identity.root) &&
      signed_by(identity.leaf, identity.intermediate) &&
      X509_check_private_key(identity.intermediate.get(), identity.intermediate_key.get()) == 1 &&
      X509_check_private_key(identity.leaf.get(), identity.leaf_key.get()) == 1)
    return identity;
  return Error{ErrorCode::kBadFile,
               "the signing keys are damaged: " + path,
               path,
               {},
               "three certificates and two keys that belong together",
               "Restore the file from a backup. Or move it away: a new identity is then made, and whoever trusted the old one must be "
               "given the new root."};
}

Result<std::int64_t> not_after(X509& certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &time) != 1) return crypto_error("read a certificate's end");
  return static_cast<std::int64_t>(::timegm(&time));
}

/// Exclusive lock on the folder's keys for the life of the object.
class KeysLock {
 public:
  static Result<KeysLock> take(const std::string& dir) {
    KeysLock lock;
    const std::string path = dir + "/.lock";
    lock.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock.fd_ < 0) return file_error("open", path, errno);
    while (::flock(lock.fd_, LOCK_EX) != 0)
      if (errno != EINTR) return file_error("lock", path, errno);
    return lock;
  }
  KeysLock(KeysLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~KeysLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  KeysLock() = default;
  int fd_ = -1;
};

Result<void> store(const Identity& identity, const std::string& dir) {
  FANTASCOPE_TRY(const std::string text, serialize(identity));
  FANTASCOPE_TRY(const std::string root, certificate_pem(*identity.root));
  FANTASCOPE_TRY_VOID(write_file(dir + "/signing_keys.pem", text));
  return write_file(dir + "/signing_root.pem", root);
}

}  // namespace

Result<SigningKeys> open_signing_keys(const std::string& keys_dir, std::int64_t now) {
  if (now == 0) now = static_cast<std::int64_t>(std::time(nullptr));
  FANTASCOPE_TRY_VOID(create_private_dir(keys_dir));
  FANTASCOPE_TRY(const KeysLock lock, KeysLock::take(keys_dir));
  const std::string path = keys_dir + "/signing_keys.pem";
  Identity identity;
  auto text = read_file(path, 1 << 16);
  if (text) {
    if (::chmod(path.c_str(), 0600) != 0) return file_error("make private", path, errno);
    FANTASCOPE_TRY(identity, parse(*text, path));
  } else if (text.error().code == ErrorCode::kNotFound) {
    FANTASCOPE_TRY(identity, make_identity(now));
    FANTASCOPE_TRY_VOID(store(identity, keys_dir));
  } else {
    return std::move(text).error();
  }
  FANTASCOPE_TRY(std::int64_t leaf_end, not_after(*identity.leaf));
  if (leaf_end - now < kRenewDays * kDay) {
    FANTASCOPE_TRY_VOID(renew_leaf(identity, installation_name(*identity.root), now));
    FANTASCOPE_TRY_VOID(store(identity, keys_dir));
    FANTASCOPE_TRY(leaf_end, not_after(*identity.leaf));
  }
  SigningKeys keys;
  keys.leaf_not_after = leaf_end;
  FANTASCOPE_TRY(keys.root_certificate_pem, certificate_pem(*identity.root));
  FANTASCOPE_TRY(const std::string leaf, certificate_pem(*identity.leaf));
  FANTASCOPE_TRY(const std::string intermediate, certificate_pem(*identity.intermediate));
  FANTASCOPE_TRY(keys.private_key_pem, key_pem(*identity.leaf_key));
  keys.chain_pem = leaf + intermediate;
  return keys;
}

}  // namespace fantascope
