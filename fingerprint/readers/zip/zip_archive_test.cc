// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/zip/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/zip_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ZipWriter;

ZipArchive read(const Bytes& file) {
    return read_zip_archive(MemorySource(file)).value();
}

std::vector<std::string> names(const ZipArchive& archive) {
    std::vector<std::string> names;
    for (const ZipMember& member : archive.members)
        names.push_back(member.name);
    return names;
}

std::string content(const Bytes& file, const ZipMember& member) {
    const auto begin = file.begin() + static_cast<std::ptrdiff_t>(member.offset);
    return {begin, begin + static_cast<std::ptrdiff_t>(member.bytes)};
}

void expect_defect(const ZipArchive& archive, const std::string& because) {
    ASSERT_TRUE(archive.defect.has_value()) << because;
    EXPECT_THAT(archive.defect->message(), HasSubstr(because));
}

const Bytes kOne = {'o', 'n', 'e'};
const Bytes kThree = {'t', 'h', 'r', 'e', 'e'};

TEST(ZipArchive, FindsTheDataOfStoredMembers) {
    const Bytes file = ZipWriter().add("a", kOne).add("folder/b", kThree).finish();
    const ZipArchive archive = read(file);
    EXPECT_FALSE(archive.defect.has_value()) << archive.defect->message();
    ASSERT_THAT(names(archive), ElementsAre("a", "folder/b"));
    EXPECT_EQ(content(file, archive.members[0]), "one");
    EXPECT_EQ(content(file, archive.members[1]), "three");
    EXPECT_TRUE(archive.members[0].is_stored);
}

TEST(ZipArchive, FindsItBehindHeadersThatLeaveTheSizesToLater) {
    const Bytes file =
        ZipWriter().add({.name = "a", .data = kOne, .sizes_follow = true}).add("b", kThree).finish();
    const ZipArchive archive = read(file);
    EXPECT_FALSE(archive.defect.has_value()) << archive.defect->message();
    ASSERT_THAT(names(archive), ElementsAre("a", "b"));
    EXPECT_EQ(content(file, archive.members[0]), "one");
}

TEST(ZipArchive, ReadsSizesAndOffsetsOf64Bits) {
    const ZipWriter writer = ZipWriter()
                                 .add({.name = "a", .data = kOne, .is_zip64 = true})
                                 .add({.name = "b", .data = kThree, .is_zip64 = true});
    for (const Bytes& file : {writer.finish(), writer.finish_zip64()}) {
        const ZipArchive archive = read(file);
        EXPECT_FALSE(archive.defect.has_value()) << archive.defect->message();
        ASSERT_THAT(names(archive), ElementsAre("a", "b"));
        EXPECT_EQ(content(file, archive.members[1]), "three");
    }
}

TEST(ZipArchive, SaysWhichMembersAreCompressed) {
    const ZipArchive archive = read(ZipWriter().add({.name = "a", .data = kOne, .method = 8}).finish());
    ASSERT_EQ(archive.members.size(), 1U);
    EXPECT_FALSE(archive.members[0].is_stored);
    EXPECT_FALSE(archive.defect.has_value());
}

TEST(ZipArchive, IsNotBlindedByTheFlagOfEncryptionOrByChecksums) {
    const Bytes file = ZipWriter().add({.name = "a", .data = kOne, .flags = 1}).finish();
    const ZipArchive archive = read(file);
    ASSERT_EQ(archive.members.size(), 1U);
    EXPECT_TRUE(archive.members[0].is_stored);
    EXPECT_EQ(content(file, archive.members[0]), "one");
}

TEST(ZipArchive, ListsBothWhenDirectoryAndHeaderDisagree) {
    const ZipArchive renamed =
        read(ZipWriter().add({.name = "listed", .data = kOne, .local_name = "local"}).finish());
    EXPECT_THAT(names(renamed), ElementsAre("listed", "local"));
    expect_defect(renamed, "disagree");

    const ZipArchive method =
        read(ZipWriter().add({.name = "a", .data = kOne, .method = 0, .local_method = 8}).finish());
    ASSERT_EQ(method.members.size(), 2U);
    EXPECT_TRUE(method.members[0].is_stored);
    EXPECT_FALSE(method.members[1].is_stored);
    expect_defect(method, "disagree");

    const ZipArchive size =
        read(ZipWriter().add({.name = "a", .data = kThree, .local_bytes = 2}).add("b", kOne).finish());
    ASSERT_EQ(size.members.size(), 3U);
    EXPECT_EQ(size.members[0].bytes, 5U);
    EXPECT_EQ(size.members[1].bytes, 2U);
    expect_defect(size, "disagree");
}

TEST(ZipArchive, FindsMembersThatTheDirectoryLeavesOut) {
    const Bytes file = ZipWriter()
                           .add("a", kOne)
                           .add({.name = "hidden", .data = kThree, .in_directory = false})
                           .add("b", kOne)
                           .finish();
    const ZipArchive archive = read(file);
    ASSERT_THAT(names(archive), ElementsAre("a", "b", "hidden"));
    EXPECT_EQ(content(file, archive.members[2]), "three");
}

