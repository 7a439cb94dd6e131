// SPDX-License-Identifier: Apache-2.0
// Ownership of OpenSSL's objects: one unique_ptr a type.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace modelward::wire {

template <auto kFree>
struct OpensslDeleter {
    template <typename T>
    void operator()(T* object) const {
        kFree(object);
    }
};

using BioHandle = std::unique_ptr<BIO, OpensslDeleter<BIO_free_all>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using KeyContextHandle = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;
using DigestContextHandle = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;
using CertificateHandle = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using RequestHandle = std::unique_ptr<X509_REQ, OpensslDeleter<X509_REQ_free>>;
using ExtensionHandle = std::unique_ptr<X509_EXTENSION, OpensslDeleter<X509_EXTENSION_free>>;
using GeneralNamesHandle = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<GENERAL_NAMES_free>>;
using TlsContextHandle = std::unique_ptr<SSL_CTX, OpensslDeleter<SSL_CTX_free>>;
using TlsHandle = std::unique_ptr<SSL, OpensslDeleter<SSL_free>>;

}  // namespace modelward::wire
