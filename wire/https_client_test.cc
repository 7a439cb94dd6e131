// SPDX-License-Identifier: Apache-2.0
// The client and the stream against a small server on a real socket.
#include "wire/https_client.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "wire/certificate_authority.h"
#include "wire/tls_stream.h"

namespace modelward::wire {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Serves connections one after the other; each gets the next of `answers`, one answer a request read. An
// empty answer means: hang up.
class Server {
  public:
    Server(TlsContext context, std::vector<std::vector<std::string>> answers)
        : context_(std::move(context)), answers_(std::move(answers)) {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~Server() {
        io_.stop();
        thread_.join();
    }
    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
    int requests = 0;  // valid once the client has its answers

  private:
    struct Connection {
        TlsStream stream;
        std::vector<std::string> answers;
        std::size_t next = 0;
        std::string received{};
        std::array<char, 65536> block{};
    };

    void accept() {
        acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error) return;
            auto answers =
                connections_ < answers_.size() ? answers_[connections_] : std::vector<std::string>();
            ++connections_;
            auto connection = std::make_shared<Connection>(Connection{
                TlsStream(std::move(socket), context_, TlsStream::Role::kServer), std::move(answers)});
            connection->stream.async_handshake([this, connection](boost::system::error_code failed) {
                if (!failed) serve(connection);
            });
            accept();
        });
    }
    void serve(const std::shared_ptr<Connection>& connection) {
        connection->stream.async_read_some(
            asio::buffer(connection->block),
            [this, connection](boost::system::error_code error, std::size_t bytes) {
                if (error || connection->next == connection->answers.size()) return;
                connection->received.append(connection->block.data(), bytes);
                if (connection->received.find("\r\n\r\n") == std::string::npos) return serve(connection);
                connection->received.clear();
                const std::string& answer = connection->answers[connection->next++];
                if (answer.empty()) return;
                asio::async_write(
                    connection->stream, asio::buffer(answer),
                    [this, connection](boost::system::error_code, std::size_t) { serve(connection); });
            });
    }

    TlsContext context_;
    std::vector<std::vector<std::string>> answers_;
    std::size_t connections_ = 0;
    asio::io_context io_;
    tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::thread thread_;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Kind: test\r\n\r\nok";

class HttpsClientTest : public testing::Test {
  protected:
    CertificateAuthority ca_ = CertificateAuthority::create("Modelward test", 10).value();

    TlsIdentity server_identity(const std::string& name) {
        const PrivateKey key = PrivateKey::generate_p256().value();
        const Certificate certificate = ca_.issue_server(key, {name}, 10).value();
        return {certificate.to_pem().value() + ca_.certificate().to_pem().value(), key.to_pem().value()};
    }
    TlsIdentity client_identity(const CertificateAuthority& ca) {
        const PrivateKey key = PrivateKey::generate_p256().value();
        const auto certificate = ca.issue_client(make_certificate_request(key).value(), "host-1", 10).value();
        return {certificate.to_pem().value(), key.to_pem().value()};
    }
    TlsContext server_context(const std::string& name = "127.0.0.1") {
        return TlsContext::server(server_identity(name), ca_.certificate().to_pem().value()).value();
    }
    HttpsClient client(const Server& server, Trust trust,
                       std::optional<TlsIdentity> identity = std::nullopt) {
        HttpsClientOptions options{.host = "127.0.0.1", .port = server.port(), .trust = std::move(trust)};
        options.identity = std::move(identity);
        options.max_response_bytes = 1000;
        return HttpsClient::create(std::move(options)).value();
    }
    Trust trust() { return TrustCa{ca_.certificate().to_pem().value()}; }
};

TEST_F(HttpsClientTest, KeepsItsConnection) {
    Server server(server_context(), {{kOk, kOk}});
    HttpsClient https = client(server, trust(), client_identity(ca_));
    for (int i = 0; i < 2; ++i) {
        const auto response =
            https.send({.method = "POST", .target = "/a", .headers = {{"X-A", "b"}}, .body = "c"});
        ASSERT_TRUE(response.has_value()) << response.error().message();
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->body, "ok");
        EXPECT_EQ(response->header("x-kind"), "test");
    }
}

