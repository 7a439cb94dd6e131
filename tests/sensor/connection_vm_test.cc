// SPDX-License-Identifier: Apache-2.0
// A process that receives from a tainted one over loopback carries on what it sent.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <vector>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using ConnectionTest = SensorTest;

const std::string kTarget = std::string(kStick) + "/stolen";

int try_stick() {
    const int result = outcome(::open(kTarget.c_str(), O_WRONLY | O_CREAT, 0600));
    ::unlink(kTarget.c_str());
    return result;
}

struct Way {
    const char* name;
    int type;
    const char* listen;
    const char* send;  // as the sender calls it
    bool connect;
    std::uint16_t port = 0;  // any
};

sockaddr_in6 address_of(const char* host, std::uint16_t port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = port;
    ::inet_pton(AF_INET6, host, &address.sin6_addr);
    return address;
}

constexpr std::size_t kPart = kMinFlow / 8;

int send_parts(const std::string& model, bool tainted, const Way& way, std::uint16_t port,
               std::size_t bytes) {
    const sockaddr_in6 to = address_of(way.send, port);
    const auto* name = reinterpret_cast<const sockaddr*>(&to);
    const int socket = ::socket(AF_INET6, way.type, 0);
    if (way.connect && ::connect(socket, name, sizeof to) != 0) return 210;
    if (tainted && !read_model(model)) return 211;
    const std::vector<char> block(kPart, 'w');
    for (std::size_t left = bytes; left > 0;) {
        const std::size_t part = std::min(left, kPart);
        const auto sent = way.connect ? ::send(socket, block.data(), part, 0)
                                      : ::sendto(socket, block.data(), part, 0, name, sizeof to);
        if (sent != static_cast<ssize_t>(part)) return 212;
        left -= part;
    }
    return 0;
}

// In a child: receives all of it, then goes to the stick.
int receive(const std::string& model, bool tainted, const Way& way, std::size_t bytes) {
    return in_child([&] {
        const int listener = ::socket(AF_INET6, way.type, 0);
        sockaddr_in6 own = address_of(way.listen, htons(way.port));
        socklen_t length = sizeof own;
        const int megabyte = 1 << 20;
        ::setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, &megabyte, sizeof megabyte);
        if (::bind(listener, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) return 220;
        if (way.type == SOCK_STREAM && ::listen(listener, 1) != 0) return 221;
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&own), &length);
        const pid_t sender = ::fork();
        if (sender == 0) ::_exit(send_parts(model, tainted, way, own.sin6_port, bytes));
        const int socket = way.type == SOCK_STREAM ? ::accept(listener, nullptr, nullptr) : listener;
        std::vector<char> buffer(kPart);
        for (std::size_t got = 0; got < bytes;) {
            const ssize_t part = ::recv(socket, buffer.data(), buffer.size(), 0);
            if (part <= 0) return 222;
            got += static_cast<std::size_t>(part);
        }
        int status = 0;
        ::waitpid(sender, &status, 0);
        return status == 0 ? try_stick() : 223;
    });
}

TEST_F(ConnectionTest, AReceiverOnThisHostIsTaintedPastMinFlow) {
    const std::string model = make_model("model");
    const Way ways[] = {
        {"TCP over IPv4", SOCK_STREAM, "::ffff:127.0.0.1", "::ffff:127.0.0.1", true},
        {"TCP over IPv6", SOCK_STREAM, "::1", "::1", true},
        {"TCP to all addresses", SOCK_STREAM, "::", "::ffff:127.0.0.1", true},
        {"UDP", SOCK_DGRAM, "::ffff:127.0.0.1", "::ffff:127.0.0.1", true},
        {"UDP to all addresses, not connected", SOCK_DGRAM, "::", "::ffff:127.0.0.1", false},
    };
    auto policy = test_policy("network of connections");
    policy.operation_rules[2].reset();
    ASSERT_TRUE(sensor->apply(policy, ++version));
    for (const auto& way : ways) {
        EXPECT_EQ(receive(model, false, way, kMinFlow), 0) << way.name;
        EXPECT_EQ(receive(model, true, way, kMinFlow - 1), 0) << way.name;
        EXPECT_EQ(receive(model, true, way, kMinFlow), EPERM) << way.name;
    }
}

