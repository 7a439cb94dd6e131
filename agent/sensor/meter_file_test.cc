// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/meter_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {

namespace {

SavedMeters sample() {
    SavedMeters saved;
    saved.clock_ns = 1'700'000'000'000'000'000;
    kernel::meter_key key{};
    key.rule = 5, key.uid = 1000;
    kernel::meter meter{};
    meter.window_seconds = 86'400, meter.bucket = 42, meter.used[10] = 77;
    saved.meters = {{key, meter}};
    return saved;
}

TEST(MeterFile, WhatWasWrittenIsRead) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "meters";
    ASSERT_TRUE(write_meters(file, sample()));
    const auto read = read_meters(file);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->clock_ns, sample().clock_ns);
    ASSERT_EQ(read->meters.size(), 1u);
    EXPECT_EQ(read->meters[0].first.uid, 1000u);
    EXPECT_EQ(read->meters[0].second.bucket, 42u);
    EXPECT_EQ(read->meters[0].second.used[10], 77u);
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(MeterFile, NoFileIsAFirstStart) {
    EXPECT_EQ(read_meters("/nonexistent/meters").error().code(), ErrorCode::kNotFound);
}

TEST(MeterFile, ADamagedFileIsRefusedAsAWhole) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "meters";
    ASSERT_TRUE(write_meters(file, sample()));
    {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(-1, std::ios::end);
        stream.put('x');
    }
    EXPECT_EQ(read_meters(file).error().code(), ErrorCode::kInvalid);
    std::filesystem::resize_file(file, 20);
    EXPECT_EQ(read_meters(file).error().code(), ErrorCode::kInvalid);
}

TEST(MeterFile, TheirClockNeverGoesBack) {
    const std::uint64_t later = 10'000'000'000'000'000'000U;  // long after now
    EXPECT_GT(clock_offset(later), clock_offset(0));
    EXPECT_NEAR(static_cast<double>(clock_offset(1)), static_cast<double>(clock_offset(0)), 1e9);
}

}  // namespace

}  // namespace modelward::agent
