// SPDX-License-Identifier: Apache-2.0
#include "agent/config/config.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

std::string error_of(std::string_view text) {
    const auto config = parse_config(text, "agent.yaml");
    return config ? "no error" : config.error().message();
}

TEST(Config, EmptyFileGivesTheDefaults) {
    for (const auto* text : {"", "# nothing\n", "---\n"}) {
        const auto config = parse_config(text, "agent.yaml");
        ASSERT_TRUE(config) << config.error().message();
        EXPECT_EQ(config->state_dir, "/var/lib/modelward");
        EXPECT_EQ(config->heartbeat, std::chrono::seconds(5));
        EXPECT_TRUE(config->watch.empty());
    }
}

TEST(Config, EverySettingIsRead) {
    const auto config = parse_config(R"(
state_dir: /a/state
run_dir: /a/run
pin_dir: /sys/fs/bpf/other
console: console.example.com:8444
watch: [/srv/models, /home/]
heartbeat_seconds: 2
rescan_seconds: 60
scanner_path: /a/modelward-scan
scanner_user: modelward-scan
scan_timeout_seconds: 9
log_level: debug
guard: on
spool:
  max_bytes: 8MiB
  block_reserve_bytes: 1048576
)",
                                     "agent.yaml");
    ASSERT_TRUE(config) << config.error().message();
    EXPECT_EQ(config->state_dir, "/a/state");
    EXPECT_EQ(config->control_socket(), "/a/run/agent.sock");
    EXPECT_EQ(config->pin_dir, "/sys/fs/bpf/other");
    EXPECT_EQ(config->console, "console.example.com:8444");
    EXPECT_EQ(config->watch, (std::vector<std::filesystem::path>{"/srv/models", "/home"}));
    EXPECT_EQ(config->heartbeat, std::chrono::seconds(2));
    EXPECT_EQ(config->rescan, std::chrono::seconds(60));
    EXPECT_EQ(config->scanner_path, "/a/modelward-scan");
    EXPECT_EQ(config->scanner_user, "modelward-scan");
    EXPECT_EQ(config->scan_timeout, std::chrono::seconds(9));
    EXPECT_EQ(config->log_level, "debug");
    EXPECT_EQ(config->spool_max_bytes, 8u << 20);
    EXPECT_EQ(config->spool_block_reserve_bytes, 1u << 20);
}

TEST(Config, UnknownSettingNamesFileLineAndWhatIsKnown) {
    const auto error = error_of("state_dir: /a\nheartbeet_seconds: 2\n");
    EXPECT_EQ(error.find("agent.yaml:2: unknown setting 'heartbeet_seconds'"), 0u) << error;
    EXPECT_NE(error.find("heartbeat_seconds"), std::string::npos) << error;
    EXPECT_EQ(error_of("spool:\n  maximum: 3\n").find("agent.yaml:2: unknown setting 'maximum' in spool"),
              0u);
}

TEST(Config, WrongValuesAreRefusedWithTheirLine) {
    EXPECT_EQ(error_of("\nstate_dir: relative/path\n"),
              "agent.yaml:2: state_dir must be an absolute path, not 'relative/path'");
    EXPECT_EQ(error_of("heartbeat_seconds: soon\n"),
              "agent.yaml:1: heartbeat_seconds must be a whole number of seconds from 1 to 3600, not 'soon'");
    EXPECT_NE(error_of("heartbeat_seconds: 0\n"), "no error");
    EXPECT_NE(error_of("heartbeat_seconds: 5.5\n"), "no error");
    EXPECT_EQ(error_of("watch: /srv\n"), "agent.yaml:1: watch must be a list of directories");
    EXPECT_EQ(error_of("watch:\n  - srv\n"),
              "agent.yaml:2: a watched directory must be an absolute path, not 'srv'");
    EXPECT_EQ(error_of("log_level: loud\n"),
              "agent.yaml:1: log_level must be trace, debug, info, warning or error, not 'loud'");
    EXPECT_NE(error_of("spool: {max_bytes: 5XB}\n"), "no error");
    EXPECT_NE(error_of("spool: {max_bytes: 99999999999999GiB}\n"), "no error");
    EXPECT_EQ(error_of("console: here\n").find("agent.yaml:1: console: "), 0u);
    EXPECT_NE(error_of("state_dir: [a]\n"), "no error");
    EXPECT_NE(error_of("state_dir:\n"), "no error");
    EXPECT_EQ(error_of("- a\n"), "agent.yaml:1: the configuration must be a mapping of settings");
}

TEST(Config, GivingASettingTwiceIsRefused) {
    EXPECT_EQ(error_of("run_dir: /a\nrun_dir: /b\n"), "agent.yaml:2: setting 'run_dir' is given twice");
}

TEST(Config, ReserveMustFitIntoTheSpool) {
    EXPECT_NE(error_of("spool: {max_bytes: 1MiB, block_reserve_bytes: 1MiB}\n"), "no error");
}

TEST(Config, BrokenYamlNamesTheLine) {
    EXPECT_EQ(error_of("a: b\n  c: [\n").find("agent.yaml:"), 0u);
}

TEST(Config, ADirectoryIsNotAnEmptyConfiguration) {
    const TemporaryDirectory directory;
    const auto config = read_config(directory.path());
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().message(), "cannot read " + directory.path().string() + ": Is a directory");
}

TEST(Config, MissingFileIsNotFound) {
    const auto config = read_config("/nonexistent/agent.yaml");
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace modelward::agent
