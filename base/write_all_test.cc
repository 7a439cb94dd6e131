// SPDX-License-Identifier: Apache-2.0
#include "base/write_all.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace modelward {
namespace {

TEST(WriteAll, WritesMoreThanAPipeTakesAtOnce) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    std::vector<std::uint8_t> bytes(1 << 20);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 31);
    std::thread writing([&] {
        EXPECT_TRUE(write_all(writer.get(), bytes).has_value());
        writer.reset();
    });
    std::vector<std::uint8_t> read;
    std::uint8_t block[4096];
    for (ssize_t count; (count = ::read(reader.get(), block, sizeof block)) > 0;)
        read.insert(read.end(), block, block + count);
    writing.join();
    EXPECT_EQ(read, bytes);
}

TEST(WriteAll, SaysWhenItCannot) {
    const std::uint8_t byte = 1;
    EXPECT_EQ(write_all(-1, {&byte, 1}).error().code(), ErrorCode::kIo);
    EXPECT_TRUE(write_all(-1, {}).has_value()) << "nothing is always written";
}

}  // namespace
}  // namespace modelward
