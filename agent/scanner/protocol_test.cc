// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/protocol.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <random>
#include <variant>

namespace modelward::agent {
namespace {

ScanReply reply_with_matches() {
    ScanReply reply;
    reply.id = 9;
    reply.format = "safetensors";
    reply.bytes_read = 4096;
    reply.matches = {{7, fingerprint::Method::kTensors, 0.5, 0.25, 12, 31.5, 1e-40}};
    return reply;
}

struct SocketPair {
    UniqueFd agent, scanner;
    SocketPair() {
        int pair[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
        agent.reset(pair[0]);
        scanner.reset(pair[1]);
    }
};

TEST(ScannerProtocol, ARequestCarriesItsDescriptor) {
    SocketPair pair;
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY));
    ASSERT_TRUE(send_request(pair.agent.get(), {5, fingerprint::Depth::kFull}, file.get()));
    const auto received = receive_request(pair.scanner.get());
    ASSERT_TRUE(received) << received.error().message();
    EXPECT_EQ(received->request.id, 5u);
    EXPECT_EQ(received->request.depth, fingerprint::Depth::kFull);
    EXPECT_TRUE(received->file);
    EXPECT_NE(received->file.get(), file.get());
}

TEST(ScannerProtocol, ARequestMayNameItsFile) {
    SocketPair pair;
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY));
    const std::string longest(255, 'n');
    for (const std::string& name : {std::string(), std::string("model.onnx"), longest}) {
        ASSERT_TRUE(send_request(pair.agent.get(), {5, fingerprint::Depth::kFull, name}, file.get()));
        EXPECT_EQ(receive_request(pair.scanner.get())->request.file_name, name);
    }
    // A part of it would name another file.
    ASSERT_TRUE(send_request(pair.agent.get(), {5, fingerprint::Depth::kFull, longest + "n"}, file.get()));
    EXPECT_EQ(receive_request(pair.scanner.get())->request.file_name, "");
}

TEST(ScannerProtocol, ARequestWithoutADescriptorIsRefused) {
    SocketPair pair;
    ASSERT_TRUE(send_request(pair.agent.get(), {5, fingerprint::Depth::kFull}, -1));
    EXPECT_EQ(receive_request(pair.scanner.get()).error().code(), ErrorCode::kInvalid);
    ASSERT_EQ(::send(pair.agent.get(), "1234567890123456", 16, 0), 16);
    EXPECT_EQ(receive_request(pair.scanner.get()).error().code(), ErrorCode::kInvalid);
}

TEST(ScannerProtocol, AQuestionHasAnAnswerWithAFileOrWithoutOne) {
    SocketPair pair;
    ASSERT_TRUE(send_question(pair.scanner.get(), {5, "model.onnx.data"}));
    const auto said = receive_from_scanner(pair.agent.get());
    ASSERT_TRUE(said);
    ASSERT_TRUE(std::holds_alternative<SiblingQuestion>(*said));
    EXPECT_EQ(std::get<SiblingQuestion>(*said).id, 5u);
    EXPECT_EQ(std::get<SiblingQuestion>(*said).name, "model.onnx.data");
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY));
    ASSERT_TRUE(send_answer(pair.agent.get(), 5, file.get()));
    EXPECT_TRUE(*receive_answer(pair.scanner.get(), 5));
    ASSERT_TRUE(send_answer(pair.agent.get(), 5, -1));
    EXPECT_FALSE(*receive_answer(pair.scanner.get(), 5));
    ASSERT_TRUE(send_answer(pair.agent.get(), 6, -1));
    EXPECT_EQ(receive_answer(pair.scanner.get(), 5).error().code(), ErrorCode::kInvalid);
}

