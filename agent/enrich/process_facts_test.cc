// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/process_facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

std::string stat_line(std::uint64_t ticks) {
    return "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + std::to_string(ticks) +
           " 1000 200\n";
}

struct ProcessFactsTest : ::testing::Test {
    TemporaryDirectory proc;
    void SetUp() override {
        proc.write("42/stat", stat_line(1234));
        proc.write("42/cmdline", std::string("python3\0-c\0\0last", 16));
        std::filesystem::create_symlink("/usr/bin/python3", proc.path() / "42/exe");
    }
};

TEST_F(ProcessFactsTest, ArgumentsAndExecutableOfTheSameProcess) {
    const auto facts = process_facts(42, 12'349'999'999, proc.path());
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->executable, "/usr/bin/python3");
    EXPECT_EQ(facts->args, (std::vector<std::string>{"python3", "-c", "", "last"}));
}

TEST_F(ProcessFactsTest, NothingForAnotherProcessUnderTheSameNumber) {
    EXPECT_FALSE(process_facts(42, 12'350'000'000, proc.path()));
    EXPECT_FALSE(process_facts(43, 12'340'000'000, proc.path()));
}

TEST_F(ProcessFactsTest, BrokenStatIsNothing) {
    for (const auto* text :
         {"", "42 (name", "42 (name) S 1", "42 (name) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x"}) {
        proc.write("42/stat", text);
        EXPECT_FALSE(process_facts(42, 0, proc.path())) << text;
    }
}

TEST_F(ProcessFactsTest, ManyAndLongArgumentsAreCut) {
    std::string words;
    for (int i = 0; i < 200; ++i)
        words += std::string(2000, 'x') + '\0';
    proc.write("42/cmdline", words);
    const auto facts = process_facts(42, 12'340'000'000, proc.path());
    ASSERT_TRUE(facts);
    EXPECT_LE(facts->args.size(), kMostArgs);
    EXPECT_EQ(facts->args[0].size(), kLongestArg);
}

TEST_F(ProcessFactsTest, ThisProcessIsFoundInTheRealProc) {
    std::ifstream file("/proc/self/stat");
    const std::string stat(std::istreambuf_iterator<char>(file), {});
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        fields >> field;
    const auto start_boot_ns =
        std::stoull(field) * (1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
    const auto facts = process_facts(static_cast<std::uint32_t>(::getpid()), start_boot_ns);
    ASSERT_TRUE(facts);
    EXPECT_FALSE(facts->args.empty());
}

}  // namespace
}  // namespace modelward::agent
