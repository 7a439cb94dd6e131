// SPDX-License-Identifier: Apache-2.0
// The budget of an unapproved destination is exact: to the byte, whatever system call carries it.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>
#include <thread>
#include <vector>

#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using NetworkTest = SensorTest;

constexpr std::size_t kBlock = 16 * 1024;

sockaddr_in address_of(const char* host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

// Listens on loopback and counts what arrives, in the (exempt) test process.
class Receiver {
  public:
    Receiver(const char* host, int type) : socket_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = address_of(host, 0);
        socklen_t length = sizeof address;
        const int megabytes = 4 << 20;
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &megabytes, sizeof megabytes);
        ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        if (type == SOCK_STREAM) ::listen(socket_.get(), 8);
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length);
        address_ = address;
    }

    const sockaddr_in& address() const { return address_; }

    // Takes one connection to its end, while the sender runs.
    std::uint64_t count_stream() const {
        const UniqueFd peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        return drain(peer.get(), 0);
    }
    std::uint64_t count_datagrams() const { return drain(socket_.get(), MSG_DONTWAIT); }

  private:
    static std::uint64_t drain(int fd, int flags) {
        std::vector<char> buffer(1 << 16);
        std::uint64_t total = 0;
        ssize_t got;
        while ((got = ::recv(fd, buffer.data(), buffer.size(), flags)) > 0)
            total += static_cast<std::uint64_t>(got);
        return total;
    }

    UniqueFd socket_;
    sockaddr_in address_{};
};

// In the child: connects, becomes tainted, then sends until refused or `limit` bytes are out; returns the
// errno.
using SendBlock = std::function<ssize_t(int socket, int model)>;

int send_until_refused(const std::string& model, const sockaddr_in& to, const SendBlock& send,
                       std::size_t limit) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const int file = ::open(model.c_str(), O_RDONLY);
    if (file < 0) return 200;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 201;
    for (std::size_t sent = 0; sent < limit;) {
        const ssize_t result = send(socket, file);
        if (result < 0) return errno;
        if (result == 0) return 202;
        sent += static_cast<std::size_t>(result);
    }
    return 0;
}

struct Outcome {
    int error;
    std::uint64_t received;
};

Outcome steal_over_tcp(const char* host, const std::string& model, const SendBlock& send,
                       std::size_t limit = kModelBytes) {
    const Receiver receiver(host, SOCK_STREAM);
    std::uint64_t received = 0;
    std::thread counter([&] { received = receiver.count_stream(); });
    const int error = in_child([&] { return send_until_refused(model, receiver.address(), send, limit); });
    counter.join();
    return {error, received};
}

char block[kBlock];

const std::pair<const char*, SendBlock> kWays[] = {
    {"send", [](int socket, int) { return ::send(socket, block, kBlock, 0); }},
    {"write", [](int socket, int) { return ::write(socket, block, kBlock); }},
    {"writev",
     [](int socket, int) {
         iovec parts[] = {{block, kBlock / 2}, {block, kBlock / 2}};
         return ::writev(socket, parts, 2);
     }},
    {"sendmsg",
     [](int socket, int) {
         iovec part{block, kBlock};
         msghdr message{};
         message.msg_iov = &part;
         message.msg_iovlen = 1;
         return ::sendmsg(socket, &message, 0);
     }},
    {"sendfile", [](int socket, int file) { return ::sendfile(socket, file, nullptr, kBlock); }},
    {"splice",
     [](int socket, int file) {
         static int ends[2] = {-1, -1};
         if (ends[0] < 0 && ::pipe(ends) != 0) return ssize_t{-1};
         if (::splice(file, nullptr, ends[1], nullptr, kBlock, 0) != ssize_t{kBlock}) return ssize_t{0};
         return ::splice(ends[0], nullptr, socket, nullptr, kBlock, 0);
     }},
};

TEST_F(NetworkTest, TheBudgetIsExactForEveryWayOfSending) {
    const std::string model = make_model("model");
    for (const auto& [name, send] : kWays) {
        fresh_network_budget();
        const auto outcome = steal_over_tcp(kUnapproved, model, send);
        EXPECT_EQ(outcome.error, EPERM) << name;
        EXPECT_EQ(outcome.received, kNetworkBudget) << name;
    }
}

