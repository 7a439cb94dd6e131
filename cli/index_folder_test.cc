// SPDX-License-Identifier: Apache-2.0
// A folder of fingerprints and the index beside them: whichever of the two changed, what is asked is right.
#include "cli/index_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.h"
#include "cli/fingerprint_files.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IndexFolder : public ::testing::Test {
  protected:
    std::string path(const std::string& name) const { return (temporary_.path() / name).string(); }
    std::string folder() const { return temporary_.path().string(); }
    // A fingerprint that differs from the others by `seed`.
    void put(const std::string& name, std::uint64_t seed) const {
        fingerprint::Fingerprint made;
        made.format = "gguf";
        made.file_bytes = 1000 + seed;
        ASSERT_TRUE(write_fingerprint_file(path(name + ".mwfp"), made).has_value());
    }
    IndexChange update() const { return update_index(folder()).value(); }
    std::vector<std::string> names() const { return load_index({folder()}).value().names; }
    // The size that the index knows of an artifact.
    std::uint64_t bytes_of(const std::string& name) const {
        const auto index = load_index({folder()}).value();
        for (std::uint32_t i = 0; i < index.names.size(); ++i)
            if (index.names[i] == name) return index.index.tables().artifact(i).file_bytes;
        return 0;
    }

    void damage_index(std::size_t offset) const {
        std::fstream file(index_path(folder()), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(offset));
        file.put('x');
    }

    TemporaryDirectory temporary_;
};

TEST_F(IndexFolder, WithoutAnIndexIsReadFromItsFingerprints) {
    put("b", 1);
    put("a", 2);
    std::ofstream(path("notes.txt")) << "not a fingerprint";
    EXPECT_THAT(names(), ElementsAre("a", "b"));
    EXPECT_FALSE(fs::exists(index_path(folder()))) << "asking changes nothing";
}

TEST_F(IndexFolder, IsUpdatedByWhatChanged) {
    put("a", 1);
    put("b", 2);
    auto change = update();
    EXPECT_EQ(change.added, 2U);
    EXPECT_EQ(change.kept, 0U);
    put("c", 3);
    fs::remove(path("a.mwfp"));
    change = update();
    EXPECT_EQ(change.kept, 1U);
    EXPECT_EQ(change.added, 1U);
    EXPECT_EQ(change.dropped, 1U);
    EXPECT_THAT(names(), ElementsAre("b", "c"));
    EXPECT_EQ(bytes_of("b"), 1002U);
    EXPECT_TRUE(verify_index(folder()).has_value());
}

TEST_F(IndexFolder, IsNotWrittenAgainWhenNothingChanged) {
    put("a", 1);
    update();
    const auto before = fs::last_write_time(index_path(folder())) - std::chrono::hours(1);
    fs::last_write_time(index_path(folder()), before);
    EXPECT_EQ(update().kept, 1U);
    EXPECT_EQ(fs::last_write_time(index_path(folder())), before);
}

TEST_F(IndexFolder, BelievesTheFingerprintsWhenTheIndexIsBehind) {
    put("a", 1);
    put("b", 2);
    update();
    put("a", 50);  // another artifact by this name
    fs::remove(path("b.mwfp"));
    put("c", 3);
    EXPECT_THAT(names(), ElementsAre("a", "c"));
    EXPECT_EQ(bytes_of("a"), 1050U);
    const auto behind = verify_index(folder());
    ASSERT_FALSE(behind.has_value());
    EXPECT_THAT(behind.error().message(), HasSubstr("modelward index add"));
}

TEST_F(IndexFolder, MakesADamagedIndexAnew) {
    put("a", 1);
    for (const char* damage : {"", "not an index", "MWIX\r\n\x1a\n"}) {
        std::ofstream(index_path(folder()), std::ios::trunc) << damage;
        EXPECT_FALSE(verify_index(folder()).has_value());
        EXPECT_THAT(names(), ElementsAre("a"));
        EXPECT_EQ(update().added, 1U);
        EXPECT_TRUE(verify_index(folder()).has_value());
    }
}

