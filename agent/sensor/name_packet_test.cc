// SPDX-License-Identifier: Apache-2.0
// How the kernel reads names out of packets (bpf/name_packet.h), run in user space.
#include <gtest/gtest.h>

#include "agent/sensor/testing/name_packets.h"
#include "agent/sensor/testing/name_reader.h"

namespace modelward::agent {

namespace {

using namespace testing;

const std::string kV4 = std::string(10, '\0') + "\xff\xff";

TEST(NamePacket, AClientHelloSaysItsServersName) {
    const auto said = said_by(client_hello_for("Files.Example.COM."));
    EXPECT_EQ(said.found, kernel::kNameFound);
    EXPECT_EQ(said.name, "files.example.com");
    EXPECT_EQ(said.prefix_bits, 8 * (said.name.size() + 1)) << "with the NUL that ends it";
}

TEST(NamePacket, ANameMayBeAsLongAsNamesAre) {
    const std::string longest = std::string(249, 'a') + ".com";
    EXPECT_EQ(said_by(client_hello_for(longest)).name, longest);
    EXPECT_EQ(said_by(client_hello_for(longest + ".")).name, longest);
    EXPECT_EQ(said_by(client_hello_for("a" + longest)).found, kernel::kNameUnreadable);
    EXPECT_EQ(said_by(client_hello_for("")).found, kernel::kNameUnreadable);
    EXPECT_EQ(said_by(client_hello_for(".")).found, kernel::kNameUnreadable);
}

TEST(NamePacket, WhatNoHostNameHasKeepsItsPlace) {
    EXPECT_EQ(said_by(client_hello_for(std::string("a!\0\xff.example.com", 16))).name, "a___.example.com");
}

TEST(NamePacket, AClientHelloWithoutANameIsNone) {
    EXPECT_EQ(said_by(client_hello(tls_extension(16, "h2"))).found, kernel::kNoName);
    EXPECT_EQ(said_by(client_hello(tls_extension(16, "h2")) + server_name("behind.example")).found,
              kernel::kNoName)
        << "what follows the extensions is none of them";
}

TEST(NamePacket, ConnectSaysTheHostThatTheProxyGoesTo) {
    EXPECT_EQ(said_by("CONNECT Files.Example.com:443 HTTP/1.1\r\nHost: other.example\r\n\r\n").name,
              "files.example.com");
    EXPECT_EQ(said_by("CONNECT 192.0.2.1:443 HTTP/1.1\r\n").name, "192.0.2.1");
    EXPECT_EQ(said_by("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n").found, kernel::kNoName);
    EXPECT_EQ(said_by("CONNECT :443 HTTP/1.1\r\n").found, kernel::kNameUnreadable);
    EXPECT_EQ(said_by("CONNECT " + std::string(300, 'a') + ":443").found, kernel::kNameUnreadable);
    EXPECT_EQ(said_by("CONTACT a.example:1").found, kernel::kNoName);
    EXPECT_EQ(said_by("GET / HTTP/1.1\r\nHost: a.example\r\n").found, kernel::kNoName);
}

TEST(NamePacket, ACutOneSaysNothing) {
    const std::string hello = client_hello(server_name("files.example.com"));
    for (std::size_t size = 0; size < hello.size(); ++size)
        EXPECT_NE(said_by(hello.substr(0, size)).found, kernel::kNameFound) << size;
    const std::string connect = "CONNECT files.example.com:";
    for (std::size_t size = 0; size < connect.size(); ++size)
        EXPECT_NE(said_by(connect.substr(0, size)).found, kernel::kNameFound) << size;
}

TEST(NamePacket, AnAnswerGivesItsAddressesToTheNameThatWasAskedFor) {
    const std::string v6("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    const auto answered = answered_by(
        dns_answer("Www.Example.com", {dns_record(kAskedName, 5, dns_name("cdn.example.net")),
                                       dns_record(dns_name("cdn.example.net"), 1, "\xc0\x02\x01\x01"),
                                       dns_record("\x03"
                                                  "cdn\xc0\x10",
                                                  28, v6)}));
    EXPECT_EQ(answered.found, kernel::kNameFound);
    const std::string v4("\xc0\x02\x01\x01", 4);
    EXPECT_EQ(answered.names,
              (std::map<std::string, std::string>{{kV4 + v4, "www.example.com"}, {v6, "www.example.com"}}));
}

TEST(NamePacket, OnlyAnswersThatAreOneGiveAnything) {
    const std::vector<std::string> records{dns_record(kAskedName, 1, "\xc0\x02\x01\x01")};
    EXPECT_EQ(answered_by(dns_answer("a.example", records)).names.size(), 1u);
    EXPECT_TRUE(answered_by(dns_answer("a.example", records, "\x01\x80")).names.empty()) << "a question";
    EXPECT_TRUE(answered_by(dns_answer("a.example", records, "\x81\x83")).names.empty()) << "no such name";
    EXPECT_TRUE(answered_by(dns_answer("", records)).names.empty()) << "the root";
    EXPECT_TRUE(answered_by(dns_answer("a.example", {dns_record(kAskedName, 28, std::string(16, '\0'))}))
                    .names.empty())
        << ":: is what nobody knows";
    EXPECT_TRUE(
        answered_by(dns_answer("a.example", {dns_record(kAskedName, 1, "\xc0\x02\x01")})).names.empty());
    EXPECT_TRUE(answered_by(dns_answer(std::string(64, 'a'), records)).names.empty());
}

TEST(NamePacket, ACutAnswerGivesNoMoreThanItHolds) {
    const std::string whole = dns_answer("a.example", {dns_record(kAskedName, 1, "\xc0\x02\x01\x01"),
                                                       dns_record(kAskedName, 1, "\xc0\x02\x01\x02")});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto answered = answered_by(whole.substr(0, size));
        EXPECT_EQ(answered.found,
                  size < 12 || answered.names.size() < 2 ? kernel::kNameUnreadable : kernel::kNameFound)
            << size;
        EXPECT_LT(answered.names.size(), 2u) << size;
    }
    EXPECT_EQ(answered_by(whole).names.size(), 2u);
}

TEST(NamePacket, ALabelHoldsNoDotOfItsOwn) {
    std::string answer = dns_answer("a-b.example", {dns_record(kAskedName, 1, "\xc0\x02\x01\x01")});
    answer[answer.find('-')] = '.';
    EXPECT_EQ(answered_by(answer).names.begin()->second, "a_b.example");
}

TEST(NamePacket, MoreRecordsThanAreReadAreCounted) {
    const std::vector<std::string> records(kernel::kMaxAnswers + 1,
                                           dns_record(kAskedName, 1, "\xc0\x02\x01\x01"));
    EXPECT_EQ(answered_by(dns_answer("a.example", records)).found, kernel::kNameUnreadable);
}

}  // namespace

}  // namespace modelward::agent