TEST_F(NetworkTest, AnApprovedDestinationIsFree) {
    const std::string model = make_model("model");
    for (const auto& [name, send] : kWays) {
        const auto outcome = steal_over_tcp(kApproved, model, send);
        EXPECT_EQ(outcome.error, 0) << name;
        EXPECT_EQ(outcome.received, kModelBytes) << name;
    }
}

TEST_F(NetworkTest, AnUntaintedSenderIsFree) {
    const std::string plain = make_plain("plain");
    const auto outcome = steal_over_tcp(kUnapproved, plain, kWays[0].second);
    EXPECT_EQ(outcome.error, 0);
    EXPECT_EQ(outcome.received, kModelBytes);
}

TEST_F(NetworkTest, AFewMetricsPass) {
    const std::string model = make_model("model");
    const auto outcome = steal_over_tcp(kUnapproved, model, kWays[0].second, 100 * 1024);
    EXPECT_EQ(outcome.error, 0);
}

// One process after another: the meter belongs to the rule and the user.
TEST_F(NetworkTest, ManyShortProcessesShareOneBudget) {
    const std::string model = make_model("model");
    std::uint64_t received = 0;
    int refused = 0;
    for (int i = 0; i < 6; ++i) {
        const auto outcome = steal_over_tcp(kUnapproved, model, kWays[0].second, kNetworkBudget / 4);
        received += outcome.received;
        refused += outcome.error == EPERM;
    }
    EXPECT_EQ(received, kNetworkBudget);
    EXPECT_EQ(refused, 2);
}

TEST_F(NetworkTest, ThreadsThatSendAtOnceGetNoMoreBetweenThem) {
    const std::string model = make_model("model");
    const Receiver receiver(kUnapproved, SOCK_DGRAM);
    const auto missed_before = counter("hook_missed");
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  std::vector<std::thread> threads;
                  for (int i = 0; i < 8; ++i)
                      threads.emplace_back([&] {
                          const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
                          const auto& to = receiver.address();
                          while (::sendto(socket, block, 1000, 0, reinterpret_cast<const sockaddr*>(&to),
                                          sizeof to) == 1000) {
                          }
                      });
                  for (auto& thread : threads)
                      thread.join();
                  return 0;
              }),
              0);
    // A kernel that preempts itself may skip a program; then it is known how often, and so how much passed.
    const auto received = receiver.count_datagrams(), budget = kNetworkBudget / 1000 * 1000;
    EXPECT_GE(received, budget);
    EXPECT_LE(received, budget + (counter("hook_missed") - missed_before) * 1000);
}

