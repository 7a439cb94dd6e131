// SPDX-License-Identifier: Apache-2.0
// What a closed stream does not do: touch the file that got its descriptor's number.
#include "wire/tls_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

#include "base/testing/temporary_directory.h"
#include "wire/certificate_authority.h"

namespace modelward::wire {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using SystemError = boost::system::error_code;

class TlsStreamTest : public testing::Test {
  protected:
    void SetUp() override {
        tcp::acceptor acceptor(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        tcp::socket here(io_);
        here.connect(acceptor.local_endpoint());
        tcp::socket there = acceptor.accept();
        server_.emplace(std::move(there), server_context_, TlsStream::Role::kServer);
        client_.emplace(std::move(here), client_context_, TlsStream::Role::kClient);
        ASSERT_TRUE(client_->expect_server("127.0.0.1").has_value());
        int done = 0;
        for (TlsStream* stream : {&*server_, &*client_})
            stream->async_handshake([&done](SystemError error) { done += error ? 0 : 1; });
        run();
        ASSERT_EQ(done, 2);
    }
    void run() {
        io_.restart();
        io_.run();
    }
    // Closes the server's side and gives its number to a new file.
    void close_and_reuse_number() {
        const int number = server_->socket().native_handle();
        server_->close();
        const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        ASSERT_EQ(::write(file, "mine", 4), 4);
        ASSERT_EQ(::lseek(file, 0, SEEK_SET), 0);
        if (file != number) {
            ASSERT_EQ(::dup2(file, number), number);
            ::close(file);
        }
        number_ = number;
    }
    void TearDown() override {
        if (number_ >= 0) ::close(number_);
    }
    std::string content() const {
        std::array<char, 1000> bytes{};
        const ssize_t count = ::pread(number_, bytes.data(), bytes.size(), 0);
        return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

    TemporaryDirectory directory_;
    const std::filesystem::path path_ = directory_.path() / "file";
    int number_ = -1;
    const CertificateAuthority ca_ = CertificateAuthority::create("Modelward test", 10).value();
    TlsContext server_context_ = [this] {
        const PrivateKey key = PrivateKey::generate_p256().value();
        const Certificate certificate = ca_.issue_server(key, {"127.0.0.1"}, 10).value();
        return TlsContext::server({certificate.to_pem().value(), key.to_pem().value()}).value();
    }();
    TlsContext client_context_ =
        TlsContext::client(TrustCa{ca_.certificate().to_pem().value()}, nullptr).value();
    asio::io_context io_;
    std::optional<TlsStream> server_;
    std::optional<TlsStream> client_;
};

TEST_F(TlsStreamTest, AWriteAfterCloseIsAbortedAndReachesNoOtherFile) {
    close_and_reuse_number();
    SystemError outcome;
    asio::async_write(*server_, asio::buffer("secret", 6),
                      [&outcome](SystemError error, std::size_t) { outcome = error; });
    run();
    EXPECT_EQ(outcome, asio::error::operation_aborted);
    EXPECT_EQ(content(), "mine");
}

TEST_F(TlsStreamTest, AReadAfterCloseIsAbortedAndTakesNothingFromAnotherFile) {
    close_and_reuse_number();
    SystemError outcome;
    std::array<char, 100> block{};
    server_->async_read_some(asio::buffer(block),
                             [&outcome](SystemError error, std::size_t) { outcome = error; });
    run();
    EXPECT_EQ(outcome, asio::error::operation_aborted);
    EXPECT_EQ(::lseek(number_, 0, SEEK_CUR), 0) << "nothing was read";
}

TEST_F(TlsStreamTest, ACloseNotifyAfterCloseReachesNoOtherFile) {
    close_and_reuse_number();
    server_->send_close_notify();
    EXPECT_EQ(content(), "mine");
}

}  // namespace
}  // namespace modelward::wire
