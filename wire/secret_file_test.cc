// SPDX-License-Identifier: Apache-2.0
#include "wire/secret_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/testing/temporary_directory.h"

namespace modelward::wire {
namespace {

class SecretFile : public testing::Test {
  protected:
    TemporaryDirectory temporary_;
    std::filesystem::path directory_ = temporary_.path();
};

TEST_F(SecretFile, IsReadableByItsOwnerOnlyAndReplacedAtOnce) {
    const auto path = directory_ / "key.pem";
    ASSERT_TRUE(write_secret_file(path, "one").has_value());
    ASSERT_TRUE(write_secret_file(path, "two").has_value());
    EXPECT_EQ(read_small_file(path).value(), "two");
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1)
        << "no temporary is left";
}

TEST_F(SecretFile, ErrorsNameTheFile) {
    const auto missing = read_small_file(directory_ / "absent");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
    EXPECT_NE(missing.error().message().find("absent"), std::string::npos);
    ASSERT_TRUE(write_secret_file(directory_ / "long", std::string(100, 'x')).has_value());
    EXPECT_EQ(read_small_file(directory_ / "long", 99).error().code(), ErrorCode::kLimit);
    EXPECT_EQ(write_secret_file(directory_ / "no" / "such", "x").error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace modelward::wire
