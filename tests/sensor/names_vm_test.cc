// SPDX-License-Identifier: Apache-2.0
// Network destinations by name: what a connection says (SNI, CONNECT) and what DNS answers said of its
// address. All rules here are written as people write them.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <thread>
#include <vector>

#include "agent/sensor/testing/name_packets.h"
#include "bpf/shared.h"
#include "rules/rules.h"
#include "tests/sensor/insider.h"
#include "tests/sensor/sensor_fixture.h"

namespace modelward::testing {

namespace {

using namespace agent::testing;

constexpr std::size_t kBlock = 16 * 1024;
constexpr std::uint64_t kProxyBudget = 4096;

const std::string kFirstAddress("\x7f\0\0\x02", 4);  // 127.0.0.2, where the receivers of these tests are

// 127.0.0.2 is also the proxy's.
rules::CompiledPolicy names_policy(std::uint64_t number, const std::string& detection,
                                   const std::string& action, const std::string& more) {
    rules::Pack pack;
    pack.classes = {"classes.yaml", "[{name: restricted, min_flow: 64KiB}]"};
    pack.rules = {
        {"rule.yaml",
         "title: Names\nid: 00000000-0000-4000-8000-0000000000" + std::to_string(10 + number % 90) +
             "\nlevel: high\nlogsource: {product: modelward, category: egress}\nmodelward:\n  action: " +
             action + "\n  message: Stopped.\n" + more +
             "detection:\n  s: {artifact.class: restricted, sink.kind: network}\n" + detection}};
    auto checked = rules::load_policy(pack);
    for (const auto& problem : checked.problems)
        ADD_FAILURE() << rules::to_string(problem);
    return std::move(checked.policy);
}

class NamesTest : public SensorTest {
  protected:
    void SetUp() override {
        SensorTest::SetUp();
        model_ = make_model("named");
        for (const char* name : {"socket_names", "address_names"})
            forget(name);
        trust("127.0.0.53");
    }

    void enforce(const std::string& detection, const std::string& action = "block",
                 const std::string& more = "") {
        ++version;
        const auto applied = sensor->apply(names_policy(version, detection, action, more), version);
        ASSERT_TRUE(applied) << applied.error().message();
    }
    void block(const std::string& names) {
        enforce("  n: {destination.domain" + names + "}\n  condition: s and n\n");
    }

    std::string model_;

