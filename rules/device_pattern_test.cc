// SPDX-License-Identifier: Apache-2.0
#include "rules/device_pattern.h"

#include <gtest/gtest.h>

namespace modelward::rules {
namespace {

TEST(DevicePattern, MeansAVendorAProductOrOneDevice) {
    const auto vendor = parse_device_pattern("0781");
    ASSERT_TRUE(vendor);
    EXPECT_TRUE(vendor->matches(0x0781, 0x5581, "A1"));
    EXPECT_FALSE(vendor->matches(0x0782, 0x5581, "A1"));

    const auto product = parse_device_pattern("0781:5581");
    ASSERT_TRUE(product);
    EXPECT_TRUE(product->matches(0x0781, 0x5581, ""));
    EXPECT_FALSE(product->matches(0x0781, 0x5582, ""));

    const auto device = parse_device_pattern("0781:5581:4C53:0001");
    ASSERT_TRUE(device);
    EXPECT_TRUE(device->matches(0x0781, 0x5581, "4C53:0001"));
    EXPECT_FALSE(device->matches(0x0781, 0x5581, "4C53:0002"));
    EXPECT_FALSE(device->matches(0x0781, 0x5581, ""));
}

TEST(DevicePattern, TakesHexadecimalDigitsInBothCases) {
    EXPECT_EQ(parse_device_pattern("aBcD:00fF"), parse_device_pattern("AbCd:00Ff"));
}

TEST(DevicePattern, RefusesEverythingElse) {
    for (const char* text : {"", "781", "07811", "0x78", "-781", "0781:", "0781:558", "0781:5581:", "0781:*",
                             ":5581", "0781 :5581", "0781:5581:\x01", "SanDisk"})
        EXPECT_FALSE(parse_device_pattern(text)) << text;
    EXPECT_TRUE(parse_device_pattern("0781:5581:" + std::string(126, 'x')));
    EXPECT_FALSE(parse_device_pattern("0781:5581:" + std::string(127, 'x')));
}

}  // namespace
}  // namespace modelward::rules