// One that asks and does not listen must not stop the agent.
TEST(ScannerProtocol, NobodyWaitsForAScannerThatDoesNotRead) {
    SocketPair pair;
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY));
    Result<void> answered, requested;
    for (int i = 0; i < 100'000 && answered; ++i)
        answered = send_answer(pair.agent.get(), 5, -1);
    EXPECT_FALSE(answered);
    for (int i = 0; i < 100'000 && requested; ++i)
        requested = send_request(pair.agent.get(), {5, fingerprint::Depth::kFull}, file.get());
    EXPECT_FALSE(requested);
}

TEST(ScannerProtocol, AReplyMayComeInPlaceOfAQuestion) {
    SocketPair pair;
    ASSERT_TRUE(send_reply(pair.scanner.get(), reply_with_matches()));
    const auto said = receive_from_scanner(pair.agent.get());
    ASSERT_TRUE(said);
    EXPECT_EQ(std::get<ScanReply>(*said).id, 9u);
}

// What opens the files trusts in this.
TEST(ScannerProtocol, NoQuestionLeadsOutOfTheFolder) {
    SocketPair pair;
    for (const char* name : {"", ".", "..", "../secret", "/etc/shadow", "a/b"}) {
        ASSERT_TRUE(send_question(pair.scanner.get(), {5, name}));
        EXPECT_EQ(receive_from_scanner(pair.agent.get()).error().code(), ErrorCode::kInvalid) << name;
    }
    std::array<char, 264> endless{};
    endless.fill('n');
    ASSERT_EQ(::send(pair.scanner.get(), endless.data(), endless.size(), 0), 264);
    EXPECT_EQ(receive_from_scanner(pair.agent.get()).error().code(), ErrorCode::kInvalid);
}

TEST(ScannerProtocol, WhoAllowedNoQuestionsTakesNone) {
    SocketPair pair;
    ASSERT_TRUE(send_question(pair.scanner.get(), {5, "model.onnx.data"}));
    EXPECT_EQ(receive_reply(pair.agent.get()).error().code(), ErrorCode::kInvalid);
}

TEST(ScannerProtocol, AHangUpIsUnavailable) {
    SocketPair pair;
    pair.agent.reset();
    EXPECT_EQ(receive_request(pair.scanner.get()).error().code(), ErrorCode::kUnavailable);
}

TEST(ScannerProtocol, AReplyArrivesAsItWasSent) {
    SocketPair pair;
    ASSERT_TRUE(send_reply(pair.scanner.get(), reply_with_matches()));
    const auto reply = receive_reply(pair.agent.get());
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->id, 9u);
    EXPECT_EQ(reply->format, "safetensors");
    ASSERT_EQ(reply->matches.size(), 1u);
    EXPECT_EQ(reply->matches[0].artifact, 7u);
    EXPECT_EQ(reply->matches[0].share, 0.25);
    EXPECT_EQ(reply->matches[0].distance, 31.5);
    EXPECT_EQ(reply->matches[0].p_accident, 1e-40);
    EXPECT_EQ(reply->bytes_read, 4096u);
}

TEST(ScannerProtocol, AFailureKeepsItsCodeAndTextWithoutControlCharacters) {
    ScanReply reply;
    reply.failure = Error(ErrorCode::kLimit, "too\x1b[31m long" + std::string(1000, 'x'));
    const auto decoded = decode_reply(encode_reply(reply));
    ASSERT_TRUE(decoded && decoded->failure);
    EXPECT_EQ(decoded->failure->code(), ErrorCode::kLimit);
    EXPECT_EQ(decoded->failure->message().find("too?[31m long"), 0u);
}

TEST(ScannerProtocol, NoRecordOfATakenOverScannerIsBelievedUnchecked) {
    const auto good = encode_reply(reply_with_matches());
    EXPECT_FALSE(decode_reply(std::span(good).first(good.size() - 1)));
    std::mt19937 random(7);
    for (int round = 0; round < 20000; ++round) {
        auto bad = good;
        for (int flips = 0; flips < 4; ++flips)
            bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
        const auto reply = decode_reply(bad);
        if (!reply) continue;
        EXPECT_LE(reply->matches.size(), kMaxScanMatches);
        for (const auto& match : reply->matches) {
            EXPECT_TRUE(match.score >= 0 && match.score <= 1);
            EXPECT_TRUE(match.p_accident >= 0 && match.p_accident <= 1);
            EXPECT_TRUE(match.distance >= 0 && match.distance <= 256);
            EXPECT_FALSE(to_string(match.method).empty());
        }
    }
}

TEST(ScannerProtocol, WhatWasNotSeenArrivesAndIsNeverInnocent) {
    using fingerprint::Unseen;
    ScanReply reply;
    reply.unseen = {Unseen::kEncrypted, Unseen::kMissing};  // the first and the last
    const auto decoded = decode_reply(encode_reply(reply));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->unseen, reply.unseen);
    reply.innocent = InnocentKind::kText;
    EXPECT_FALSE(decode_reply(encode_reply(reply)));
}

TEST(ScannerProtocol, WhatAccusesNobodyArrivesApart) {
    using fingerprint::Method;
    ScanReply reply = reply_with_matches();
    reply.public_matches = {{8, Method::kRows, 1, 1, 3}};
    reply.same_seed.assign(20, {9, Method::kTensors, 1, 1, 3});
    const auto decoded = decode_reply(encode_reply(reply));
    ASSERT_TRUE(decoded);
    ASSERT_EQ(decoded->matches.size(), 1u);
    EXPECT_EQ(decoded->matches[0].artifact, 7u);
    ASSERT_EQ(decoded->public_matches.size(), 1u);
    EXPECT_EQ(decoded->public_matches[0].artifact, 8u);
    EXPECT_EQ(decoded->same_seed.size(), kMaxScanMatches - 2) << "the weakest are left out";
}

TEST(ScannerProtocol, AMatchThatClaimsInnocenceIsRefused) {
    auto reply = reply_with_matches();
    reply.innocent = InnocentKind::kText;
    EXPECT_FALSE(decode_reply(encode_reply(reply)));
}

}  // namespace
}  // namespace modelward::agent
