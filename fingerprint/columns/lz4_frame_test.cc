// SPDX-License-Identifier: Apache-2.0
// Frames of LZ4, sound and broken.
#include <gtest/gtest.h>

#include "fingerprint/columns/page_codec.h"
#include "fingerprint/testing/arrow_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

Result<std::string> unpack_frame(const Bytes& packed) {
    const MemorySource source(packed);
    SourceStream stream(source);
    ByteReader reader(stream);
    const auto page = open_lz4_frame(reader, packed.size());
    std::string text;
    Bytes room(100);
    while (true) {
        const auto got = page->read(room);
        if (!got) return fail(got.error());
        if (*got == 0) return text;
        text.append(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*got));
    }
}

Bytes bytes_of_text(std::string_view text) {
    return {text.begin(), text.end()};
}

TEST(Lz4Frame, HoldsBlocksThatAreStoredOrCopyFromTheOneBefore) {
    for (const std::string text : {"", "a", "some text that is no copy", "abcdefgh12345abcdefgh98765"})
        EXPECT_EQ(unpack_frame(testing::lz4_frame(bytes_of_text(text))).value_or("?"), text);
    EXPECT_LT(testing::lz4_frame(bytes_of_text("abcdefgh12345abcdefgh98765")).size(),
              testing::lz4_frame(bytes_of_text("abcdefgh12345zyxwvuts98765")).size())
        << "one of them is a copy";
}

TEST(Lz4Frame, MayHaveASizeAndChecksums) {
    Bytes frame{0x04, 0x22, 0x4D, 0x18, 0x7C, 0x40, 25, 0, 0, 0, 0, 0, 0, 0, 0x55};
    const Bytes block{0x5B, 'h', 'e', 'l', 'l', 'o', 5, 0, 0x50, 'h', 'e', 'l', 'l', 'o'};
    testing::append_number(frame, static_cast<std::uint32_t>(block.size()));
    testing::append(frame, block);
    testing::append_number(frame, std::uint32_t{0x11111111});  // of the block
    testing::append_number(frame, std::uint32_t{0});
    testing::append_number(frame, std::uint32_t{0x22222222});  // of all
    EXPECT_EQ(unpack_frame(frame).value_or("?"), "hellohellohellohellohello");
    testing::append_number(frame, std::uint32_t{0});
    EXPECT_EQ(unpack_frame(frame).value_or("?"), "hellohellohellohellohello") << "padded";
}

TEST(Lz4Frame, BeginsEachBlockAnew) {
    Bytes frame{0x04, 0x22, 0x4D, 0x18, 0x40, 0x40, 0};
    for (const std::string_view text : {"one", "two"}) {
        testing::append_number(frame, std::uint32_t{4});
        frame.push_back(0x30);  // three bytes as they are, and no copy: the last sequence of a block
        testing::append(frame, text);
    }
    testing::append_number(frame, std::uint32_t{0});
    EXPECT_EQ(unpack_frame(frame).value_or("?"), "onetwo");
}

TEST(Lz4Frame, ThatIsBrokenIsRefused) {
    const Bytes frame = testing::lz4_frame(bytes_of_text("some text that is no copy"));
    const auto refused = [](Bytes bytes, std::size_t at, std::uint8_t value) {
        bytes.at(at) = value;
        const auto text = unpack_frame(bytes);
        return text ? std::optional<ErrorCode>() : text.error().code();
    };
    EXPECT_EQ(refused(frame, 0, 5), ErrorCode::kInvalid) << "not its magic number";
    EXPECT_EQ(refused(frame, 4, 0x80), ErrorCode::kUnsupported) << "another version";
    EXPECT_EQ(refused(frame, 4, 0x41), ErrorCode::kUnsupported) << "with a dictionary";
    EXPECT_EQ(refused(frame, 7, 0xFF), ErrorCode::kInvalid) << "a stored block that ends too early";
    const std::size_t second = 7 + 4 + 12;
    EXPECT_EQ(refused(frame, second, 2), ErrorCode::kInvalid) << "a sequence beyond its block";
}

}  // namespace
}  // namespace modelward::fingerprint
