// SPDX-License-Identifier: Apache-2.0
// A /sys of plain files: what is written to `authorized` is what the kernel would be told.
#include "agent/devices/storage_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StorageGuardTest : public ::testing::Test {
  protected:
    StorageGuardTest() {
        std::filesystem::create_directories(sys() / "bus/usb/devices");
        put("module/usbcore/parameters/authorized_default", "1");
        put("devices/usb1/authorized_default", "1");
        std::filesystem::create_directory_symlink(sys() / "devices/usb1", sys() / "bus/usb/devices/usb1");
    }

    std::filesystem::path sys() const { return directory_.path(); }

    void put(const std::string& name, const std::string& text) {
        std::filesystem::create_directories((sys() / name).parent_path());
        std::ofstream(sys() / name, std::ios::binary) << text;
    }
    std::string get(const std::string& name) {
        std::string text;
        std::ifstream(sys() / name) >> text;
        return text;
    }

    // As a hub that holds new devices leaves it; the guard is told.
    std::filesystem::path plug(StorageGuard& guard, const std::string& port, int interface_class,
                               const std::string& serial) {
        const std::string folder = "devices/usb1/" + port;
        put(folder + "/idVendor", "0781\n");
        put(folder + "/idProduct", "5581\n");
        put(folder + "/manufacturer", "SanDisk\n");
        put(folder + "/product", "Ultra\n");
        put(folder + "/serial", serial + "\n");
        put(folder + "/descriptors", {9, 4, 0, 0, 2, static_cast<char>(interface_class), 6, 0x50, 0});
        put(folder + "/authorized", get("devices/usb1/authorized_default"));
        const auto link = sys() / "bus/usb/devices" / port;
        if (!std::filesystem::exists(link)) std::filesystem::create_directory_symlink(sys() / folder, link);
        guard.arrived(sys() / folder);
        return sys() / folder;
    }
    bool is_let_in(const std::string& port) { return get("devices/usb1/" + port + "/authorized") == "1"; }

    static StorageGuard::List list(std::initializer_list<std::string_view> patterns) {
        std::vector<rules::DevicePattern> parsed;
        for (const std::string_view pattern : patterns)
            parsed.push_back(*rules::parse_device_pattern(pattern));
        return parsed;
    }

    static constexpr int kStorage = 8, kKeyboard = 3;
    TemporaryDirectory directory_;
    EventLoop loop_ = *EventLoop::create();
    std::vector<std::string> said_;
    StorageGuard guard_{loop_, [this](const std::string& text) { said_.push_back(text); }, sys()};
};

TEST_F(StorageGuardTest, WithoutAListNothingIsHeld) {
    guard_.use(std::nullopt);
    EXPECT_EQ(get("devices/usb1/authorized_default"), "1");
    plug(guard_, "1-1", kStorage, "A");
    EXPECT_TRUE(is_let_in("1-1"));
    EXPECT_THAT(said_, ElementsAre());
}

TEST_F(StorageGuardTest, HoldsStorageThatIsNotOnTheListAndSaysSo) {
    guard_.use(list({"0781:5581:A"}));
    EXPECT_EQ(get("devices/usb1/authorized_default"), "0");
    EXPECT_EQ(get("module/usbcore/parameters/authorized_default"), "0");
    plug(guard_, "1-1", kStorage, "B");
    EXPECT_FALSE(is_let_in("1-1"));
    EXPECT_THAT(said_, ElementsAre(HasSubstr("0781:5581 (SanDisk Ultra, serial B) is held")));
}

TEST_F(StorageGuardTest, LetsInWhatIsOnTheListAndWhatStoresNothing) {
    guard_.use(list({"0781:5581:A"}));
    plug(guard_, "1-1", kStorage, "A");
    plug(guard_, "1-2", kKeyboard, "B");
    EXPECT_TRUE(is_let_in("1-1"));
    EXPECT_TRUE(is_let_in("1-2"));
}

TEST_F(StorageGuardTest, AHeldDeviceIsLetInWhenTheNextListHasIt) {
    guard_.use(list({}));
    plug(guard_, "1-1", kStorage, "A");
    ASSERT_FALSE(is_let_in("1-1"));
    guard_.use(list({"0781"}));
    EXPECT_TRUE(is_let_in("1-1"));
}

TEST_F(StorageGuardTest, WhenTheListIsWithdrawnEverythingIsLetIn) {
    guard_.use(list({}));
    plug(guard_, "1-1", kStorage, "A");
    guard_.use(std::nullopt);
    EXPECT_TRUE(is_let_in("1-1"));
    EXPECT_EQ(get("devices/usb1/authorized_default"), "1");
    EXPECT_EQ(get("module/usbcore/parameters/authorized_default"), "1");
}

TEST_F(StorageGuardTest, StorageThatIsInUseIsLeftAlone) {
    guard_.use(std::nullopt);
    plug(guard_, "1-1", kStorage, "A");
    guard_.use(list({}));
    EXPECT_TRUE(is_let_in("1-1"));
}

TEST_F(StorageGuardTest, TheSameListAgainIsNoNewsAndAnotherDeviceInThatPortIs) {
    guard_.use(list({}));
    plug(guard_, "1-1", kStorage, "A");
    guard_.use(list({}));
    EXPECT_EQ(said_.size(), 1U);
    plug(guard_, "1-1", kStorage, "B");
    EXPECT_EQ(said_.size(), 2U);
}

TEST_F(StorageGuardTest, AHubThatComesLaterHoldsToo) {
    guard_.use(list({}));
    put("devices/usb2/authorized_default", "1");
    guard_.arrived(sys() / "devices/usb2");
    EXPECT_EQ(get("devices/usb2/authorized_default"), "0");
}

TEST_F(StorageGuardTest, AHubThatCannotBeToldToHoldIsAProblemForAsLongAsThereIsAList) {
    // Nobody can open a directory for writing, not even root.
    std::filesystem::create_directories(sys() / "devices/usb2/authorized_default");
    guard_.use(list({}));
    EXPECT_THAT(guard_.problem(), IsEmpty());
    guard_.arrived(sys() / "devices/usb2");
    EXPECT_THAT(guard_.problem(), HasSubstr("storage plugged in there is not controlled"));
    guard_.arrived(sys() / "devices/usb2");
    EXPECT_THAT(said_, ElementsAre(guard_.problem()));
    guard_.use(std::nullopt);
    EXPECT_THAT(guard_.problem(), IsEmpty());
}

TEST_F(StorageGuardTest, AtTheEndHubsLetDevicesInAgainAndWhatIsHeldStaysHeld) {
    {
        StorageGuard guard(loop_, [](const std::string&) {}, sys());
        guard.use(list({}));
        plug(guard, "1-1", kStorage, "A");
    }
    EXPECT_EQ(get("devices/usb1/authorized_default"), "1");
    EXPECT_FALSE(is_let_in("1-1"));
}

TEST_F(StorageGuardTest, WhatWasHeldBeforeTheStartIsJudgedAtTheStart) {
    put("devices/usb1/authorized_default", "0");
    plug(guard_, "1-1", kStorage, "A");
    plug(guard_, "1-2", kKeyboard, "B");
    guard_.use(list({}));
    EXPECT_FALSE(is_let_in("1-1"));
    EXPECT_TRUE(is_let_in("1-2"));
}

}  // namespace
}  // namespace modelward::agent