  private:
    static void forget(const char* name);
    static void trust(const char* resolver);
};

void NamesTest::forget(const char* name) {
    const UniqueFd map(::bpf_obj_get((std::string("/sys/fs/bpf/modelward/maps/") + name).c_str()));
    ASSERT_TRUE(map);
    for (kernel::name_address key; ::bpf_map_get_next_key(map.get(), nullptr, &key) == 0;)
        ::bpf_map_delete_elem(map.get(), &key);
}

// The guest has no resolver that it could be configured to ask.
void NamesTest::trust(const char* resolver) {
    sensor->tend();  // which takes away whatever this host is not configured to ask
    const UniqueFd map(::bpf_obj_get("/sys/fs/bpf/modelward/maps/resolvers"));
    const rules::Address key = *rules::parse_address(resolver);
    const std::uint8_t yes = 1;
    ASSERT_EQ(::bpf_map_update_elem(map.get(), &key, &yes, BPF_ANY), 0);
}

sockaddr_in address_of(const char* host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

// Sends `first`, then blocks of nothing in particular, from a tainted process over one connection.
struct Upload {
    int error;               // of the send that was refused, or 0
    std::uint64_t received;  // by the other end
};

Upload upload(const std::string& model, const std::vector<std::string>& first, std::size_t limit = 1 << 20,
              const char* host = "127.0.0.2") {
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = address_of(host, 0);
    socklen_t length = sizeof address;
    ::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener.get(), 1);
    ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
    std::uint64_t received = 0;
    std::thread receiver([&] {
        const UniqueFd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::vector<char> buffer(1 << 16);
        ssize_t got;
        while ((got = ::recv(peer.get(), buffer.data(), buffer.size(), 0)) > 0)
            received += static_cast<std::uint64_t>(got);
    });
    const int error = in_child([&] {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        const int now = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 201;
        if (!read_model(model)) return 202;
        for (const auto& bytes : first)
            if (::send(socket, bytes.data(), bytes.size(), 0) < 0) return errno;
        static char block[kBlock];
        for (std::size_t sent = 0; sent < limit; sent += kBlock)
            if (::send(socket, block, kBlock, 0) < 0) return errno;
        return 0;
    });
    receiver.join();
    return {error, received};
}

// A DNS server on loopback answers one question of nobody in particular.
void answer(const std::string& message, const char* resolver = "127.0.0.53") {
    const UniqueFd server(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const UniqueFd asker(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const sockaddr_in from = address_of(resolver, 53);
    sockaddr_in to = address_of("127.0.0.1", 0);
    socklen_t length = sizeof to;
    ASSERT_EQ(::bind(server.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from), 0);
    ASSERT_EQ(::bind(asker.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    ::getsockname(asker.get(), reinterpret_cast<sockaddr*>(&to), &length);
    ASSERT_EQ(::sendto(server.get(), message.data(), message.size(), 0,
                       reinterpret_cast<const sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(message.size()));
    char got[2048];
    ASSERT_EQ(::recv(asker.get(), got, sizeof got, 0), static_cast<ssize_t>(message.size()));
}

std::string one_address(std::string_view name) {
    return dns_answer(name, {dns_record(kAskedName, 1, kFirstAddress)});
}

TEST_F(NamesTest, ASnisNameIsRefusedAfterItsClientHello) {
    block("|endswith: .example.com");
    const std::string hello = client_hello_for("Files.Example.COM");
    const auto refused = upload(model_, {hello});
    EXPECT_EQ(refused.error, EPERM);
    EXPECT_EQ(refused.received, hello.size());
    const auto seen = events();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().domain, "files.example.com");

    const std::string other = client_hello_for("example.com");
    const auto passed = upload(model_, {other});
    EXPECT_EQ(passed.error, 0);
    EXPECT_EQ(passed.received, (1 << 20) + other.size());
}

TEST_F(NamesTest, WithoutANameARuleOfNamesDoesNotHold) {
    block(": files.example.com");
    EXPECT_EQ(upload(model_, {}).error, 0);
    EXPECT_EQ(upload(model_, {"GET / HTTP/1.1\r\nHost: files.example.com\r\n\r\n"}).error, 0);
}

// The proxy goes to that name: what is said inside of the tunnel is not where the bytes go.
TEST_F(NamesTest, AProxyMayGoToNamesThatAreKnown) {
    enforce(
        "  proxy: {destination.ip: 127.0.0.2}\n  known: {destination.domain|endswith: .example.com}\n"
        "  condition: s and (not proxy or not known)\n",
        "block", "  budget: {bytes: 4KiB}\n");
    const std::string hello = client_hello_for("a.example.com");
    const auto refused = upload(model_, {"CONNECT bad.example.net:443 HTTP/1.1\r\n\r\n", hello});
    EXPECT_EQ(refused.error, EPERM);
    EXPECT_LE(refused.received, kProxyBudget);
    const auto passed =
        upload(model_, {"CONNECT a.example.com:443 HTTP/1.1\r\n\r\n", client_hello_for("bad.example.net")});
    EXPECT_EQ(passed.error, 0);
    EXPECT_GT(passed.received, 1u << 20);
    // Nothing that does not say a name goes through, and no other address.
    EXPECT_EQ(upload(model_, {}).error, EPERM);
    EXPECT_EQ(upload(model_, {"CONNECT a.example.com:443 HTTP/1.1\r\n\r\n"}, 1 << 20, "127.0.0.3").error,
              EPERM);
    answer(one_address("proxy.example.com"));
    EXPECT_EQ(upload(model_, {"POST http://bad.example.net/ HTTP/1.1\r\n\r\n"}).error, EPERM)
        << "the proxy's own name is not where the bytes go";
}

TEST_F(NamesTest, ADnsAnswerNamesItsAddresses) {
    block(": files.example.com");
    EXPECT_EQ(upload(model_, {}).error, 0);
    answer(dns_answer("files.example.com", {dns_record(kAskedName, 5, dns_name("cdn.example.net")),
                                            dns_record(dns_name("cdn.example.net"), 1, kFirstAddress)}));
    const auto refused = upload(model_, {});
    EXPECT_EQ(refused.error, EPERM);
    EXPECT_EQ(refused.received, 0u);
    const auto seen = events();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().domain, "files.example.com");
    EXPECT_EQ(upload(model_, {}, 1 << 20, "127.0.0.3").error, 0);
}

TEST_F(NamesTest, TheLastAnswerWins) {
    block(": files.example.com");
    answer(one_address("files.example.com"));
    answer(one_address("other.example.com"));
    EXPECT_EQ(upload(model_, {}).error, 0);
    answer(one_address("files.example.com"));
    EXPECT_EQ(upload(model_, {}).error, EPERM);
}

TEST_F(NamesTest, OnlyTheResolversOfThisHostNameAddresses) {
    block(": files.example.com");
    answer(one_address("files.example.com"), "127.0.0.54");
    EXPECT_EQ(upload(model_, {}).error, 0);
}

// In a network namespace of their own, anybody has the resolver's address.
TEST_F(NamesTest, AnAnswerInAnotherNetworkNamespaceNamesNothing) {
    block(": files.example.com");
    EXPECT_EQ(in_child([] {
                  if (::unshare(CLONE_NEWNET) != 0) return errno;
                  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
                  ifreq loopback{};
                  std::strcpy(loopback.ifr_name, "lo");
                  loopback.ifr_flags = IFF_UP;
                  if (::ioctl(socket.get(), SIOCSIFFLAGS, &loopback) != 0) return errno;
                  answer(one_address("files.example.com"));
                  return HasFailure() ? 201 : 0;
              }),
              0);
    EXPECT_EQ(upload(model_, {}).error, 0);
    answer(one_address("files.example.com"));
    EXPECT_EQ(upload(model_, {}).error, EPERM);
}

TEST_F(NamesTest, WhatASocketSaysGoesBeforeItsAddress) {
    block(": files.example.com");
    answer(one_address("files.example.com"));
    EXPECT_EQ(upload(model_, {}).error, EPERM);
    answer(one_address("shared.example.net"));
    EXPECT_EQ(upload(model_, {client_hello_for("files.example.com")}).error, EPERM);
}

TEST_F(NamesTest, MalformedPacketsChangeNothing) {
    block("|endswith: .example.com");
    const auto before = counter("name_unreadable");
    const std::string whole = one_address("files.example.com");
    for (std::size_t size = 1; size < whole.size(); size += 3)
        answer(whole.substr(0, size));
    std::string endless = whole;
    endless.replace(12, 4, "\xc0\x0c\xc0\x0c");
    answer(endless);
    EXPECT_EQ(upload(model_, {}).error, 0);
    const std::string hello = client_hello(server_name("files.example.com"));
    for (std::size_t size : {3, 40, 44, 60, 90, 100, 110})
        EXPECT_EQ(upload(model_, {hello.substr(0, size)}, kBlock).error, 0) << size;
    EXPECT_GT(counter("name_unreadable"), before);
}

TEST_F(NamesTest, AnotherPolicyHasOtherNames) {
    answer(one_address("files.example.com"));
    block(": files.example.com");
    EXPECT_EQ(upload(model_, {}).error, EPERM);
    block(": other.example.com");
    EXPECT_EQ(upload(model_, {}).error, 0);
    block("|endswith: .example.com");
    EXPECT_EQ(upload(model_, {}).error, EPERM);
    fresh_network_budget();  // no names, a budget for the address
    EXPECT_EQ(upload(model_, {}).received, kNetworkBudget);
    const auto seen = events();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().domain, "files.example.com") << "told whichever rule decided";
}

// The longest name is the whole key of the table.
TEST_F(NamesTest, TheLongestNameIsANameToo) {
    const std::string label = std::string(49, 'a') + ".";
    const std::string longest = label + label + label + label + label + "com";
    block(": " + longest);
    EXPECT_EQ(upload(model_, {client_hello_for(longest)}).error, EPERM);
    EXPECT_EQ(upload(model_, {client_hello_for("b" + longest.substr(1))}).error, 0);
}

}  // namespace

}  // namespace modelward::testing
