// SPDX-License-Identifier: Apache-2.0
#include "cli/fingerprint_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FingerprintFiles : public ::testing::Test {
  protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    TemporaryDirectory temporary_;
    fs::path folder_ = temporary_.path();
};

TEST_F(FingerprintFiles, AreReadAsTheyWereWritten) {
    fingerprint::Fingerprint made;
    made.format = "gguf";
    ASSERT_TRUE(write_fingerprint_file(path("a.mwfp"), made).has_value());
    EXPECT_EQ(read_fingerprint_file(path("a.mwfp"))->format, "gguf");
}

TEST_F(FingerprintFiles, ErrorsNameTheFile) {
    std::ofstream(path("broken.mwfp")) << "not a fingerprint";
    EXPECT_THAT(read_fingerprint_file(path("broken.mwfp")).error().message(),
                HasSubstr("broken.mwfp: not a fingerprint file"));
    EXPECT_EQ(read_fingerprint_file(folder_.string()).error().code(), ErrorCode::kInvalid);
}

TEST_F(FingerprintFiles, AFailedWriteLeavesNothingBehind) {
    fs::create_directory(path("taken.mwfp"));
    EXPECT_FALSE(write_fingerprint_file(path("taken.mwfp"), {}).has_value());
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(FingerprintFiles, AFingerprintReplacesAFingerprintAndNothingElse) {
    ASSERT_TRUE(write_fingerprint_file(path("old.mwfp"), {}).has_value());
    fingerprint::Fingerprint made;
    made.format = "gguf";
    ASSERT_TRUE(write_fingerprint_file(path("old.mwfp"), made).has_value());
    EXPECT_EQ(read_fingerprint_file(path("old.mwfp"))->format, "gguf");

    std::ofstream(path("model.gguf")) << "weights";
    std::ofstream(path("empty"));
    fs::create_symlink(path("old.mwfp"), path("link"));
    fs::create_symlink("nowhere", path("dangling"));
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    for (const char* name : {"model.gguf", "empty", "link", "dangling", "pipe"}) {
        const auto before = fs::symlink_status(path(name)).type();
        EXPECT_EQ(write_fingerprint_file(path(name), made).error().code(), ErrorCode::kConflict) << name;
        EXPECT_EQ(fs::symlink_status(path(name)).type(), before) << name;
    }
    EXPECT_EQ(fs::file_size(path("model.gguf")), 7U);
    EXPECT_EQ(write_fingerprint_file("", made).error().code(), ErrorCode::kInvalid);
}

TEST_F(FingerprintFiles, TheInputIsNeverTheOutput) {
    ASSERT_TRUE(write_fingerprint_file(path("a.mwfp"), {}).has_value());
    fs::create_hard_link(path("a.mwfp"), path("b.mwfp"));
    EXPECT_THAT(may_write_fingerprint(path("b.mwfp"), path("a.mwfp")).error().message(),
                HasSubstr("is the file that the fingerprint is made of"));
    EXPECT_TRUE(may_write_fingerprint(path("c.mwfp"), path("a.mwfp")).has_value());
}

TEST_F(FingerprintFiles, AnotherFileWithATemporaryLookingNameStays) {
    std::ofstream(path("a.mwfp.part")) << "mine";
    ASSERT_TRUE(write_fingerprint_file(path("a.mwfp"), {}).has_value());
    EXPECT_EQ(fs::file_size(path("a.mwfp.part")), 4U);
}

TEST_F(FingerprintFiles, WarnOfTextWhosePartsAreNotRecognised) {
    const auto warning = [](std::uint64_t evidence, std::uint64_t others) {
        fingerprint::Fingerprint made;
        for (std::uint64_t i = 0; i < evidence + others; ++i)
            made.records.hashes.push_back(fingerprint::with_evidence(i << 1, i < evidence));
        return warning_of(made, "table.csv");
    };
    EXPECT_THAT(warning(31, 1'000), HasSubstr("table.csv: only the whole document will be recognised"));
    EXPECT_EQ(warning(32, 0), "");
    EXPECT_THAT(warning(0, 15), HasSubstr("only this very file"));
}

}  // namespace
}  // namespace modelward::cli
