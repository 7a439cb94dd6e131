// SPDX-License-Identifier: Apache-2.0
#include "wire/enrollment_token.h"

#include <gtest/gtest.h>

namespace modelward::wire {
namespace {

TEST(EnrollmentToken, RoundTripsAndIsFresh) {
    const EnrollmentToken token = make_enrollment_token(sha256("certificate"));
    const auto back = parse_enrollment_token(format(token));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->secret, token.secret);
    EXPECT_EQ(back->ca_pin, sha256("certificate"));
    EXPECT_NE(make_enrollment_token(sha256("certificate")).secret, token.secret);
}

TEST(EnrollmentToken, RefusesEverythingElseWithoutRepeatingIt) {
    const std::string good = format(make_enrollment_token(sha256("certificate")));
    const std::string cases[] = {"",
                                 "mw1.",
                                 "mw2" + good.substr(3),
                                 good.substr(1),
                                 good + "0",
                                 good + "\n",
                                 good.substr(0, good.size() - 1) + "g"};
    for (const std::string& text : cases) {
        const auto result = parse_enrollment_token(text);
        ASSERT_FALSE(result.has_value()) << text;
        EXPECT_EQ(result.error().code(), ErrorCode::kInvalid);
        EXPECT_EQ(result.error().message().find(good.substr(4, 20)), std::string::npos)
            << "a secret in an error";
    }
}

}  // namespace
}  // namespace modelward::wire
