// SPDX-License-Identifier: Apache-2.0
#include "console/server/initialize.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::console {
namespace {

class InitializeTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    InitializeOptions options_{
        {directory_.path() / "state"}, {"console.example"}, std::nullopt, MODELWARD_CORE_PACK};
};

TEST_F(InitializeTest, SecretsAreForTheirOwnerOnly) {
    const auto done = initialize(options_);
    ASSERT_TRUE(done.has_value()) << done.error().message();
    EXPECT_TRUE(done->generated_password.has_value());
    EXPECT_EQ(done->names, (std::vector<std::string>{"console.example", "localhost", "127.0.0.1"}));
    for (const auto& entry : std::filesystem::directory_iterator(options_.state.path)) {
        struct stat status{};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u) << entry.path();
    }
}

TEST_F(InitializeTest, ASecondTimeChangesNothing) {
    ASSERT_TRUE(initialize(options_).has_value());
    const auto written = std::filesystem::last_write_time(options_.state.ca_key());
    EXPECT_EQ(initialize(options_).error().code(), ErrorCode::kConflict);
    EXPECT_EQ(std::filesystem::last_write_time(options_.state.ca_key()), written);
}

TEST_F(InitializeTest, BrokenRulesAndAShortPasswordWriteNothing) {
    options_.password = "short";
    EXPECT_EQ(initialize(options_).error().code(), ErrorCode::kInvalid);
    options_.password.reset();
    options_.rules = directory_.path() / "rules";
    std::filesystem::create_directory(options_.rules);
    EXPECT_FALSE(initialize(options_).has_value());
    EXPECT_FALSE(std::filesystem::exists(options_.state.path));
}

}  // namespace
}  // namespace modelward::console
