// SPDX-License-Identifier: Apache-2.0
#include "wire/certificate_authority.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>

#include "wire/openssl_error.h"

namespace modelward::wire {
namespace {

constexpr std::size_t kMaxRequestBytes = 8 << 10;
constexpr std::size_t kMaxHostName = 64;  // it is the subject too (RFC 5280, ub-common-name)
constexpr int kSerialBits = 127;          // positive, and at most 20 bytes (RFC 5280 section 4.1.2.2)

bool set_random_serial(X509* certificate) {
    const std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>> number(BN_new());
    return BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool is_host_name_or_address(const std::string& name) {
    const std::unique_ptr<ASN1_OCTET_STRING, OpensslDeleter<ASN1_OCTET_STRING_free>> address(
        a2i_IPADDRESS(name.c_str()));
    ERR_clear_error();
    if (address) return true;
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_';
    };
    return !name.empty() && name.size() <= kMaxHostName && std::ranges::all_of(name, fits) &&
           !name.starts_with('-') && !name.starts_with('.');
}

// Built from parts: a textual configuration would let a comma in a name add further names.
bool add_names(X509* certificate, const std::vector<std::string>& names) {
    const GeneralNamesHandle list(sk_GENERAL_NAME_new_null());
    for (const std::string& name : names) {
        GENERAL_NAME* entry = GENERAL_NAME_new();
        sk_GENERAL_NAME_push(list.get(), entry);
        ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
        if (address != nullptr) {
            GENERAL_NAME_set0_value(entry, GEN_IPADD, address);
            continue;
        }
        ASN1_IA5STRING* text = ASN1_IA5STRING_new();
        ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
        GENERAL_NAME_set0_value(entry, GEN_DNS, text);
    }
    ERR_clear_error();  // a2i_IPADDRESS complains about every host name
    return X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, 0) == 1;
}

// A certificate with everything but its extensions and its signature. `issuer` null: self-signed.
CertificateHandle draft(EVP_PKEY* subject_key, std::string_view common_name, X509* issuer, int days) {
    CertificateHandle certificate(X509_new());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    const bool ok = X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                    set_random_serial(certificate.get()) &&
                    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24L * 3600) != nullptr &&
                    X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days, 0, nullptr) != nullptr &&
                    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                               reinterpret_cast<const unsigned char*>(common_name.data()),
                                               static_cast<int>(common_name.size()), -1, 0) == 1 &&
                    X509_set_issuer_name(certificate.get(),
                                         issuer == nullptr ? subject : X509_get_subject_name(issuer)) == 1 &&
                    X509_set_pubkey(certificate.get(), subject_key) == 1;
    return ok ? std::move(certificate) : nullptr;
}

bool is_p256(EVP_PKEY* key) {
    char group[32] = {};
    std::size_t length = 0;
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &length) ==
               1 &&
           std::string_view(group, length) == "prime256v1";
}

}  // namespace

Result<CertificateAuthority> CertificateAuthority::create(std::string_view name, int days) {
    auto key = PrivateKey::generate_p256();
    if (!key) return fail(key.error());
    CertificateHandle certificate = draft(key->get(), name, nullptr, days);
    if (!certificate ||
        !add_extension(certificate.get(), certificate.get(), NID_basic_constraints,
                       "critical,CA:TRUE,pathlen:0") ||
        !add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash") ||
        X509_sign(certificate.get(), key->get(), EVP_sha256()) <= 0) {
        return fail_openssl(ErrorCode::kInternal, "make the certificate authority");
    }
    return CertificateAuthority(Certificate(std::move(certificate)), std::move(*key));
}

Result<CertificateAuthority> CertificateAuthority::load(std::string_view certificate_pem,
                                                        std::string_view key_pem) {
    auto certificate = Certificate::from_pem(certificate_pem);
    if (!certificate) return fail(certificate.error());
    auto key = PrivateKey::from_pem(key_pem);
    if (!key) return fail(key.error());
    if (X509_check_private_key(certificate->get(), key->get()) != 1) {
        return fail_openssl(ErrorCode::kInvalid, "the CA's key does not belong to its certificate");
    }
    return CertificateAuthority(std::move(*certificate), std::move(*key));
}

Result<Certificate> CertificateAuthority::issue_server(const PrivateKey& server_key,
                                                       const std::vector<std::string>& names,
                                                       int days) const {
    if (names.empty()) return fail(ErrorCode::kInvalid, "a server certificate needs at least one name");
    for (const std::string& name : names)
        if (!is_host_name_or_address(name))
            return fail(ErrorCode::kInvalid, "'" + name + "' is neither a host name nor an address");
    X509* issuer = certificate_.get();
    CertificateHandle certificate = draft(server_key.get(), names.front(), issuer, days);
    if (!certificate || !add_names(certificate.get(), names) ||
        !add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(certificate.get(), issuer, NID_ext_key_usage, "serverAuth") ||
        !add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid") ||
        X509_sign(certificate.get(), key_.get(), EVP_sha256()) <= 0) {
        return fail_openssl(ErrorCode::kInternal, "issue a server certificate for " + names.front());
    }
    return Certificate(std::move(certificate));
}

Result<Certificate> CertificateAuthority::issue_client(std::span<const std::uint8_t> request_der,
                                                       std::string_view common_name, int days) const {
    if (request_der.size() > kMaxRequestBytes)
        return fail(ErrorCode::kInvalid, "the certificate request is too long");
    const unsigned char* at = request_der.data();
    const RequestHandle request(d2i_X509_REQ(nullptr, &at, static_cast<long>(request_der.size())));
    if (!request || at != request_der.data() + request_der.size()) {
        return fail_openssl(ErrorCode::kInvalid, "the certificate request is not PKCS#10");
    }
    EVP_PKEY* subject_key = X509_REQ_get0_pubkey(request.get());
    if (subject_key == nullptr || !is_p256(subject_key)) {
        ERR_clear_error();
        return fail(ErrorCode::kInvalid, "the certificate request's key is not EC P-256");
    }
    if (X509_REQ_verify(request.get(), subject_key) != 1) {
        return fail_openssl(ErrorCode::kInvalid, "the certificate request is not signed by its own key");
    }
    X509* issuer = certificate_.get();
    CertificateHandle certificate = draft(subject_key, common_name, issuer, days);
    if (!certificate ||
        !add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(certificate.get(), issuer, NID_ext_key_usage, "clientAuth") ||
        !add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid") ||
        X509_sign(certificate.get(), key_.get(), EVP_sha256()) <= 0) {
        return fail_openssl(ErrorCode::kInternal, "issue a client certificate");
    }
    return Certificate(std::move(certificate));
}

}  // namespace modelward::wire
