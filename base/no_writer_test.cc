// SPDX-License-Identifier: Apache-2.0
#include "base/no_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <thread>

#include "base/testing/temporary_directory.h"
#include "base/unique_fd.h"

namespace modelward {
namespace {

struct NoWriterTest : testing::Test {
    TemporaryDirectory directory;
    std::filesystem::path file = directory.write("file", "content");
    UniqueFd reader{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
};

TEST_F(NoWriterTest, AWriterIsNoticedUntilItCloses) {
    EXPECT_TRUE(has_no_writer(reader.get()));
    {
        const UniqueFd writer(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
        EXPECT_FALSE(has_no_writer(reader.get()));
    }
    EXPECT_TRUE(has_no_writer(reader.get()));
}

TEST_F(NoWriterTest, AWritableMappingCountsAsAWriter) {
    void* mapping = nullptr;
    {
        const UniqueFd writer(::open(file.c_str(), O_RDWR | O_CLOEXEC));
        mapping = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, writer.get(), 0);
        ASSERT_NE(mapping, MAP_FAILED);
    }
    EXPECT_FALSE(has_no_writer(reader.get()));
    ::munmap(mapping, 4096);
    EXPECT_TRUE(has_no_writer(reader.get()));
}

// Without care the kernel's signal would end this very process.
TEST_F(NoWriterTest, WhoOpensTheFileMeanwhileEndsNobody) {
    std::atomic<bool> done = false;
    std::thread opener([&] {
        while (!done)
            const UniqueFd writer(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
    });
    for (int i = 0; i < 20'000; ++i)
        static_cast<void>(has_no_writer(reader.get()));
    done = true;
    opener.join();
    EXPECT_TRUE(has_no_writer(reader.get()));
}

}  // namespace
}  // namespace modelward
