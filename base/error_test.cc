// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace modelward {
namespace {

TEST(Error, KeepsItsCodeWhenContextIsAdded) {
    const Error error = Error(ErrorCode::kLimit, "header too long").with_context("model.gguf");
    EXPECT_EQ(error.code(), ErrorCode::kLimit);
    EXPECT_EQ(error.message(), "model.gguf: header too long");
}

TEST(Error, FromErrnoSaysWhatAndWhy) {
    errno = ENOENT;
    const Result<int> result = fail_errno("open /a");
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), ErrorCode::kIo);
    EXPECT_EQ(result.error().message(), "open /a: No such file or directory");
}

TEST(Error, EveryCodeHasAName) {
    for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
        EXPECT_NE(to_string(static_cast<ErrorCode>(code)), "unknown");
    }
}

}  // namespace
}  // namespace modelward