TEST(ZipArchive, KeepsMembersOfOneName) {
    EXPECT_THAT(names(read(ZipWriter().add("a", kOne).add("a", kThree).finish())), ElementsAre("a", "a"));
}

TEST(ZipArchive, DropsEntriesThatPointToNoHeader) {
    const ZipArchive archive =
        read(ZipWriter().add({.name = "a", .data = kOne, .directory_offset = 3}).add("b", kThree).finish());
    EXPECT_THAT(names(archive), ElementsAre("b", "a"));  // the walk finds it all the same
    expect_defect(archive, "has no header at byte 3");
}

TEST(ZipArchive, FindsAnArchiveBehindSomethingElse) {
    Bytes file = testing::noise_bytes(1, 100);
    testing::append(file, ZipWriter().add("a", kOne).finish());
    const ZipArchive archive = read(file);
    ASSERT_THAT(names(archive), ElementsAre("a"));
    EXPECT_EQ(content(file, archive.members[0]), "one");
    EXPECT_FALSE(archive.defect.has_value()) << archive.defect->message();
}

TEST(ZipArchive, FindsTheEndBehindAComment) {
    const std::string comment(65000, 'c');
    EXPECT_THAT(names(read(ZipWriter().add("a", kOne).finish(comment))), ElementsAre("a"));
}

TEST(ZipArchive, WalksAnArchiveWhoseEndWasCutOff) {
    for (const bool sizes_follow : {false, true}) {
        const ZipWriter writer =
            ZipWriter()
                .add({.name = "a", .data = kOne, .sizes_follow = sizes_follow})
                .add({.name = "b", .data = testing::noise_bytes(1, 300'000), .sizes_follow = sizes_follow})
                .add({.name = "c", .data = kThree, .sizes_follow = sizes_follow});
        const ZipArchive archive = read(writer.members());
        ASSERT_THAT(names(archive), ElementsAre("a", "b", "c")) << sizes_follow;
        EXPECT_EQ(content(writer.members(), archive.members[2]), "three");
        expect_defect(archive, "truncated");
    }
}

TEST(ZipArchive, KeepsWhatIsThereOfAMemberThatWasCut) {
    for (const bool sizes_follow : {false, true}) {
        Bytes file =
            ZipWriter().add({.name = "a", .data = Bytes(1000), .sizes_follow = sizes_follow}).members();
        file.resize(600);
        const ZipArchive archive = read(file);
        ASSERT_EQ(archive.members.size(), 1U);
        EXPECT_EQ(archive.members[0].offset + archive.members[0].bytes, 600U);
        expect_defect(archive, "truncated");
    }
}

TEST(ZipArchive, TakesNoDescriptorWhoseSizeIsWrong) {
    Bytes data = kOne;
    testing::append_number(data, std::uint32_t{0x08074B50});
    testing::append(data, Bytes(20, 0xFF));
    const ZipWriter writer =
        ZipWriter().add({.name = "a", .data = data, .sizes_follow = true}).add("b", kThree);
    const ZipArchive archive = read(writer.members());
    ASSERT_THAT(names(archive), ElementsAre("a", "b"));
    EXPECT_EQ(archive.members[0].bytes, data.size());
}

TEST(ZipArchive, BoundsSizesByTheFile) {
    Bytes file = ZipWriter().add({.name = "a", .data = kOne, .is_zip64 = true}).finish();
    // The compressed size in the zip64 field of the directory, then of the local header.
    for (const std::size_t at : {file.size() - 22 - 16, std::size_t{30 + 1 + 12}}) {
        for (std::size_t i = 0; i < 8; ++i)
            file[at + i] = 0xFF;
    }
    const ZipArchive archive = read(file);
    ASSERT_EQ(archive.members.size(), 1U);
    EXPECT_LE(archive.members[0].offset + archive.members[0].bytes, file.size());
    expect_defect(archive, "truncated in or before member 'a'");
}

TEST(ZipArchive, DoesNotLetALongNameHideTheOthers) {
    const ZipArchive archive = read(ZipWriter().add(std::string(5000, 'n'), kOne).add("b", kThree).finish());
    EXPECT_THAT(names(archive), ElementsAre("", "b"));
}

TEST(ZipArchive, SurvivesEveryCut) {
    const Bytes whole = ZipWriter()
                            .add({.name = "a", .data = kOne, .sizes_follow = true})
                            .add({.name = "b", .data = kThree, .is_zip64 = true})
                            .finish_zip64();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        const ZipArchive archive = read(cut);
        EXPECT_TRUE(archive.defect.has_value()) << length;
        for (const ZipMember& member : archive.members)
            EXPECT_LE(member.offset + member.bytes, length);
    }
}

TEST(ZipArchive, AnEmptyArchiveIsSound) {
    const ZipArchive archive = read(ZipWriter().finish());
    EXPECT_TRUE(archive.members.empty());
    EXPECT_FALSE(archive.defect.has_value());
}

}  // namespace
}  // namespace modelward::fingerprint
