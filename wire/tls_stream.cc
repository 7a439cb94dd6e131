// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_stream.h"

#include <openssl/err.h>

#include <boost/asio/error.hpp>
#include <cerrno>

#include "wire/openssl_error.h"

namespace modelward::wire {
namespace {

// error_category is never destroyed through its base: the one object is static.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class TlsCategory final : public boost::system::error_category {
  public:
    const char* name() const noexcept override { return "tls"; }
    std::string message(int value) const override {
        const char* reason = ERR_reason_error_string(static_cast<unsigned int>(value));
        return reason == nullptr ? "unknown TLS error" : reason;
    }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& tls_category() {
    static const TlsCategory category;
    return category;
}

TlsStream::TlsStream(Socket socket, const TlsContext& context, Role role)
    : socket_(std::move(socket)), tls_(SSL_new(context.get())) {
    ErrorCode ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    SSL_set_fd(tls_.get(), socket_.native_handle());
    role == Role::kServer ? SSL_set_accept_state(tls_.get()) : SSL_set_connect_state(tls_.get());
}

Result<void> TlsStream::expect_server(const std::string& name) {
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls_.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1) return {};
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(tls_.get(), name.c_str()) != 1 ||
        SSL_set_tlsext_host_name(tls_.get(), name.c_str()) != 1) {
        return fail_openssl(modelward::ErrorCode::kInvalid, "'" + name + "' cannot be the name of a server");
    }
    return {};
}

void TlsStream::close() {
    ErrorCode ignored;
    socket_.close(ignored);
}

void TlsStream::send_close_notify() {
    ERR_clear_error();
    if (socket_.is_open()) SSL_shutdown(tls_.get());
    ERR_clear_error();
}

std::optional<Certificate> TlsStream::peer_certificate() const {
    X509* certificate = SSL_get1_peer_certificate(tls_.get());
    if (certificate == nullptr) return std::nullopt;
    return Certificate(CertificateHandle(certificate));
}

std::string TlsStream::verification_failure() const {
    const long verdict = SSL_get_verify_result(tls_.get());
    return verdict == X509_V_OK ? std::string() : X509_verify_cert_error_string(verdict);
}

TlsStream::Step TlsStream::attempt(Handshake) {
    ERR_clear_error();
    return judge(SSL_do_handshake(tls_.get()), 0);
}

TlsStream::Step TlsStream::attempt(boost::asio::mutable_buffer buffer) {
    if (buffer.size() == 0) return {};
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &bytes);
    return judge(result, bytes);
}

TlsStream::Step TlsStream::attempt(boost::asio::const_buffer buffer) {
    if (buffer.size() == 0) return {};
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_write_ex(tls_.get(), buffer.data(), buffer.size(), &bytes);
    return judge(result, bytes);
}

TlsStream::Step TlsStream::judge(int result, std::size_t bytes) {
    const int saved_errno = errno;
    if (result == 1) return {Step::Wait::kNone, {}, bytes};
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {Step::Wait::kReadable, {}, 0};
        case SSL_ERROR_WANT_WRITE:
            return {Step::Wait::kWritable, {}, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {Step::Wait::kNone, boost::asio::error::eof, 0};
        case SSL_ERROR_SYSCALL:
            if (saved_errno == 0) return {Step::Wait::kNone, boost::asio::error::connection_reset, 0};
            return {Step::Wait::kNone, ErrorCode(saved_errno, boost::system::system_category()), 0};
        default:
            break;
    }
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        return {Step::Wait::kNone, boost::asio::error::connection_reset, 0};
    }
    return {Step::Wait::kNone, ErrorCode(static_cast<int>(code), tls_category()), 0};
}

}  // namespace modelward::wire
