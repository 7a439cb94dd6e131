// SPDX-License-Identifier: Apache-2.0
#include "cli/token_file.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/testing/temporary_directory.h"

namespace modelward::cli {
namespace {

TEST(TokenFile, IsAFileOrStandardInputWithoutTheWhiteSpaceAround) {
    const TemporaryDirectory directory;
    directory.write("token", "mw1.secret\n");
    std::istringstream input("  mw1.other\r\n\n");
    EXPECT_EQ(read_token((directory.path() / "token").string(), input).value(), "mw1.secret");
    EXPECT_EQ(read_token("-", input).value(), "mw1.other");
}

TEST(TokenFile, WhatHoldsNoTokenIsAClearError) {
    const TemporaryDirectory directory;
    directory.write("long", std::string(4097, 'x'));
    std::istringstream empty(" \n");
    EXPECT_EQ(read_token("-", empty).error().code(), ErrorCode::kInvalid);
    std::istringstream endless(std::string(5000, 'x'));
    EXPECT_EQ(read_token("-", endless).error().code(), ErrorCode::kLimit);
    EXPECT_EQ(read_token((directory.path() / "long").string(), empty).error().code(), ErrorCode::kLimit);
    EXPECT_EQ(read_token((directory.path() / "absent").string(), empty).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace modelward::cli
