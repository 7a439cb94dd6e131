// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/companions/joined_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/folder_in_memory.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::bytes_of;

class JoinedFilesTest : public ::testing::Test {
  protected:
    std::string read(std::uint64_t offset, std::size_t length) const {
        Bytes into(length, '?');
        const auto done = files_.read(offset, into);
        return done ? std::string(into.begin(), into.end()) : done.error().message();
    }
    static std::vector<Companion> companions() {
        std::vector<Companion> files;
        for (const auto& [name, content] :
             {std::pair("one", &kOne), std::pair("none", &kNone), std::pair("two", &kTwo)})
            files.push_back({name, std::make_unique<MemorySource>(*content)});
        return files;
    }
    static inline const Bytes kHeader = bytes_of("head");
    static inline const Bytes kOne = bytes_of("abc");
    static inline const Bytes kNone{};
    static inline const Bytes kTwo = bytes_of("defgh");
    MemorySource header_{kHeader};
    JoinedFiles files_{header_, kGgufReader, companions()};
};

TEST_F(JoinedFilesTest, LieEndToEndBehindTheHeader) {
    EXPECT_EQ(files_.size(), 12u);
    EXPECT_EQ(files_.header_bytes(), 4u);
    EXPECT_EQ(read(0, 12), "headabcdefgh");
    EXPECT_EQ(files_.find("two")->begin, 7u);
    EXPECT_EQ(files_.find("two")->bytes, 5u);
    EXPECT_EQ(files_.find("three"), nullptr);
}

TEST_F(JoinedFilesTest, EveryRangeIsReadAcrossTheBordersOfFiles) {
    const std::string all = "headabcdefgh";
    for (std::size_t begin = 0; begin <= all.size(); ++begin)
        for (std::size_t length = 0; length <= all.size() - begin; ++length)
            EXPECT_EQ(read(begin, length), all.substr(begin, length)) << begin;
}

TEST_F(JoinedFilesTest, NothingIsReadBehindTheLast) {
    EXPECT_THAT(read(11, 2), ::testing::HasSubstr("outside"));
    EXPECT_THAT(read(13, 0), ::testing::HasSubstr("outside"));
    EXPECT_THAT(read(~std::uint64_t{0}, 2), ::testing::HasSubstr("outside"));
}

// A file that was cut after it was opened.
class ShrunkSource final : public ByteSource {
  public:
    std::uint64_t size() const override { return 8; }
    Result<void> read(std::uint64_t, std::span<std::uint8_t>) const override {
        return fail(ErrorCode::kIo, "it shrank");
    }
};

TEST(JoinedFiles, AnErrorSaysInWhichFile) {
    const Bytes header = bytes_of("head");
    const MemorySource source(header);
    std::vector<Companion> files;
    files.push_back({"weights.bin", std::make_unique<ShrunkSource>()});
    Bytes into(6);
    const auto read = JoinedFiles(source, kGgufReader, std::move(files)).read(2, into);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), ErrorCode::kIo);
    EXPECT_EQ(read.error().message(), "weights.bin: it shrank");
}

}  // namespace
}  // namespace modelward::fingerprint
