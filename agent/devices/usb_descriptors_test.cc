// SPDX-License-Identifier: Apache-2.0
#include "agent/devices/usb_descriptors.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace modelward::agent {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kHid = 0x03, kStorage = 0x08, kImage = 0x06, kVendor = 0xff;

Bytes interface(int type, int subclass = 0, int protocol = 0) {
    return {9,
            4,
            0,
            0,
            1,
            static_cast<std::uint8_t>(type),
            static_cast<std::uint8_t>(subclass),
            static_cast<std::uint8_t>(protocol),
            0};
}

// A device and a configuration descriptor, then `more`.
Bytes device_with(const std::vector<Bytes>& more) {
    Bytes all{18, 1, 0, 2, 0, 0, 0,  64, 0x81, 0x07, 0x81, 0x55, 0, 1,
              1,  2, 3, 1, 9, 2, 32, 0,  1,    1,    0,    0x80, 50};
    for (const Bytes& part : more)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

bool stores(const Bytes& bytes) {
    return may_store_files(std::as_bytes(std::span(bytes)));
}

TEST(UsbDescriptors, TellStorageFromWhatHoldsNoFiles) {
    EXPECT_TRUE(stores(device_with({interface(kStorage, 6, 0x50)})));
    EXPECT_TRUE(stores(device_with({interface(kImage, 1, 1)})));
    EXPECT_FALSE(stores(device_with({interface(kHid, 1, 1)})));
}

TEST(UsbDescriptors, OneStorageInterfaceAmongOthersIsEnough) {
    EXPECT_TRUE(stores(
        device_with({interface(kHid, 1, 1), {7, 5, 0x81, 3, 8, 0, 10}, interface(kStorage, 6, 0x50)})));
}

TEST(UsbDescriptors, KnowAndroidsMtpFromVendorsOwnAdapters) {
    EXPECT_TRUE(stores(device_with({interface(kVendor, 0xff, 0)})));
    EXPECT_FALSE(stores(device_with({interface(kVendor, 0xff, 0xff)})));
    EXPECT_FALSE(stores(device_with({interface(kVendor, 0x42, 1)})));
}

TEST(UsbDescriptors, ADeviceThatDoesNotParseCountsAsStorage) {
    EXPECT_TRUE(stores({}));
    EXPECT_TRUE(stores(device_with({})));
    EXPECT_TRUE(stores(device_with({interface(kHid), {9}})));
    EXPECT_TRUE(stores(device_with({interface(kHid), {0, 4}})));
    EXPECT_TRUE(stores(device_with({interface(kHid), {200, 4, 0}})));
    EXPECT_TRUE(stores(device_with({{8, 4, 0, 0, 1, kHid, 0, 0}})));
}

}  // namespace
}  // namespace modelward::agent