TEST_F(HttpsClientTest, SendsAgainWhenAKeptConnectionWasClosed) {
    Server server(server_context(), {{kOk, ""}, {kOk}});
    HttpsClient https = client(server, trust());
    ASSERT_TRUE(https.send({}).has_value());
    const auto second = https.send({});
    ASSERT_TRUE(second.has_value()) << second.error().message();
    EXPECT_EQ(second->status, 200);
}

TEST_F(HttpsClientTest, AFreshConnectionThatIsLostIsUnavailable) {
    Server server(server_context(), {{""}, {kOk}});
    const auto response = client(server, trust()).send({});
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code(), ErrorCode::kUnavailable);
}

TEST_F(HttpsClientTest, ThePinnedCaIsTrustedAndNoOther) {
    Server server(server_context(), {{kOk}, {kOk}});
    const Sha256 pin = ca_.certificate().pin().value();
    EXPECT_TRUE(client(server, TrustPinnedCa{pin}).send({}).has_value());
    const auto refused = client(server, TrustPinnedCa{sha256("another")}).send({});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::kDenied);
}

TEST_F(HttpsClientTest, AServerOfAnotherNameOrAuthorityIsDenied) {
    Server misnamed(server_context("console.example"), {{kOk}, {kOk}});
    EXPECT_EQ(client(misnamed, trust()).send({}).error().code(), ErrorCode::kDenied);
    EXPECT_EQ(client(misnamed, TrustPinnedCa{ca_.certificate().pin().value()}).send({}).error().code(),
              ErrorCode::kDenied);
    Server server(server_context(), {{kOk}});
    const auto other = CertificateAuthority::create("Other", 10).value();
    EXPECT_EQ(client(server, TrustCa{other.certificate().to_pem().value()}).send({}).error().code(),
              ErrorCode::kDenied);
    EXPECT_EQ(client(server, TrustSystem{}).send({}).error().code(), ErrorCode::kDenied);
}

TEST_F(HttpsClientTest, AClientCertificateOfAnotherAuthorityIsRefusedByTheServer) {
    Server server(server_context(), {{kOk}});
    const auto other = CertificateAuthority::create("Other", 10).value();
    const auto response = client(server, trust(), client_identity(other)).send({});
    ASSERT_FALSE(response.has_value()) << "a TLS 1.3 client sees the handshake succeed first";
    EXPECT_EQ(response.error().code(), ErrorCode::kDenied) << response.error().message();
}

TEST_F(HttpsClientTest, LongAnswersAndNoiseAreErrors) {
    const std::string longer = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x');
    Server server(server_context(), {{longer}, {"noise\r\n\r\n"}});
    EXPECT_EQ(client(server, trust()).send({}).error().code(), ErrorCode::kLimit);
    EXPECT_EQ(client(server, trust()).send({}).error().code(), ErrorCode::kInvalid);
}

TEST_F(HttpsClientTest, NobodyListeningAndNobodyAnsweringAreUnavailable) {
    std::string port;
    {
        Server gone(server_context(), {});
        port = gone.port();
    }
    HttpsClientOptions options{.host = "127.0.0.1", .port = port, .trust = trust()};
    EXPECT_EQ(HttpsClient::create(options)->send({}).error().code(), ErrorCode::kUnavailable);
    asio::io_context io;
    const tcp::acceptor silent(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    options.port = std::to_string(silent.local_endpoint().port());
    options.connect_timeout = std::chrono::milliseconds(50);
    EXPECT_EQ(HttpsClient::create(options)->send({}).error().code(), ErrorCode::kUnavailable);
}

TEST_F(HttpsClientTest, StreamsUntilTheCallerHasEnough) {
    Server server(server_context(),
                  {{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n"}});
    std::string seen;
    const auto response = client(server, trust()).stream({}, [&seen](std::string_view bytes) {
        seen += bytes;
        return seen.find("\n\n") == std::string::npos;
    });
    ASSERT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->header("Content-Type"), "text/event-stream");
    EXPECT_EQ(seen, "data: one\n\n");
}

TEST(Endpoint, IsHostAndPort) {
    EXPECT_EQ(parse_endpoint("console.example:8443")->host, "console.example");
    EXPECT_EQ(parse_endpoint("[::1]:8443")->host, "::1");
    EXPECT_EQ(parse_endpoint("[::1]:8443")->port, "8443");
    for (const char* text : {"", "host", "host:", ":1", "host:port", "::1:8443", "host:123456"}) {
        EXPECT_FALSE(parse_endpoint(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace modelward::wire
