// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/program_keys.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "agent/sensor/package_files.h"
#include "agent/sensor/pinned_file.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

constexpr const char* kHashOfHello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

struct ProgramKeysTest : ::testing::Test {
    TemporaryDirectory directory;
    std::string path = (directory.path() / "borg").string();
    rules::CompiledPolicy policy;
    PinnedDigests digests;
    std::string refused;  // stat finds it and the sensor cannot

    Result<ResolvedPrograms> resolve() {
        return resolve_programs(
            policy,
            [this](int fd) -> Result<std::vector<kernel::inode_key>> {
                struct stat status{}, of_refused{};
                ::fstat(fd, &status);
                if (::stat(refused.c_str(), &of_refused) == 0 && of_refused.st_ino == status.st_ino)
                    return fail(ErrorCode::kIo, "open refuses it");
                return std::vector<kernel::inode_key>{
                    {status.st_ino, static_cast<std::uint32_t>(status.st_dev), 0}};
            },
            digests);
    }
    // Pins are for files on disk (agent/sensor/pinned_file.h), and are looked at again just after a change.
    bool on_disk() const {
        directory.write("probe", "");
        const UniqueFd probe(::open((directory.path() / "probe").c_str(), O_RDONLY | O_CLOEXEC));
        return tells_of_changes(probe.get()).has_value();
    }
    static void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(40)); }
    void name(const std::string& program) {
        policy.program_rules.clear();
        policy.program_rules[program].set(1);
    }
};

TEST_F(ProgramKeysTest, APinnedProgramIsOneWhileItHasItsContent) {
    if (!on_disk()) GTEST_SKIP() << "no pins on this file system";
    directory.write("borg", "hello");
    settle();
    name(path + "@sha256:" + kHashOfHello);
    auto resolved = resolve();
    ASSERT_TRUE(resolved) << resolved.error().message();
    EXPECT_EQ(resolved->rows.size(), 1u);
    EXPECT_TRUE(resolved->still_holds());
    EXPECT_TRUE(resolved->other_content.empty());

    directory.write("borg", "jello");  // the same inode and size
    settle();
    EXPECT_FALSE(resolved->still_holds());
    resolved = resolve();
    EXPECT_TRUE(resolved->rows.empty()) << "it is no longer the program";
    EXPECT_EQ(resolved->other_content, std::vector<std::string>{path});
    ASSERT_EQ(resolved->problems().size(), 1u);
    EXPECT_TRUE(resolved->problems()[0].ends_with(path + ": its content is not what the rule pins"));
    EXPECT_EQ(resolved->missing(), 0u);
    EXPECT_TRUE(resolved->still_holds());

    directory.write("borg", "hello");
    EXPECT_FALSE(resolved->still_holds());
    EXPECT_EQ(resolve()->rows.size(), 1u);
}

TEST_F(ProgramKeysTest, APinIsNotBelievedWhileSomebodyCanWriteTheFile) {
    if (!on_disk()) GTEST_SKIP() << "no pins on this file system";
    directory.write("borg", "hello");
    name(path + "@sha256:" + kHashOfHello);
    void* mapping = nullptr;
    {
        const UniqueFd writer(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        mapping = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, writer.get(), 0);
        ASSERT_NE(mapping, MAP_FAILED);
    }
    static_cast<char*>(mapping)[0] = 'h';  // from here on its stores show in no time of change
    settle();
    const auto resolved = resolve();
    EXPECT_TRUE(resolved->rows.empty());
    ASSERT_EQ(resolved->refused.size(), 1u);
    EXPECT_NE(resolved->refused[0].find("open for writing"), std::string::npos);
    EXPECT_FALSE(resolved->still_holds()) << "it is looked at again";
    ::munmap(mapping, 4096);
    EXPECT_EQ(resolve()->rows.size(), 1u);
    EXPECT_TRUE(resolve()->still_holds());
}

TEST_F(ProgramKeysTest, APinIsNotBelievedWhereChangesDoNotShow) {
    const int memory = ::memfd_create("borg", MFD_CLOEXEC);  // lies on a tmpfs
    const UniqueFd file(memory);
    ASSERT_EQ(::write(memory, "hello", 5), 5);
    name("/proc/self/fd/" + std::to_string(memory) + "@sha256:" + kHashOfHello);
    const auto resolved = resolve();
    EXPECT_TRUE(resolved->rows.empty());
    ASSERT_EQ(resolved->refused.size(), 1u);
    EXPECT_NE(resolved->refused[0].find("does not tell"), std::string::npos);
}

TEST_F(ProgramKeysTest, WhatWasChangedThisMomentIsLookedAtAgain) {
    if (!on_disk()) GTEST_SKIP() << "no pins on this file system";
    directory.write("borg", "hello");
    name(path + "@sha256:" + kHashOfHello);
    const auto resolved = resolve();
    EXPECT_EQ(resolved->rows.size(), 1u);
    EXPECT_FALSE(resolved->still_holds());
    settle();
    EXPECT_TRUE(resolve()->still_holds());
}