// In a child: connects to `listener`, whose other end breaks the connection off, and goes on writing.
int write_to_what_is_broken_off(const std::string& model, int listener, const sockaddr_in6& to) {
    return in_child([&] {
        const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 200;
        const int other_end = ::accept(listener, nullptr, nullptr);
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(other_end, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(other_end);
        if (!read_model(model)) return 201;
        const std::vector<char> block(2 * kMinFlow, 'w');
        if (::send(socket, block.data(), block.size(), MSG_NOSIGNAL) >= 0)
            return 202;  // takes note of the reset
        return outcome(::send(socket, block.data(), block.size(), MSG_NOSIGNAL));
    });
}

// The next one who is served would carry what never came.
TEST_F(ConnectionTest, WhatIsWrittenToAConnectionThatWasBrokenOffTaintsNobody) {
    const std::string model = make_model("model");
    auto policy = test_policy("network of connections");
    policy.operation_rules[2].reset();
    ASSERT_TRUE(sensor->apply(policy, ++version));
    const int listener = ::socket(AF_INET6, SOCK_STREAM, 0);
    sockaddr_in6 to = address_of("::1", 0);
    socklen_t length = sizeof to;
    ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    ASSERT_EQ(::listen(listener, 1), 0);
    ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&to), &length), 0);
    ASSERT_EQ(write_to_what_is_broken_off(model, listener, to), EPIPE);
    EXPECT_EQ(in_child([&] {
                  const Way way{"TCP over IPv6", SOCK_STREAM, "::1", "::1", true};
                  const pid_t sender = ::fork();
                  if (sender == 0) ::_exit(send_parts(model, false, way, to.sin6_port, kPart));
                  const int socket = ::accept(listener, nullptr, nullptr);
                  std::vector<char> buffer(kPart);
                  if (::recv(socket, buffer.data(), buffer.size(), 0) <= 0) return 222;
                  ::waitpid(sender, nullptr, 0);
                  return try_stick();
              }),
              0);
    ::close(listener);
}

constexpr std::uint16_t kDomainPort = 53;

TEST_F(ConnectionTest, AResolverOnThisHostIsNot) {
    const std::string model = make_model("model");
    auto policy = test_policy("questions to a resolver");
    policy.operation_rules[2].reset();
    ASSERT_TRUE(sensor->apply(policy, ++version));
    for (const auto& way :
         {Way{"UDP", SOCK_DGRAM, "::ffff:127.0.0.1", "::ffff:127.0.0.1", true, kDomainPort},
          Way{"UDP, not connected", SOCK_DGRAM, "::", "::ffff:127.0.0.53", false, kDomainPort}})
        EXPECT_EQ(receive(model, true, way, 2 * kMinFlow), 0) << way.name;
}

TEST_F(ConnectionTest, WhatAResolverOnThisHostIsAskedIsOnTheBudget) {
    const std::string model = make_model("model");
    const Way way{"UDP", SOCK_DGRAM, "::ffff:127.0.0.1", "::ffff:127.0.0.1", true, kDomainPort};
    const auto ask = [&](std::size_t bytes) {
        return in_child([&] {
            const int listener = ::socket(AF_INET6, SOCK_DGRAM, 0);
            const sockaddr_in6 own = address_of(way.listen, htons(kDomainPort));
            if (::bind(listener, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) return 220;
            return send_parts(model, true, way, own.sin6_port, bytes);
        });
    };
    fresh_network_budget();
    EXPECT_EQ(ask(kNetworkBudget), 0);
    EXPECT_EQ(ask(kPart), 212) << "beyond the budget";
}

}  // namespace

}  // namespace modelward::testing
