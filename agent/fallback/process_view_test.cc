// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/process_view.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "agent/fallback/open_judge.h"

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

class ProcessViewTest : public ::testing::Test {
  protected:
    void SetUp() override {
        put("43/status", "Name:\tpython3\nTgid:\t42\nPid:\t43\nPPid:\t7\nUid:\t1000\t1001\t1000\t1000\n");
        put("42/stat", "42 (a) b (c) S 7 40 40 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 2 0 1234 1 1\n");
        put("42/loginuid", "1500");
        put("42/cgroup", "4:memory:/x\n0::/user.slice/scope\n");
    }
    void put(const std::string& path, const std::string& text) {
        fs::create_directories((proc / path).parent_path());
        std::ofstream(proc / path) << text;
    }
    TemporaryDirectory directory;
    const fs::path proc = directory.path();
};

TEST_F(ProcessViewTest, IsOfTheProcessThatAThreadBelongsTo) {
    const auto view = view_process(43, proc);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->pid, 42);
    EXPECT_EQ(view->parent, 7);
    EXPECT_EQ(view->group, 40);
    EXPECT_EQ(view->uid, 1001u) << "the effective one";
    EXPECT_EQ(view->login_uid, 1500u);
    EXPECT_EQ(view->name, "a) b (c") << "a name may hold anything";
    EXPECT_EQ(view->start_boot_ns,
              1234ULL * (1'000'000'000ULL / static_cast<unsigned long long>(::sysconf(_SC_CLK_TCK))));
}

TEST_F(ProcessViewTest, IsNothingWhereTheProcessIsGone) {
    EXPECT_FALSE(view_process(44, proc));
    fs::remove(proc / "42/stat");
    EXPECT_FALSE(view_process(43, proc));
}

TEST_F(ProcessViewTest, KnowsTheCgroup2Place) {
    EXPECT_EQ(cgroup_of(42, proc), "/user.slice/scope");
    put("42/cgroup", "4:memory:/x\n");
    EXPECT_FALSE(cgroup_of(42, proc));
}

TEST(ProcessView, OfThisProcess) {
    const auto view = view_process(::getpid());
    ASSERT_TRUE(view);
    EXPECT_EQ(view->parent, ::getppid());
    EXPECT_EQ(view->group, ::getpgrp());
    EXPECT_EQ(view->uid, ::geteuid());
    EXPECT_EQ(executable_of(::getpid()), fs::canonical("/proc/self/exe"));
}

TEST(Scope, HoldsWhatIsBelowAndNotWhatIsBeside) {
    EXPECT_TRUE(is_in_scope("/a", "/"));
    EXPECT_TRUE(is_in_scope("/a", "/a"));
    EXPECT_TRUE(is_in_scope("/a/b", "/a"));
    EXPECT_FALSE(is_in_scope("/ab", "/a"));
    EXPECT_FALSE(is_in_scope("/", "/a"));
}

TEST(Report, KeepsTheEndOfALongPath) {
    kernel::event event{};
    const std::string path = "/start/" + std::string(kernel::kPathBytes, 'x') + "/end";
    put_path(event, path);
    EXPECT_TRUE(event.path_cut);
    EXPECT_EQ(event.path_start, 0);
    EXPECT_TRUE(std::string_view(event.path, kernel::kPathBytes).ends_with("/end"));
    put_path(event, "/short");
    EXPECT_FALSE(event.path_cut);
    EXPECT_EQ(std::string_view(event.path + event.path_start, kernel::kPathBytes - event.path_start),
              "/short");
}

}  // namespace
}  // namespace modelward::agent
