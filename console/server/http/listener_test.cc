// SPDX-License-Identifier: Apache-2.0
// A port under pressure: too many connections, and checks that take their time.
#include "console/server/http/listener.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/read.hpp>
#include <future>
#include <thread>

#include "console/server/http/connection_limits.h"
#include "wire/certificate_authority.h"
#include "wire/https_client.h"

namespace modelward::console {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using SystemError = boost::system::error_code;

// "/live": a stream without an end whose check waits until it is released. All else: an empty answer.
class TestService final : public Service {
  public:
    ~TestService() override { release(); }
    asio::awaitable<std::size_t> body_limit(const Request&) override { co_return 1000; }
    asio::awaitable<Response> handle(Request request) override {
        Response response;
        if (request.path == "/live") {
            response.live = std::make_shared<LiveStream>();
            response.live->check_every = std::chrono::milliseconds(1);
            response.live->subscribe = [this](IncidentStream::Deliver deliver) {
                return stream_.subscribe(std::move(deliver));
            };
            response.live->still_allowed = [this] {
                checking.set_value();
                released_.wait();
                return false;
            };
        }
        co_return response;
    }
    asio::thread_pool& workers() override { return workers_; }
    void release() {
        if (!done_.exchange(true)) release_.set_value();
    }

    std::promise<void> checking;

  private:
    IncidentStream stream_;
    std::promise<void> release_;
    std::shared_future<void> released_ = release_.get_future().share();
    std::atomic<bool> done_ = false;
    asio::thread_pool workers_{1};
};

class ListenerTest : public testing::Test {
  protected:
    ListenerTest() {
        listener_->start();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~ListenerTest() override {
        service_.release();
        io_.stop();
        thread_.join();
        service_.workers().join();
    }
    tcp::socket connect() {
        tcp::socket socket(client_io_);
        socket.connect({asio::ip::address_v4::loopback(), listener_->port()});
        return socket;
    }
    // The console says nothing first: it hangs up on what it refuses and waits for a handshake from others.
    static bool is_refused(tcp::socket& socket, std::chrono::milliseconds patience) {
        const auto until = std::chrono::steady_clock::now() + patience;
        socket.non_blocking(true);
        char byte = 0;
        SystemError error;
        do {
            socket.read_some(asio::buffer(&byte, 1), error);
            if (error != asio::error::would_block) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        } while (std::chrono::steady_clock::now() < until);
        return false;
    }
    wire::HttpsClient client() {
        wire::HttpsClientOptions options{.host = "127.0.0.1", .port = std::to_string(listener_->port())};
        options.trust = wire::TrustCa{ca_.certificate().to_pem().value()};
        return wire::HttpsClient::create(std::move(options)).value();
    }

    const wire::CertificateAuthority ca_ = wire::CertificateAuthority::create("test", 10).value();
    const wire::TlsContext context_ = [this] {
        const auto key = wire::PrivateKey::generate_p256().value();
        const auto certificate = ca_.issue_server(key, {"127.0.0.1"}, 10).value();
        return wire::TlsContext::server({certificate.to_pem().value(), key.to_pem().value()}).value();
    }();
    TestService service_;
    asio::io_context io_;
    asio::io_context client_io_;
    std::unique_ptr<Listener> listener_ = Listener::open(io_, "127.0.0.1:0", context_, service_, 2).value();
    std::thread thread_;
};

TEST_F(ListenerTest, BeyondTheLimitConnectionsAreHungUpOnUntilOneEnds) {
    tcp::socket first = connect();
    tcp::socket second = connect();
    EXPECT_FALSE(is_refused(first, std::chrono::milliseconds(100)));
    EXPECT_FALSE(is_refused(second, std::chrono::milliseconds(100)));
    for (int i = 0; i < 3; ++i) {
        tcp::socket over = connect();
        EXPECT_TRUE(is_refused(over, std::chrono::seconds(30)));
    }
    first.close();
    bool taken = false;
    for (int i = 0; i < 100 && !taken; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        tcp::socket next = connect();
        taken = !is_refused(next, std::chrono::milliseconds(200));
    }
    EXPECT_TRUE(taken);
}

// The check reads a database and may wait; the one I/O thread goes on serving others.
TEST_F(ListenerTest, ACheckOfAStreamThatTakesItsTimeHoldsUpNobodyElse) {
    std::thread watching([this] {
        wire::HttpsClient https = client();
        const auto ended = https.stream({.target = "/live"}, [](std::string_view) { return true; });
        EXPECT_TRUE(ended.has_value());
    });
    service_.checking.get_future().wait();
    wire::HttpsClient https = client();
    const auto answer = https.send({.target = "/"});
    EXPECT_TRUE(answer.has_value()) << answer.error().message();
    service_.release();
    watching.join();
}

TEST(ConnectionLimitsTest, LeaveDescriptorsForTheConsoleItself) {
    for (const std::uint64_t descriptors : {64u, 256u, 1024u, 4096u, 65'536u, 1'048'576u}) {
        const ConnectionLimits limits = connection_limits(descriptors);
        EXPECT_GT(limits.people, 0) << descriptors;
        EXPECT_GT(limits.agents, limits.people) << descriptors;
        const auto both = static_cast<std::uint64_t>(limits.people + limits.agents);
        EXPECT_GE(descriptors - both, std::min<std::uint64_t>(1024, descriptors / 2)) << descriptors;
    }
    EXPECT_EQ(connection_limits(65'536).agents, 50'000) << "what the unit's LimitNOFILE is for";
}

}  // namespace
}  // namespace modelward::console
