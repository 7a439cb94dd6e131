// SPDX-License-Identifier: Apache-2.0
#include "agent/labels/label_archive.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "agent/labels/label_memory.h"
#include "agent/testing/fake_sensor.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

struct LabelArchiveTest : ::testing::Test {
    TemporaryDirectory directory;
    Database database = Database::open(directory.path() / "spool.db", true).value();
    static InodeKey key_of(const std::filesystem::path& path) {
        const UniqueFd fd(::open(path.c_str(), O_RDONLY));
        return FakeSensor::key_of(fd.get());
    }
    LabelArchive open() { return std::move(*LabelArchive::open(database)); }
    static ArchivedFile file_at(const fs::path& path) {
        const UniqueFd fd(::open(path.c_str(), O_RDONLY));
        return *archived_file(fd.get());
    }
    const Label label{4, 1, LabelOrigin::kDerived, {7, 9}};
};

TEST_F(LabelArchiveTest, LabelsComeBackAfterARestart) {
    ASSERT_TRUE(open().remember({5, 6}, "/srv/\xff odd name", label));
    const auto archive = open();
    const auto* archived = archive.find({5, 6});
    ASSERT_NE(archived, nullptr);
    EXPECT_EQ(archived->path, "/srv/\xff odd name");
    EXPECT_EQ(archived->label.classes, 4u);
    EXPECT_EQ(archived->label.origin, LabelOrigin::kDerived);
    EXPECT_EQ(archived->label.artifacts, (std::vector<std::uint32_t>{7, 9}));
}

TEST_F(LabelArchiveTest, AForgottenLabelStaysForgotten) {
    auto archive = open();
    ASSERT_TRUE(archive.remember({5, 6}, "/a", label));
    ASSERT_TRUE(archive.forget({5, 6}));
    ASSERT_TRUE(archive.forget({5, 6})) << "twice is no error";
    EXPECT_EQ(archive.find({5, 6}), nullptr);
    EXPECT_TRUE(open().all().empty());
}

TEST_F(LabelArchiveTest, ARenamedFileIsTheSameAndANewFileUnderTheOldNameIsNot) {
    const auto path = directory.write("model", "x");
    const auto before = file_at(path);
    fs::rename(path, directory.path() / "other-name");
    EXPECT_EQ(file_at(directory.path() / "other-name"), before);
    directory.write("model", "x");
    EXPECT_NE(file_at(path), before);
}

TEST_F(LabelArchiveTest, TheInodeAloneIsAskedFirst) {
    auto archive = open();
    ASSERT_TRUE(archive.remember({5, -6}, "/a", label));
    EXPECT_TRUE(archive.holds_inode(5));
    EXPECT_FALSE(archive.holds_inode(4));
    EXPECT_FALSE(archive.holds_inode(6));
}

TEST_F(LabelArchiveTest, AfterARebootFilesAreLabelledAgainWhereverTheyWereMoved) {
    const auto stays = directory.write("stays", "x"), moves = directory.write("moves", "y");
    const auto cleared = directory.write("cleared", "z");
    FakeSensor sensor;
    {
        LabelMemory memory(open(), sensor);
        for (const auto& path : {stays, moves, cleared})
            memory.labelled(path, key_of(path), label);
        memory.cleared(cleared, key_of(cleared));
    }
    fs::rename(moves, directory.path() / "moved");
    directory.write("moves", "another file");
    LabelMemory memory(open(), sensor);
    memory.restore();
    EXPECT_EQ(sensor.labels.size(), 1u) << "the one that is where it was";
    for (const auto* name : {"moves", "moved", "cleared"}) {
        struct stat status{};
        ASSERT_EQ(::stat((directory.path() / name).c_str(), &status), 0);
        memory.found(directory.path() / name, status);
    }
    EXPECT_EQ(sensor.labels.size(), 2u) << "and the one that a walk found under another name";
    EXPECT_EQ(memory.counters().restored, 2u);
}

TEST_F(LabelArchiveTest, AFileThatHadMovedOnWhenItWasLabelledIsRememberedWhereAWalkFindsIt) {
    const auto file = directory.write("final-name", "encrypted");
    FakeSensor sensor;
    sensor.labels[key_of(file)] = label;
    LabelMemory memory(open(), sensor);
    memory.labelled(directory.path() / "temporary-name", key_of(file), label);
    EXPECT_TRUE(open().all().empty());
    struct stat status{};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    memory.found(file, status);
    ASSERT_NE(open().find(file_at(file)), nullptr);
    EXPECT_EQ(open().find(file_at(file))->path, file);
}

TEST_F(LabelArchiveTest, NothingIsRememberedOfAnotherFileThatLiesAtThePath) {
    const auto bystander = directory.write("libc.so.6", "everybody reads this");
    FakeSensor sensor;
    {
        LabelMemory memory(open(), sensor);
        memory.labelled(bystander, {1, 2, 3},
                        label);  // so its writer called it, in a mount namespace of his own
        EXPECT_EQ(memory.counters().not_remembered, 1u);
        memory.labelled(bystander, key_of(bystander), label);
        memory.cleared(bystander, {1, 2, 3});
    }
    EXPECT_EQ(open().all().size(), 1u) << "nor forgotten";
}

}  // namespace
}  // namespace modelward::agent
