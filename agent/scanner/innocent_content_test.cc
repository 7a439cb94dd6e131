// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/innocent_content.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace modelward::agent {
namespace {

InnocentKind judge(const std::string& content) {
    const std::vector<std::uint8_t> bytes(content.begin(), content.end());
    return innocent_content(fingerprint::MemorySource(bytes)).value();
}

std::string random_bytes(std::size_t size) {
    std::mt19937_64 random(7);
    std::string bytes(size, '\0');
    for (auto& c : bytes)
        c = static_cast<char>(random());
    return bytes;
}

std::string encoded(const std::string& alphabet, std::size_t size, std::size_t line) {
    std::mt19937_64 random(7);
    std::string text;
    while (text.size() < size) {
        for (std::size_t i = 0; i < line; ++i)
            text += alphabet[random() % alphabet.size()];
        text += '\n';
    }
    return text;
}

const std::string kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string training_log() {
    std::string log;
    for (int step = 0; step < 2000; ++step)
        log += "2026-01-01 10:00:00,123 INFO step " + std::to_string(step) + " loss 2." +
               std::to_string(step * 7919 % 10000) + " lr 3.0e-4 tokens/s 12345\n";
    return log;
}

std::string chunk(const std::string& type, const std::string& data) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(data.size() >> shift);
    return bytes + type + data + "CRC!";
}

std::string png(const std::string& extra = "", const std::string& tail = "") {
    return "\x89PNG\r\n\x1a\n" + chunk("IHDR", std::string(13, 'x')) + extra +
           chunk("IDAT", random_bytes(20000)) + chunk("IEND", "") + tail;
}

std::string jpeg(const std::string& tail = "") {
    std::string scan = random_bytes(20000);
    std::erase(scan, '\xff');
    return std::string(
               "\xff\xd8\xff\xe0\x00\x04"
               "ab",
               8) +
           std::string(
               "\xff\xda\x00\x04"
               "cd",
               6) +
           scan + std::string("\xff\x00\xff\xd0", 4) + scan + "\xff\xd9" + tail;
}

TEST(InnocentContent, TextThatProgramsWriteIsInnocent) {
    EXPECT_EQ(judge(training_log()), InnocentKind::kText);
    std::string csv = "step,loss,accuracy\n", json;
    for (int i = 0; i < 2000; ++i) {
        csv += std::to_string(i) + "," + std::to_string(i * 0.37) + "," + std::to_string(i * 0.0011) + "\n";
        json += "{\"step\":" + std::to_string(i) + ",\"loss\":" + std::to_string(i * 0.11) +
                ",\"phase\":\"train\"}\n";
    }
    EXPECT_EQ(judge(csv), InnocentKind::kText);
    EXPECT_EQ(judge(json), InnocentKind::kText);
    std::string prose;
    while (prose.size() < 10000)
        prose += "Das Modell lernt, übt und prüft; 模型在训练。\n";
    EXPECT_EQ(judge(prose), InnocentKind::kText);
}

TEST(InnocentContent, OpaqueContentKeepsItsLabel) {
    EXPECT_EQ(judge(random_bytes(100000)), InnocentKind::kNone) << "encrypted";
    EXPECT_EQ(judge("PK\x03\x04" + random_bytes(100000)), InnocentKind::kNone) << "archive";
    EXPECT_EQ(judge("\x1f\x8b" + random_bytes(100000)), InnocentKind::kNone) << "compressed";
    EXPECT_EQ(judge(std::string(100000, '\0')), InnocentKind::kNone) << "unknown binary";
}

TEST(InnocentContent, EncodingsOfBinaryDataAreOpaqueWhateverTheirLineLength) {
    for (const std::size_t line : {1000000u, 76u, 40u, 8u}) {
        EXPECT_EQ(judge(encoded(kBase64, 50000, line)), InnocentKind::kNone) << "base64, " << line;
        EXPECT_EQ(judge(encoded("0123456789abcdef", 50000, line)), InnocentKind::kNone) << "hex, " << line;
    }
}

TEST(InnocentContent, ABlobInsideATextFileIsOpaque) {
    EXPECT_EQ(judge("{\"weights\":\"" + encoded("ABCDEFGHIJKLMNOP", 50000, 60000) + "\"}"),
              InnocentKind::kNone);
    EXPECT_EQ(judge(training_log() + random_bytes(1000)), InnocentKind::kNone);
}

TEST(InnocentContent, BrokenUtf8IsNotText) {
    for (const std::string bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82"})
        EXPECT_EQ(judge(training_log() + bad), InnocentKind::kNone);
}

TEST(InnocentContent, OneWholeImageIsInnocent) {
    EXPECT_EQ(judge(png()), InnocentKind::kImage);
    EXPECT_EQ(judge(jpeg()), InnocentKind::kImage);
}

TEST(InnocentContent, BytesBehindOrInsideAnImageMakeItOpaque) {
    EXPECT_EQ(judge(png("", random_bytes(10))), InnocentKind::kNone);
    EXPECT_EQ(judge(png(chunk("zTXt", random_bytes(70000)))), InnocentKind::kNone) << "large metadata";
    EXPECT_EQ(judge(png().substr(0, 15000)), InnocentKind::kNone) << "cut off";
    EXPECT_EQ(judge(jpeg(random_bytes(10))), InnocentKind::kNone);
    EXPECT_EQ(judge(jpeg().substr(0, 15000)), InnocentKind::kNone);
}

TEST(InnocentContent, ChunkLengthsBeyondTheFileAreRefused) {
    EXPECT_EQ(judge("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR" + std::string(5000, 'x')), InnocentKind::kNone);
    EXPECT_EQ(judge(std::string("\xff\xd8\xff\xe0\xff\xff", 6) + std::string(5000, 'x')),
              InnocentKind::kNone);
}

TEST(InnocentContent, SizeBoundsWhatCanHide) {
    EXPECT_EQ(judge(random_bytes(kTinyBytes)), InnocentKind::kTiny);
    EXPECT_EQ(judge(random_bytes(kTinyBytes + 1)), InnocentKind::kNone);
    std::string log;
    while (log.size() <= kLargestInnocent)
        log += training_log();
    EXPECT_EQ(judge(log), InnocentKind::kNone);
}

}  // namespace
}  // namespace modelward::agent
