// SPDX-License-Identifier: Apache-2.0
#include "base/service_notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/testing/temporary_directory.h"
#include "base/unique_fd.h"

namespace modelward {
namespace {

TEST(ServiceNotify, SendsOneDatagramToTheNamedSocket) {
    const TemporaryDirectory directory;
    const std::string path = (directory.path() / "notify").string();
    const UniqueFd manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(path.size(), sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size());
    ASSERT_EQ(::bind(manager.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_service("READY=1");
    ::unsetenv("NOTIFY_SOCKET");
    std::array<char, 64> text{};
    const ssize_t length = ::recv(manager.get(), text.data(), text.size(), MSG_DONTWAIT);
    EXPECT_EQ(std::string(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0), "READY=1");
}

TEST(ServiceNotify, WithoutAServiceManagerNothingHappens) {
    ::unsetenv("NOTIFY_SOCKET");
    notify_service("READY=1");
    ::setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
    notify_service("READY=1");
    ::setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
    notify_service("READY=1");
    ::unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace modelward
