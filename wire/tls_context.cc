// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "wire/certificate.h"
#include "wire/openssl_error.h"
#include "wire/private_key.h"

namespace modelward::wire {
namespace {

// Without it, resumption of a session that had a client certificate fails.
constexpr unsigned char kSessionIdContext[] = "modelward";

void ignore_sigpipe() {
    struct sigaction current{};
    ::sigaction(SIGPIPE, nullptr, &current);
    if (current.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

TlsContextHandle new_context(const SSL_METHOD* method) {
    ignore_sigpipe();
    TlsContextHandle context(SSL_CTX_new(method));
    if (!context) return nullptr;
    SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    return context;
}

Result<std::vector<Certificate>> read_certificates(const std::string& pem) {
    std::vector<Certificate> certificates;
    const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        certificates.emplace_back(CertificateHandle(next));
    }
    ERR_clear_error();  // the end of the text is reported as an error
    if (certificates.empty()) return fail(ErrorCode::kInvalid, "no certificate in the PEM text");
    return certificates;
}

Result<void> present(SSL_CTX* context, const TlsIdentity& identity) {
    const auto chain = read_certificates(identity.certificate_pem);
    if (!chain) return fail(chain.error());
    const auto key = PrivateKey::from_pem(identity.key_pem);
    if (!key) return fail(key.error());
    bool ok = SSL_CTX_use_certificate(context, chain->front().get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, key->get()) == 1 && SSL_CTX_check_private_key(context) == 1;
    for (std::size_t i = 1; ok && i < chain->size(); ++i)
        ok = SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) == 1;
    if (!ok) return fail_openssl(ErrorCode::kInvalid, "use a certificate with its key");
    return {};
}

Result<void> trust_ca(SSL_CTX* context, const std::string& ca_pem) {
    const auto certificates = read_certificates(ca_pem);
    if (!certificates) return fail(certificates.error());
    for (const Certificate& certificate : *certificates) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) != 1) {
            return fail_openssl(ErrorCode::kInvalid, "trust a CA certificate");
        }
    }
    return {};
}

// Trusts exactly the presented certificate that has the pinned hash, then verifies chain, dates and name as
// usual.
int verify_against_pin(X509_STORE_CTX* context, void* pin) {
    STACK_OF(X509)* presented = X509_STORE_CTX_get0_untrusted(context);
    for (int i = 0; i < sk_X509_num(presented); ++i) {
        X509* candidate = sk_X509_value(presented, i);
        Sha256 digest;
        unsigned int length = 0;
        if (X509_digest(candidate, EVP_sha256(), digest.data(), &length) != 1) continue;
        if (!equal_in_constant_time(digest, *static_cast<const Sha256*>(pin))) continue;
        STACK_OF(X509)* trusted = sk_X509_new_null();
        sk_X509_push(trusted, candidate);
        X509_STORE_CTX_set0_trusted_stack(context, trusted);
        const int verdict = X509_verify_cert(context);
        sk_X509_free(trusted);
        return verdict;
    }
    X509_STORE_CTX_set_error(context, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
    return 0;
}

}  // namespace

Result<TlsContext> TlsContext::server(const TlsIdentity& identity, const std::string& client_ca_pem) {
    TlsContextHandle context = new_context(TLS_server_method());
    if (!context) return fail_openssl(ErrorCode::kInternal, "make a TLS context");
    if (auto ok = present(context.get(), identity); !ok) return fail(ok.error());
    SSL_CTX_set_session_id_context(context.get(), kSessionIdContext, sizeof kSessionIdContext - 1);
    if (!client_ca_pem.empty()) {
        if (auto ok = trust_ca(context.get(), client_ca_pem); !ok) return fail(ok.error());
        const auto certificates = read_certificates(client_ca_pem);
        for (const Certificate& certificate : *certificates) {
            SSL_CTX_add_client_CA(context.get(), certificate.get());
        }
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    return TlsContext(std::move(context));
}

Result<TlsContext> TlsContext::client(const Trust& trust, const TlsIdentity* identity) {
    TlsContextHandle handle = new_context(TLS_client_method());
    if (!handle) return fail_openssl(ErrorCode::kInternal, "make a TLS context");
    TlsContext context(std::move(handle));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (const auto* ca = std::get_if<TrustCa>(&trust)) {
        if (auto ok = trust_ca(context.get(), ca->ca_pem); !ok) return fail(ok.error());
    } else if (const auto* pinned = std::get_if<TrustPinnedCa>(&trust)) {
        context.pin_ = std::make_unique<Sha256>(pinned->pin);
        SSL_CTX_set_cert_verify_callback(context.get(), verify_against_pin, context.pin_.get());
    } else if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
        return fail_openssl(ErrorCode::kIo, "read the system's certificate store");
    }
    if (identity != nullptr) {
        if (auto ok = present(context.get(), *identity); !ok) return fail(ok.error());
    }
    return context;
}

}  // namespace modelward::wire
