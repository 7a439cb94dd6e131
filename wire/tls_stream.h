// SPDX-License-Identifier: Apache-2.0
// TLS over an Asio socket. OpenSSL reads and writes the socket itself (SSL_set_fd) and Asio only waits for it
// to be ready: no BIO pair, no second buffer, about a quarter of the memory of asio::ssl for an idle
// connection.
//
// Meets AsyncReadStream and AsyncWriteStream, so Beast runs on it. One read and one write may be under way at
// a time, both on the socket's executor (a strand when the context has several threads). To end an operation
// early, call cancel() or close(): it completes with operation_aborted, and
// so does every operation that is started after close().
#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <string>
#include <vector>

#include "wire/certificate.h"
#include "wire/tls_context.h"

namespace modelward::wire {

// Errors of TLS itself; the value is OpenSSL's packed error code.
const boost::system::error_category& tls_category();

class TlsStream {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;
    using ErrorCode = boost::system::error_code;

    enum class Role { kClient, kServer };
    // `context` must outlive the stream.
    TlsStream(Socket socket, const TlsContext& context, Role role);

    // Client: the name to ask for and to check the certificate against; a host name or an IP address.
    Result<void> expect_server(const std::string& name);

    executor_type get_executor() { return socket_.get_executor(); }
    Socket& socket() { return socket_; }
    void close();                                         // the socket; safe to call twice
    void send_close_notify();                             // one try, does not wait
    std::optional<Certificate> peer_certificate() const;  // a copy; nothing when the peer sent none
    std::string verification_failure() const;  // why the peer's certificate was refused; empty: it was not

    // Signature void(error_code).
    template <typename Token>
    auto async_handshake(Token&& token) {
        return boost::asio::async_compose<Token, void(ErrorCode)>(Operation<Handshake>{this, {}}, token,
                                                                  socket_);
    }

    // Signature void(error_code, size_t). eof when the peer closed the connection properly.
    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        const auto buffer = first_of(buffers);
        return boost::asio::async_compose<Token, void(ErrorCode, std::size_t)>(
            Operation<boost::asio::mutable_buffer>{this, buffer}, token, socket_);
    }

    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        const auto buffer = gather(buffers);
        return boost::asio::async_compose<Token, void(ErrorCode, std::size_t)>(
            Operation<boost::asio::const_buffer>{this, buffer}, token, socket_);
    }

  private:
    struct Step {
        enum class Wait { kNone, kReadable, kWritable } wait = Wait::kNone;
        ErrorCode error;
        std::size_t bytes = 0;
    };
    struct Handshake {};
    Step attempt(Handshake);
    Step attempt(boost::asio::mutable_buffer buffer);
    Step attempt(boost::asio::const_buffer buffer);
    Step judge(int result, std::size_t bytes);

    // The first buffer with room in it: "some" may be less than all.
    template <typename Buffers>
    static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
            if (boost::asio::mutable_buffer buffer(*at); buffer.size() > 0) return buffer;
        }
        return {};
    }

    // One TLS record's worth in one piece. Beast hands a header over in many small buffers; each would become
    // a record and a packet of its own.
    template <typename Buffers>
    boost::asio::const_buffer gather(const Buffers& buffers) {
        constexpr std::size_t kRecordBytes = 16384;  // RFC 8446 section 5.1
        const auto begin = boost::asio::buffer_sequence_begin(buffers);
        const auto end = boost::asio::buffer_sequence_end(buffers);
        if (begin == end) return {};
        const boost::asio::const_buffer first(*begin);
        if (first.size() >= kRecordBytes || std::next(begin) == end) return first;
        staging_.resize(std::min(kRecordBytes, boost::asio::buffer_size(buffers)));
        boost::asio::buffer_copy(boost::asio::buffer(staging_), buffers);
        return boost::asio::const_buffer(staging_.data(), staging_.size());
    }

    // Tries, waits until the socket is ready, tries again. `What` is Handshake or the buffer to read or
    // write.
    template <typename What>
    struct Operation {
        TlsStream* stream;
        What what;
        bool waited = false;

        template <typename Self>
        void operator()(Self& self, ErrorCode error = {}) {
            // OpenSSL knows the number of the descriptor only, and after close() that may be another file's.
            if (!error && !stream->socket_.is_open()) error = boost::asio::error::operation_aborted;
            Step step{Step::Wait::kNone, error, 0};
            if (!error) step = stream->attempt(what);
            if (step.wait != Step::Wait::kNone) {
                waited = true;  // before the move: `self` holds this object
                Socket& socket = stream->socket_;
                const auto ready =
                    step.wait == Step::Wait::kReadable ? Socket::wait_read : Socket::wait_write;
                return socket.async_wait(ready, std::move(self));
            }
            if (waited) return finish(self, step);
            // A handler must not run inside the call that started its operation.
            const auto executor = stream->socket_.get_executor();
            boost::asio::post(executor, [moved = std::move(self), step]() mutable { finish(moved, step); });
        }

        template <typename Self>
        static void finish(Self& self, const Step& step) {
            if constexpr (std::is_same_v<What, Handshake>) {
                self.complete(step.error);
            } else {
                self.complete(step.error, step.bytes);
            }
        }
    };

    Socket socket_;
    TlsHandle tls_;
    std::vector<char> staging_;
};

}  // namespace modelward::wire
