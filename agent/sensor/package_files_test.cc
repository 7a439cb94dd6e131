// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/package_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "agent/sensor/rpm_database.h"
#include "agent/sensor/testing/rpm_header_bytes.h"
#include "base/sqlite/sqlite.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

using Names = std::vector<std::string>;

struct PackageFilesTest : ::testing::Test {
    TemporaryDirectory directory;
    std::string root = directory.path().string();
    std::filesystem::path database = directory.path() / "rpm db/100%/rpmdb.sqlite";
    PackageManagers managers{root + "/info", {root + "/nowhere.sqlite", database}};
    std::string tool = program("bin/tool");

    std::string program(const std::string& name) const {
        directory.write(name, "x");
        const auto path = root + "/" + name;
        EXPECT_EQ(::chmod(path.c_str(), 0755), 0);
        return path;
    }
    // As rpm makes it; who holds it keeps what was written in the log.
    Database rpm() const {
        std::filesystem::create_directories(database.parent_path());
        auto opened = Database::open(database, true).value();
        EXPECT_TRUE(opened.script(
            "CREATE TABLE IF NOT EXISTS Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB);"
            "CREATE TABLE IF NOT EXISTS Name (key 'TEXT', hnum INTEGER, idx INTEGER)"));
        return opened;
    }
    static void install(Database& rpm, const std::string& name, const std::string& header) {
        const BlobView blob(reinterpret_cast<const std::uint8_t*>(header.data()), header.size());
        EXPECT_TRUE(rpm.run("INSERT INTO Packages (blob) VALUES (?)", blob));
        EXPECT_TRUE(rpm.run("INSERT INTO Name VALUES (?, ?, 0)", name, rpm.last_row_id()));
    }
    Result<Names> programs(const std::string& name) const {
        return programs_of_package(name, sources_of_package(name, managers));
    }
    ErrorCode refused(const std::string& name) const {
        const auto programs = this->programs(name);
        return programs ? ErrorCode::kInternal : programs.error().code();
    }
};

TEST_F(PackageFilesTest, DpkgsListsNameThePrograms) {
    directory.write("doc/readme", "x");
    std::filesystem::create_symlink(tool, root + "/bin/link");
    directory.write("info/pack:amd64.list", "/.\n" + root + "/bin\n" + tool + "\n" + root + "/bin/link\n" +
                                                root + "/doc/readme\n" + root + "/bin/gone\nbin/tool\n");
    directory.write("info/package.list", tool + "\n");
    directory.write("info/pack.postinst", tool + "\n");
    EXPECT_EQ(sources_of_package("pack", managers).size(), 1u);
    EXPECT_EQ(programs("pack"), Names{tool});
    EXPECT_TRUE(sources_of_package("../info/pack", managers).empty());
    EXPECT_TRUE(sources_of_package("absent", managers).empty());
    EXPECT_EQ(refused("absent"), ErrorCode::kNotFound);
}

TEST_F(PackageFilesTest, RpmsDatabaseNamesThem) {
    directory.write("bin/readme", "x");
    {
        auto rpm = this->rpm();
        install(rpm, "pack", testing::rpm_header_of(root + "/bin/", {"tool", "readme", "gone"}));
        install(rpm, "package", testing::rpm_header_of(root + "/bin/", {"gone"}));
    }
    EXPECT_EQ(sources_of_package("pack", managers), std::vector<std::filesystem::path>{database});
    EXPECT_EQ(programs("pack"), Names{tool});
    EXPECT_EQ(programs("package"), Names{});
    EXPECT_EQ(refused("absent"), ErrorCode::kNotFound);
    EXPECT_EQ(refused("pa%"), ErrorCode::kNotFound) << "no package's name";
    EXPECT_FALSE(std::filesystem::exists(database.string() + "-shm")) << "nothing is created beside it";
}

TEST_F(PackageFilesTest, EveryInstalledVersionCounts) {
    const auto old = program("old/tool");
    auto rpm = this->rpm();
    install(rpm, "pack", testing::rpm_header_of(root + "/bin/", {"tool"}));
    install(rpm, "pack", testing::rpm_header_of(root + "/old/", {"tool"}));
    EXPECT_EQ(programs("pack"), Names({tool, old}));
}

TEST_F(PackageFilesTest, WhatRpmWroteIsSeenBeforeItLeavesTheLog) {
    auto rpm = this->rpm();
    install(rpm, "pack", testing::rpm_header_of(root + "/bin/", {"tool"}));
    ASSERT_GT(std::filesystem::file_size(database.string() + "-wal"), 0u);
    EXPECT_EQ(sources_of_package("pack", managers).size(), 2u) << "the log is watched too";
    EXPECT_EQ(programs("pack"), Names{tool});
}

TEST_F(PackageFilesTest, WhatDpkgKnowsRpmIsNotAskedFor) {
    directory.write("info/pack.list", tool + "\n");
    {
        auto rpm = this->rpm();
        install(rpm, "pack", "short");
        install(rpm, "other", testing::rpm_header_of(root + "/bin/", {"tool"}));
    }
    EXPECT_EQ(programs("pack"), Names{tool}) << "though rpm's entry is broken";
    EXPECT_EQ(programs("other"), Names{tool});
}

TEST_F(PackageFilesTest, ABrokenDatabaseIsAnErrorAndNoPackage) {
    {
        auto rpm = this->rpm();
        install(rpm, "pack", "short");
    }
    EXPECT_EQ(refused("pack"), ErrorCode::kInvalid);
    directory.write("rpm db/100%/rpmdb.sqlite",
                    "this is no database, though it is long enough to be looked at as one");
    EXPECT_EQ(refused("pack"), ErrorCode::kIo);
    directory.write("rpm db/100%/rpmdb.sqlite", "");
    EXPECT_EQ(refused("pack"), ErrorCode::kIo) << "empty: no such table";
}

// Against rpm itself: a package that claims two files of this host, entered into a database of its own.
TEST_F(PackageFilesTest, RpmsOwnDatabaseIsRead) {
    if (std::system("command -v rpmbuild >/dev/null") != 0) GTEST_SKIP() << "this host has no rpm";
    directory.write("a.spec", R"(Name: borgish
Version: 1
Release: 1
Summary: x
License: x
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc
printf '#!/bin/sh\n' >%{buildroot}/usr/bin/env
touch %{buildroot}/etc/passwd
%files
/usr/bin/env
/etc/passwd
)");
    const auto command =
        "cd '" + root +
        "' && rpmbuild -bb --define \"_topdir $PWD/top\" a.spec >log 2>&1 && "
        "rpm --dbpath \"$PWD/db\" -i --nodeps --justdb top/RPMS/noarch/borgish-1-1.noarch.rpm >>log 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << "see " << root << "/log";
    managers.rpm_databases = {root + "/db/rpmdb.sqlite"};
    EXPECT_EQ(programs("borgish"), Names{"/usr/bin/env"}) << "passwd is no program";
    EXPECT_EQ(files_of_rpm_package(root + "/db/rpmdb.sqlite", "borgish"),
              Names({"/etc/passwd", "/usr/bin/env"}));
}

}  // namespace
}  // namespace modelward::agent
