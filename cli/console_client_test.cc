// SPDX-License-Identifier: Apache-2.0
#include "cli/console_client.h"

#include <gtest/gtest.h>

namespace modelward::cli {
namespace {

Reply refusal(int status, const char* message) {
    return {.status = status, .body = {{"error", {{"code", "denied"}, {"message", message}}}}};
}

TEST(ConsoleClient, SaysWhatTheConsoleSaid) {
    const Error error = error_of(refusal(409, "there is an artifact of that name"));
    EXPECT_EQ(error.code(), ErrorCode::kConflict);
    EXPECT_EQ(error.message(), "there is an artifact of that name");
    EXPECT_EQ(error_of({.status = 500}).message(), "the console answered 500");
}

TEST(ConsoleClient, SaysHowLongALockoutLasts) {
    Reply reply = refusal(429, "too many failed sign-ins; try again later");
    reply.retry_after = "37";
    EXPECT_EQ(error_of(reply).message(), "too many failed sign-ins; try again later (in 37 seconds)");
}

}  // namespace
}  // namespace modelward::cli
