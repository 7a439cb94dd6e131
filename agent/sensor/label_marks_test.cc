// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/label_marks.h"

#include <gtest/gtest.h>

namespace modelward::agent {

namespace {

Label sample() {
    Label label;
    label.classes = 0b10;
    label.kinds = 0b1;
    label.artifacts = {0, 41};
    return label;
}

TEST(LabelMarks, ALabelComesBackAsItWent) {
    const auto kernel_label = to_kernel(sample());
    ASSERT_TRUE(kernel_label);
    const auto back = label_from(kernel_label->marks, kernel_label->origin);
    EXPECT_EQ(back.classes, 0b10u);
    EXPECT_EQ(back.kinds, 0b1u);
    EXPECT_EQ(back.origin, LabelOrigin::kConfirmed);
    EXPECT_EQ(back.artifacts, (std::vector<std::uint32_t>{0, 41}));  // number 0 is not an empty place
}

TEST(LabelMarks, TheKernelKeepsTheFirstArtifacts) {
    auto label = sample();
    label.artifacts = {1, 2, 3, 4, 5};
    const auto kernel_label = to_kernel(label);
    EXPECT_EQ(label_from(kernel_label->marks, 1).artifacts, (std::vector<std::uint32_t>{1, 2, 3, 4}));
}

TEST(LabelMarks, NoClassOrUnknownBitsAreRefused) {
    auto none = sample();
    none.classes = 0;
    EXPECT_EQ(to_kernel(none).error().code(), ErrorCode::kInvalid);
    auto classes = sample();
    classes.classes = 1u << kernel::kClasses;
    EXPECT_EQ(to_kernel(classes).error().code(), ErrorCode::kInvalid);
    auto kinds = sample();
    kinds.kinds = 1u << kernel::kKinds;
    EXPECT_EQ(to_kernel(kinds).error().code(), ErrorCode::kInvalid);
    auto reserved = sample();
    reserved.artifacts = {0xffffffff};
    EXPECT_EQ(to_kernel(reserved).error().code(), ErrorCode::kInvalid);
}

}  // namespace

}  // namespace modelward::agent
