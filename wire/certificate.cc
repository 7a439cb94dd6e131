// SPDX-License-Identifier: Apache-2.0
#include "wire/certificate.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "wire/openssl_error.h"

namespace modelward::wire {
namespace {

std::int64_t unix_s(const ASN1_TIME* when) {
    std::tm time{};
    return ASN1_TIME_to_tm(when, &time) == 1 ? ::timegm(&time) : 0;
}

}  // namespace

Result<Certificate> Certificate::from_pem(std::string_view pem) {
    const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    CertificateHandle handle(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!handle) return fail_openssl(ErrorCode::kInvalid, "read a certificate in PEM");
    return Certificate(std::move(handle));
}

Result<std::string> Certificate::to_pem() const {
    const BioHandle bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_X509(bio.get(), handle_.get()) != 1) {
        return fail_openssl(ErrorCode::kInternal, "write a certificate as PEM");
    }
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<std::size_t>(length));
}

Result<std::vector<std::uint8_t>> Certificate::to_der() const {
    const int length = i2d_X509(handle_.get(), nullptr);
    if (length <= 0) return fail_openssl(ErrorCode::kInternal, "write a certificate as DER");
    std::vector<std::uint8_t> der(static_cast<std::size_t>(length));
    unsigned char* at = der.data();
    i2d_X509(handle_.get(), &at);
    return der;
}

Result<Sha256> Certificate::pin() const {
    const auto der = to_der();
    if (!der) return fail(der.error());
    return sha256(*der);
}

Result<std::string> Certificate::common_name() const {
    const X509_NAME* subject = X509_get_subject_name(handle_.get());
    const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (index < 0) return fail(ErrorCode::kInvalid, "the certificate has no common name");
    unsigned char* text = nullptr;
    const int length =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
    if (length < 0) return fail_openssl(ErrorCode::kInvalid, "the certificate's common name");
    std::string name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
    OPENSSL_free(text);
    if (name.find('\0') != std::string::npos) return fail(ErrorCode::kInvalid, "the common name holds a NUL");
    return name;
}

std::int64_t Certificate::not_before_unix_s() const {
    return unix_s(X509_get0_notBefore(handle_.get()));
}

std::int64_t Certificate::not_after_unix_s() const {
    return unix_s(X509_get0_notAfter(handle_.get()));
}

std::vector<std::string> Certificate::names() const {
    std::vector<std::string> names;
    const GeneralNamesHandle list(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(handle_.get(), NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; i < sk_GENERAL_NAME_num(list.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
        const bool is_address = name->type == GEN_IPADD;
        if (!is_address && name->type != GEN_DNS) continue;
        const ASN1_STRING* value = is_address ? name->d.iPAddress : name->d.dNSName;
        const unsigned char* bytes = ASN1_STRING_get0_data(value);
        const auto length = static_cast<std::size_t>(ASN1_STRING_length(value));
        char text[INET6_ADDRSTRLEN] = {};
        if (!is_address) {
            names.emplace_back(reinterpret_cast<const char*>(bytes), length);
        } else if (length == 4 || length == 16) {
            ::inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text);
            names.emplace_back(text);
        }
    }
    return names;
}

bool Certificate::is_signed_by(const Certificate& authority) const {
    const bool good = X509_verify(handle_.get(), X509_get0_pubkey(authority.get())) == 1;
    ERR_clear_error();
    return good;
}

bool Certificate::belongs_to(const PrivateKey& key) const {
    const bool good = X509_check_private_key(handle_.get(), key.get()) == 1;
    ERR_clear_error();
    return good;
}

Result<std::vector<std::uint8_t>> make_certificate_request(const PrivateKey& key) {
    const RequestHandle request(X509_REQ_new());
    if (X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
        X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
        X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0) {
        return fail_openssl(ErrorCode::kInternal, "make a certificate request");
    }
    const int length = i2d_X509_REQ(request.get(), nullptr);
    if (length <= 0) return fail_openssl(ErrorCode::kInternal, "write a certificate request as DER");
    std::vector<std::uint8_t> der(static_cast<std::size_t>(length));
    unsigned char* at = der.data();
    i2d_X509_REQ(request.get(), &at);
    return der;
}

}  // namespace modelward::wire
