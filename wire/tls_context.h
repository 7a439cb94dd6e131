// SPDX-License-Identifier: Apache-2.0
// What both ends of a TLS connection trust and present. TLS 1.3 only. Immutable after creation, shared by any
// number of streams and threads.
//
// Creating a context makes the process ignore SIGPIPE if nothing else handles it: OpenSSL writes to sockets
// with write(2), and a peer that hangs up must not end the program.
#pragma once

#include <string>
#include <variant>

#include "base/error.h"
#include "wire/digest.h"
#include "wire/openssl_handles.h"

namespace modelward::wire {

struct TlsIdentity {
    std::string
        certificate_pem;  // may be followed by the certificates that lead to the root, the root included
    std::string key_pem;
};

// Whom a client trusts. The server's name is checked in all three.
struct TrustSystem {};  // the operating system's certificate store
struct TrustCa {
    std::string ca_pem;
};  // one or more CA certificates
struct TrustPinnedCa {
    Sha256 pin;
};  // the CA, presented by the server, whose DER has this SHA-256
using Trust = std::variant<TrustSystem, TrustCa, TrustPinnedCa>;

class TlsContext {
  public:
    // With `client_ca_pem` a client certificate is asked for and must be of that CA when there is one;
    // whether a call needs one is for the server to decide (TlsStream::peer_certificate()).
    static Result<TlsContext> server(const TlsIdentity& identity, const std::string& client_ca_pem = {});
    // Without `identity` the client presents nothing.
    static Result<TlsContext> client(const Trust& trust, const TlsIdentity* identity = nullptr);

    SSL_CTX* get() const { return handle_.get(); }

  private:
    explicit TlsContext(TlsContextHandle handle) : handle_(std::move(handle)) {}
    TlsContextHandle handle_;
    std::unique_ptr<Sha256> pin_;  // OpenSSL keeps its address, so it does not move with this object
};

}  // namespace modelward::wire