TEST_F(IndexFolder, VerifyingNoticesAChangedByteAndUpdatingMendsIt) {
    put("a", 1);
    update();
    damage_index(200);
    const std::string why = verify_index(folder()).error().message();
    EXPECT_THAT(why, HasSubstr("damaged"));
    EXPECT_THAT(why, HasSubstr("make it anew with: modelward index add"));
    EXPECT_EQ(update().added, 1U) << "although all its fingerprints are there";
    EXPECT_TRUE(verify_index(folder()).has_value());
}

TEST_F(IndexFolder, TakesNothingOverFromADamagedIndex) {
    put("a", 1);
    update();
    constexpr std::size_t kFirstArtifact = 192;
    damage_index(kFirstArtifact + offsetof(fingerprint::ArtifactRecord, file_bytes));
    put("b", 2);
    EXPECT_EQ(update().added, 2U);
    EXPECT_EQ(bytes_of("a"), 1001U);
    EXPECT_TRUE(verify_index(folder()).has_value());
}

TEST_F(IndexFolder, MayBeSeveralFilesAndFolders) {
    put("a", 1);
    put("b", 2);
    fs::create_directory(path("more"));
    put("more/c", 3);
    EXPECT_THAT(load_index({path("b.mwfp"), path("more")})->names, ElementsAre("b", "c"));
}

TEST_F(IndexFolder, PublicOnesArePublicHoweverTheyAreNamed) {
    fs::create_directory(path("public"));
    put("public/llama", 2);
    fs::current_path(path("public"));
    for (const std::string& asked : {path("public"), path("public/llama.mwfp"), path("public/"),
                                     std::string("."), std::string("llama.mwfp")}) {
        const auto index = load_index({asked});
        ASSERT_TRUE(index.has_value()) << asked;
        EXPECT_THAT(index->names, ElementsAre("public/llama")) << asked;
        EXPECT_TRUE(index->index.tables().artifact(0).is_public) << asked;
    }
    fs::current_path("/");
}

TEST_F(IndexFolder, HasPublicOnesInAFolderOfTheirOwn) {
    fs::create_directory(path("public"));
    put("ours", 1);
    put("public/llama", 2);
    for (const bool updated : {false, true}) {
        if (updated) update();
        const auto index = load_index({folder()}).value();
        EXPECT_THAT(index.names, ElementsAre("ours", "public/llama"));
        EXPECT_FALSE(index.index.tables().artifact(0).is_public);
        EXPECT_TRUE(index.index.tables().artifact(1).is_public);
    }
    fs::remove(path("public/llama.mwfp"));
    EXPECT_EQ(update().dropped, 1U);
}

TEST_F(IndexFolder, ErrorsNameTheFile) {
    std::ofstream(path("broken.mwfp")) << "forty characters that are no fingerprint";
    for (const std::string& asked : {folder(), path("broken.mwfp")}) {
        const auto broken = load_index({asked});
        ASSERT_FALSE(broken.has_value());
        EXPECT_THAT(broken.error().message(), HasSubstr("broken.mwfp: not a fingerprint file"));
    }
    EXPECT_FALSE(update_index(folder()).has_value());
    EXPECT_FALSE(fs::exists(index_path(folder())));
    EXPECT_FALSE(load_index({path("missing.mwfp")}).has_value());
}

TEST_F(IndexFolder, WithoutAFingerprintIsAnError) {
    EXPECT_EQ(load_index({folder()}).error().code(), ErrorCode::kNotFound);
    EXPECT_EQ(load_index({path("missing")}).error().code(), ErrorCode::kIo);
}

TEST_F(IndexFolder, IsChangedByOneAtATime) {
    EXPECT_EQ(lock_folder(path("missing")).error().code(), ErrorCode::kNotFound);
    const auto lock = lock_folder(folder());
    ASSERT_TRUE(lock.has_value());
    const UniqueFd other(::open(folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    EXPECT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), -1);
}

TEST_F(IndexFolder, NamesAreNamesOfFiles) {
    for (const char* name : {"", ".hidden", "..", "a/b", "a\nb", "a\x7f", "public/", "public/public/a"})
        EXPECT_FALSE(check_artifact_name(name).has_value()) << name;
    EXPECT_FALSE(check_artifact_name(std::string(201, 'a')).has_value());
    for (const char* name : {"llama", "model v2.safetensors", "modèle", "public/llama"})
        EXPECT_TRUE(check_artifact_name(name).has_value()) << name;
}

}  // namespace
}  // namespace modelward::cli