TEST_F(ProgramKeysTest, ALongPinnedProgramIsReadOverSeveralLooks) {
    if (!on_disk()) GTEST_SKIP() << "no pins on this file system";
    directory.write("borg", "hello");
    settle();
    digests = PinnedDigests(3);
    name(path + "@sha256:" + kHashOfHello);
    auto resolved = resolve();
    EXPECT_TRUE(resolved->rows.empty()) << "not known yet is not known";
    EXPECT_EQ(resolved->being_read, 1u);
    EXPECT_TRUE(resolved->other_content.empty());
    EXPECT_FALSE(resolved->still_holds());
    resolved = resolve();
    EXPECT_EQ(resolved->rows.size(), 1u);
    EXPECT_TRUE(resolved->still_holds());
    EXPECT_EQ(resolve()->rows.size(), 1u);
    EXPECT_EQ(digests.bytes_read(), 5u) << "and is not read again for another look";
}

TEST_F(ProgramKeysTest, WithoutAPinOnlyAnotherInodeIsAnotherProgram) {
    directory.write("borg", "hello");
    name(path);
    const auto resolved = resolve();
    directory.write("borg", "jello");
    EXPECT_TRUE(resolved->still_holds());
    directory.write("new", "hello");
    std::filesystem::rename(directory.path() / "new", path);
    EXPECT_FALSE(resolved->still_holds());
}

TEST_F(ProgramKeysTest, APinAndAPathOfOneFileAreBothItsNames) {
    if (!on_disk()) GTEST_SKIP() << "no pins on this file system";
    directory.write("borg", "hello");
    policy.program_rules[path].set(1);
    policy.program_rules[path + "@sha256:" + kHashOfHello].set(2);
    const auto resolved = resolve();
    ASSERT_EQ(resolved->rows.size(), 1u);
    EXPECT_EQ(resolved->rows[0].second.rules.words[0], 0b110u);
}

TEST_F(ProgramKeysTest, AProgramThatCannotBeLookedAtTakesNothingFromTheOthers) {
    directory.write("borg", "hello");
    directory.write("rclone", "hello");
    name(path);
    const auto other = (directory.path() / "rclone").string();
    policy.program_rules[other].set(2);
    const std::string too_long = "/" + std::string(5000, 'x');  // open refuses it
    policy.program_rules[too_long].set(3);
    refused = path;
    const auto resolved = resolve();
    ASSERT_TRUE(resolved) << resolved.error().message();
    ASSERT_EQ(resolved->rows.size(), 1u);
    EXPECT_TRUE(resolved->rows[0].second.rules.words[0] == 0b100u) << "the other one is known";
    ASSERT_EQ(resolved->refused.size(), 2u);
    EXPECT_TRUE(resolved->refused[0].starts_with(path + ": ")) << resolved->refused[0];
    EXPECT_EQ(resolved->problems().size(), 2u);
    EXPECT_FALSE(resolved->still_holds()) << "it is tried again";

    policy.program_rules.erase(too_long);
    refused.clear();
    EXPECT_EQ(resolve()->rows.size(), 2u);
    EXPECT_FALSE(resolve()->same_rows(*resolved));
    EXPECT_TRUE(resolve()->same_rows(*resolve()));
    EXPECT_TRUE(resolve()->still_holds());
    EXPECT_TRUE(resolve()->problems().empty());
}

TEST_F(ProgramKeysTest, WhatIsNoFileIsMissing) {
    name(directory.path().string());
    EXPECT_EQ(resolve()->missing(), 1u);
    name(path + "/below");
    directory.write("borg", "hello");
    EXPECT_EQ(resolve()->missing(), 1u);
    EXPECT_TRUE(resolve()->refused.empty());
}

TEST_F(ProgramKeysTest, TheExemptListTakesThePinAsWell) {
    if (!on_disk()) GTEST_SKIP() << "no pins on this file system";
    directory.write("borg", "hello");
    policy.exempt_programs = {path + "@sha256:" + kHashOfHello};
    ASSERT_EQ(resolve()->rows.size(), 1u);
    EXPECT_EQ(resolve()->rows[0].second.exempt, 1u);
    directory.write("borg", "other");
    EXPECT_TRUE(resolve()->rows.empty());
}

TEST_F(ProgramKeysTest, APackageOfThisHostIsFoundAndOneThatIsNotIsCounted) {
    if (sources_of_package("coreutils").empty()) GTEST_SKIP() << "this host has no dpkg";
    name("package:coreutils");
    const auto resolved = resolve();
    ASSERT_TRUE(resolved) << resolved.error().message();
    EXPECT_GT(resolved->rows.size(), 50u);
    EXPECT_TRUE(resolved->still_holds());
    EXPECT_EQ(resolved->missing(), 0u);
    name("package:no-such-package");
    EXPECT_EQ(resolve()->missing(), 1u);
    EXPECT_TRUE(resolve()->still_holds());
}

}  // namespace
}  // namespace modelward::agent
