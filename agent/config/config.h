// SPDX-License-Identifier: Apache-2.0
// The agent's configuration file, checked as a whole: one YAML mapping, by default /etc/modelward/agent.yaml.
//
// Every setting has a default, so that the empty file is valid. An unknown key, a value of the wrong kind or
// one beyond its limits is kInvalid, "FILE:LINE: what is wrong (what would be right)"; nothing is applied in
// part.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace modelward::agent {

inline constexpr std::string_view kDefaultConfigPath = "/etc/modelward/agent.yaml";

struct Config {
    std::filesystem::path file;  // where it was read from; empty: from nowhere
    std::filesystem::path state_dir = "/var/lib/modelward";
    std::filesystem::path run_dir = "/run/modelward";
    std::filesystem::path pin_dir = "/sys/fs/bpf/modelward";
    bool only_fallback = false;                // sensor: fallback
    std::filesystem::path cgroup;              // whose processes the fallback judges; empty: all
    std::string console;                       // HOST:PORT; empty: the one of the enrolment
    std::vector<std::filesystem::path> watch;  // absolute, without a trailing slash
    std::chrono::seconds heartbeat{5};
    std::chrono::seconds rescan{300};
    std::uint64_t spool_max_bytes = 256ULL << 20;
    std::uint64_t spool_block_reserve_bytes = 32ULL << 20;  // of max_bytes; telemetry may not use it
    std::filesystem::path scanner_path = "/usr/libexec/modelward/modelward-scan";
    std::string scanner_user = "nobody";
    std::chrono::seconds scan_timeout{60};  // plus one second per 4 MiB of the file
    bool guard = false;  // keep root from ending the agent and enforcement; maintenance tokens open it
    std::string log_level = "info";  // trace, debug, info, warning, error

    std::filesystem::path control_socket() const { return run_dir / "agent.sock"; }    // root's
    std::filesystem::path notices_socket() const { return run_dir / "notices.sock"; }  // everybody's
};

Result<Config> parse_config(std::string_view text, std::string_view file_name);

// kNotFound, kIo, or as parse_config(). Relative paths are refused: a daemon has no useful current directory.
Result<Config> read_config(const std::filesystem::path& path);

}  // namespace modelward::agent