TEST_F(NetworkTest, DatagramsAreJudgedByWhereEachGoes) {
    const std::string model = make_model("model");
    const Receiver bad(kUnapproved, SOCK_DGRAM), good(kApproved, SOCK_DGRAM);
    EXPECT_EQ(
        in_child([&] {
            if (!read_model(model)) return 200;
            const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
            // Connected to the approved one: the address of each message counts.
            ::connect(socket, reinterpret_cast<const sockaddr*>(&good.address()), sizeof(sockaddr_in));
            for (int i = 0; i < 400; ++i) {
                if (::send(socket, block, 1024, 0) != 1024) return 201;
                const auto& to = bad.address();
                if (::sendto(socket, block, 1024, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
                    return errno;
            }
            return 0;
        }),
        EPERM);
    EXPECT_EQ(bad.count_datagrams(), kNetworkBudget);
    EXPECT_EQ(good.count_datagrams(), kNetworkBudget + 1024);
}

// A tainted child sends blocks of 1 KiB by `send`, until one is refused.
int send_datagrams(const std::string& model, int socket, const std::function<ssize_t(int socket)>& send) {
    if (!read_model(model)) return 200;
    for (int i = 0; i < 2000; ++i)
        if (send(socket) < 0) return errno;
    return 0;
}

TEST_F(NetworkTest, ANameWithoutAFamilyDoesNotHideWhereAnIpv6SocketIsConnected) {
    const std::string model = make_model("model");
    const UniqueFd receiver(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in6 bad{};
    bad.sin6_family = AF_INET6;
    bad.sin6_addr = in6addr_loopback;
    socklen_t length = sizeof bad;
    ASSERT_EQ(::bind(receiver.get(), reinterpret_cast<const sockaddr*>(&bad), sizeof bad), 0);
    ASSERT_EQ(::getsockname(receiver.get(), reinterpret_cast<sockaddr*>(&bad), &length), 0);
    sockaddr_in good = address_of(kApproved, 9);
    good.sin_family = AF_UNSPEC;
    std::uint64_t received = 0;
    EXPECT_EQ(in_child([&] {
                  const int socket = ::socket(AF_INET6, SOCK_DGRAM, 0);
                  if (::connect(socket, reinterpret_cast<const sockaddr*>(&bad), sizeof bad) != 0) return 201;
                  return send_datagrams(model, socket, [&](int from) {
                      return ::sendto(from, block, 1024, 0, reinterpret_cast<const sockaddr*>(&good),
                                      sizeof good);
                  });
              }),
              EPERM);
    for (ssize_t got; (got = ::recv(receiver.get(), block, sizeof block, 0)) > 0;)
        received += static_cast<std::uint64_t>(got);
    EXPECT_LE(received, kNetworkBudget);
}

TEST_F(NetworkTest, ADatagramInPartsGoesWhereItsFirstPartWent) {
    const std::string model = make_model("model");
    for (const bool by_option : {false, true}) {
        fresh_network_budget();
        const Receiver bad(kUnapproved, SOCK_DGRAM), good(kApproved, SOCK_DGRAM);
        const auto send_part = [&](int socket, const Receiver& to, std::size_t bytes, int flags) {
            return ::sendto(socket, block, bytes, by_option ? 0 : flags,
                            reinterpret_cast<const sockaddr*>(&to.address()), sizeof(sockaddr_in));
        };
        const auto set_cork = [&](int socket, int on) {
            if (by_option) ::setsockopt(socket, IPPROTO_UDP, UDP_CORK, &on, sizeof on);
        };
        EXPECT_EQ(in_child([&] {
                      return send_datagrams(model, ::socket(AF_INET, SOCK_DGRAM, 0), [&](int socket) {
                          set_cork(socket, 1);
                          ssize_t sent = send_part(socket, bad, 1, MSG_MORE);
                          if (sent == 1) sent = send_part(socket, good, kBlock, 0);
                          const int error = errno;
                          set_cork(socket, 0);
                          errno = error;
                          return sent;
                      });
                  }),
                  EPERM);
        EXPECT_LE(bad.count_datagrams(), kNetworkBudget) << by_option;
        EXPECT_EQ(good.count_datagrams(), 0u) << by_option;
    }
}

// Until 6.4 a splice is charged on a hook that a later send(2) does not pass.
TEST_F(NetworkTest, WhatASpliceHasPaidIsNoFreePassForALaterSend) {
    const std::string model = make_model("model");
    const auto outcome = steal_over_tcp(kUnapproved, model, [splice = kWays[5].second](int socket, int file) {
        const ssize_t spliced = splice(socket, file);
        if (spliced < 0) return spliced;
        const ssize_t sent = ::send(socket, block, kBlock, 0);
        return sent < 0 ? sent : spliced + sent;
    });
    EXPECT_EQ(outcome.error, EPERM);
    EXPECT_LE(outcome.received, kNetworkBudget);
}

TEST_F(NetworkTest, WhatWasPaidForOneDestinationIsNotPaidForAnother) {
    const std::string model = make_model("model");
    const Receiver bad(kUnapproved, SOCK_DGRAM), good(kApproved, SOCK_DGRAM);
    const auto connect_to = [](int socket, const Receiver& to) {
        return ::connect(socket, reinterpret_cast<const sockaddr*>(&to.address()), sizeof(sockaddr_in));
    };
    EXPECT_EQ(in_child([&] {
                  const int file = ::open(model.c_str(), O_RDONLY);
                  return send_datagrams(model, ::socket(AF_INET, SOCK_DGRAM, 0), [&](int socket) {
                      off_t start = 0;
                      if (connect_to(socket, good) != 0) return ssize_t{-1};
                      ::sendfile(socket, file, &start, kBlock);
                      if (connect_to(socket, bad) != 0) return ssize_t{-1};
                      return ::send(socket, block, kBlock, 0);
                  });
              }),
              EPERM);
    EXPECT_LE(bad.count_datagrams(), kNetworkBudget);
}

// The kernel's login id of a session stays what it is over sudo and subordinate ids.
int send_as(const char* login, uid_t uid, const std::string& model, const Receiver& to, int blocks) {
    const UniqueFd id(::open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC));
    if (login && ::write(id.get(), login, std::strlen(login)) < 0) return 201;
    if (!read_model(model)) return 200;
    if (::setuid(uid) != 0) return 202;
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    for (int i = 0; i < blocks; ++i)
        if (::sendto(socket, block, kBlock, 0, reinterpret_cast<const sockaddr*>(&to.address()),
                     sizeof(sockaddr_in)) < 0)
            return errno;
    return 0;
}

TEST_F(NetworkTest, TheBudgetBelongsToWhoLoggedInWhateverUserTheyBecome) {
    const std::string model = make_model("model");
    const Receiver to(kUnapproved, SOCK_DGRAM);
    constexpr int kAll = kNetworkBudget / kBlock;
    const auto as = [&](const char* login, uid_t uid, int blocks) {
        return in_child([&] { return send_as(login, uid, model, to, blocks); });
    };
    EXPECT_EQ(as("4711", 0, kAll), 0);
    EXPECT_EQ(as("4711", 0, 1), EPERM);
    EXPECT_EQ(as("4711", 100000, 1), EPERM);
    EXPECT_EQ(as("4712", 0, 1), 0);
    EXPECT_EQ(as(nullptr, 100000, kAll), 0);
    EXPECT_EQ(as(nullptr, 100000, 1), EPERM);
}

TEST_F(NetworkTest, MappedAddressesAndFastOpenAreTheSameDestination) {
    const std::string model = make_model("model");
    const Receiver receiver(kUnapproved, SOCK_STREAM);
    std::vector<char> large(kNetworkBudget + 1);
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
                  sockaddr_in6 mapped{};
                  mapped.sin6_family = AF_INET6;
                  mapped.sin6_port = receiver.address().sin_port;
                  ::inet_pton(AF_INET6, "::ffff:127.0.0.2", &mapped.sin6_addr);
                  if (::connect(socket, reinterpret_cast<const sockaddr*>(&mapped), sizeof mapped) != 0)
                      return 201;
                  return outcome(::send(socket, large.data(), large.size(), 0));
              }),
              EPERM);
    EXPECT_EQ(in_child([&] {
                  if (!read_model(model)) return 200;
                  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
                  const auto& to = receiver.address();
                  return outcome(::sendto(socket, large.data(), large.size(), MSG_FASTOPEN,
                                          reinterpret_cast<const sockaddr*>(&to), sizeof to));
              }),
              EPERM);
}

TEST_F(NetworkTest, TheReportNamesTheDestination) {
    const std::string model = make_model("model");
    (void)events();
    ASSERT_EQ(steal_over_tcp(kUnapproved, model, kWays[0].second).error, EPERM);
    const auto seen = events();
    ASSERT_FALSE(seen.empty());
    const auto& block_event = seen.back();
    EXPECT_EQ(block_event.point, rules::Operation::kNetwork);
    EXPECT_EQ(block_event.operation, agent::KernelOperation::kSend);
    EXPECT_EQ(block_event.rule_index, 2);
    EXPECT_EQ(block_event.ip_protocol, 6);
    EXPECT_NE(block_event.port, 0);
    const std::array<std::uint8_t, 16> expected{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2};
    EXPECT_EQ(block_event.address, expected);
    EXPECT_EQ(block_event.bytes_metered, kNetworkBudget);
    EXPECT_EQ(block_event.bytes_requested, kBlock);
}

}  // namespace

}  // namespace modelward::testing
