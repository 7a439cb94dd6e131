// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/pinned_digests.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/testing/temporary_directory.h"
#include "base/unique_fd.h"

namespace modelward::agent {
namespace {

constexpr const char* kHashOfHello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

struct PinnedDigestsTest : ::testing::Test {
    TemporaryDirectory directory;

    std::optional<std::string> of(PinnedDigests& digests, const std::string& name, bool settled = true) {
        const UniqueFd fd(::open((directory.path() / name).c_str(), O_RDONLY | O_CLOEXEC));
        struct stat status{};
        ::fstat(fd.get(), &status);
        const auto found = digests.of(
            fd.get(), {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_nsec, changed},
            settled);
        EXPECT_TRUE(found) << found.error().message();
        return found.value_or(std::nullopt);
    }
    std::int64_t changed = 1;
};

TEST_F(PinnedDigestsTest, AFileIsReadOnceForOneState) {
    directory.write("borg", "hello");
    PinnedDigests digests;
    for (int look = 0; look < 3; ++look) {
        digests.begin_look();
        EXPECT_EQ(of(digests, "borg"), kHashOfHello);
        EXPECT_EQ(digests.bytes_read(), 5u);
    }
    changed = 2;
    digests.begin_look();
    EXPECT_EQ(of(digests, "borg"), kHashOfHello);
    EXPECT_EQ(digests.bytes_read(), 10u) << "another state is read anew";
}

TEST_F(PinnedDigestsTest, ALongFileIsReadInPartsAndComesOutTheSame) {
    const std::string text = std::string(3 << 20, 'x') + "end";
    directory.write("long", text);
    const UniqueFd fd(::open((directory.path() / "long").c_str(), O_RDONLY | O_CLOEXEC));
    const auto whole = sha256_of_file(fd.get()).value();
    PinnedDigests digests(1 << 20);
    for (int look = 1; look <= 3; ++look) {
        digests.begin_look();
        EXPECT_EQ(of(digests, "long"), std::nullopt);
        EXPECT_EQ(digests.bytes_read(), static_cast<std::uint64_t>(look) << 20);
    }
    digests.begin_look();
    EXPECT_EQ(of(digests, "long"), whole);
    EXPECT_EQ(digests.bytes_read(), text.size());
}

TEST_F(PinnedDigestsTest, TheFilesOfALookShareItsBytes) {
    directory.write("a", std::string(1000, 'a'));
    directory.write("b", std::string(1000, 'b'));
    PinnedDigests digests(1500);
    digests.begin_look();
    EXPECT_NE(of(digests, "a"), std::nullopt);
    EXPECT_EQ(of(digests, "b"), std::nullopt);
    digests.begin_look();
    EXPECT_NE(of(digests, "a"), std::nullopt);
    EXPECT_NE(of(digests, "b"), std::nullopt);
    EXPECT_EQ(digests.bytes_read(), 2000u);
}

TEST_F(PinnedDigestsTest, WhatIsNotSettledIsNotRemembered) {
    directory.write("borg", "hello");
    PinnedDigests digests;
    digests.begin_look();
    EXPECT_EQ(of(digests, "borg", false), kHashOfHello);
    directory.write("borg", "jello");  // within the tick: the same state
    digests.begin_look();
    EXPECT_NE(of(digests, "borg"), kHashOfHello);
    PinnedDigests small(3);
    small.begin_look();
    EXPECT_EQ(of(small, "borg", false), std::nullopt);
    EXPECT_EQ(small.bytes_read(), 0u) << "it is begun when it can be kept";
}

}  // namespace
}  // namespace modelward::agent
