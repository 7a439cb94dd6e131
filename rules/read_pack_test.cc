// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "rules/limits.h"
#include "rules/rules.h"

#include "base/testing/temporary_directory.h"

namespace modelward::rules {
namespace {

namespace fs = std::filesystem;

class ReadPack : public ::testing::Test {
  protected:
    ReadPack() { fs::create_directory(directory_ / "lists"); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(directory_ / name) << text;
    }
    std::string error() const {
        const auto pack = read_pack(directory_);
        return pack ? "no error"
                    : std::string(to_string(pack.error().code())) + ": " + pack.error().message();
    }

    TemporaryDirectory temporary_;
    fs::path directory_ = temporary_.path();
};

TEST_F(ReadPack, TakesRulesAndListsInNameOrder) {
    write("classes.yaml", "c");
    write("b.yaml", "b");
    write("a.yaml", "a");
    write("README.md", "not a rule");
    write("lists/l.yaml", "l");
    const auto pack = read_pack(directory_);
    ASSERT_TRUE(pack.has_value());
    EXPECT_EQ(pack->classes.text, "c");
    ASSERT_EQ(pack->rules.size(), 2U);
    EXPECT_EQ(pack->rules[0].name, "a.yaml");
    EXPECT_EQ(pack->rules[1].text, "b");
    ASSERT_EQ(pack->lists.size(), 1U);
    EXPECT_EQ(pack->lists[0].name, "lists/l.yaml");
}

TEST_F(ReadPack, NeedsClasses) {
    write("a.yaml", "a");
    EXPECT_EQ(error(),
              "not found: " + directory_.string() + " has no classes.yaml; every rule pack needs one");
}

TEST_F(ReadPack, NeedsADirectory) {
    const auto pack = read_pack(directory_ / "missing");
    ASSERT_FALSE(pack.has_value());
    EXPECT_EQ(pack.error().code(), ErrorCode::kNotFound);
}

TEST_F(ReadPack, RefusesAFileThatItWouldOtherwiseOverlook) {
    write("classes.yaml", "c");
    write("b.yaml", "b");
    for (const std::string name : {"a.yml", "a.YAML", "a.Yml", "lists/a.yAML"}) {
        write(name, "a");
        EXPECT_EQ(error(),
                  "invalid: " + (directory_ / name).string() + ": files of a pack end in .yaml; rename it");
        fs::remove(directory_ / name);
    }
}

TEST_F(ReadPack, RefusesAnEntryThatIsNoFile) {
    write("classes.yaml", "c");
    write("a.yaml", "a");
    fs::create_symlink("nowhere", directory_ / "b.yaml");
    EXPECT_NE(error().find("b.yaml: not a file that can be read"), std::string::npos) << error();
}

TEST_F(ReadPack, RefusesAPackWithoutRules) {
    write("classes.yaml", "c");
    EXPECT_NE(error().find("holds no rule"), std::string::npos) << error();
}

TEST_F(ReadPack, RefusesADocumentBeyondItsLimit) {
    write("a.yaml", "a");
    write("classes.yaml", std::string(kMaxDocumentBytes, ' '));
    EXPECT_EQ(error(), "no error");
    write("classes.yaml", std::string(kMaxDocumentBytes + 1, ' '));
    EXPECT_EQ(error(),
              "limit: " + (directory_ / "classes.yaml").string() + " is longer than 262144 bytes; split it");
}

}  // namespace
}  // namespace modelward::rules
