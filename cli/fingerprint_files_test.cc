// SPDX-License-Identifier: Apache-2.0
#include "cli/fingerprint_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FingerprintFiles : public ::testing::Test {
  protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    TemporaryDirectory temporary_;
    fs::path folder_ = temporary_.path();
};

TEST_F(FingerprintFiles, AreWrittenAndLoadedFromFoldersByName) {
    fingerprint::Fingerprint made;
    made.format = "gguf";
    ASSERT_TRUE(write_fingerprint_file(path("b.mwfp"), made).has_value());
    ASSERT_TRUE(write_fingerprint_file(path("a.mwfp"), made).has_value());
    std::ofstream(path("notes.txt")) << "not a fingerprint";
    const auto index = load_index({folder_.string()});
    ASSERT_TRUE(index.has_value()) << index.error().message();
    EXPECT_THAT(index->names, ElementsAre("a", "b"));
    EXPECT_EQ(index->index.size(), 2U);
    EXPECT_EQ(read_fingerprint_file(path("a.mwfp"))->format, "gguf");
}

TEST_F(FingerprintFiles, ErrorsNameTheFile) {
    std::ofstream(path("broken.mwfp")) << "not a fingerprint";
    const auto broken = load_index({path("broken.mwfp")});
    ASSERT_FALSE(broken.has_value());
    EXPECT_THAT(broken.error().message(), HasSubstr("broken.mwfp: not a fingerprint file"));
    EXPECT_FALSE(load_index({path("missing.mwfp")}).has_value());
    EXPECT_EQ(read_fingerprint_file(folder_.string()).error().code(), ErrorCode::kInvalid);
}

TEST_F(FingerprintFiles, AnEmptyIndexIsAnError) {
    EXPECT_EQ(load_index({folder_.string()}).error().code(), ErrorCode::kNotFound);
}

TEST_F(FingerprintFiles, AFailedWriteLeavesNothingBehind) {
    fs::create_directory(path("taken.mwfp"));
    EXPECT_FALSE(write_fingerprint_file(path("taken.mwfp"), {}).has_value());
    EXPECT_FALSE(fs::exists(path("taken.mwfp.part")));
}

}  // namespace
}  // namespace modelward::cli
