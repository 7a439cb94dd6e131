// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/process_facts.h"

#include <unistd.h>

#include <charconv>
#include <fstream>
#include <string_view>

#include "base/utf8.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kMostBytes = 64 << 10;

std::string read_start(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kMostBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// Field 22 of /proc/PID/stat (proc(5)): start time after boot in clock ticks. The name in field 2 may hold
// anything, so counting begins behind its closing parenthesis.
std::optional<std::uint64_t> start_ticks(std::string_view stat) {
    const auto name_end = stat.rfind(')');
    if (name_end == std::string_view::npos) return std::nullopt;
    stat.remove_prefix(name_end + 1);
    for (int field = 2; field < 22; ++field) {
        const auto space = stat.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        stat.remove_prefix(space + 1);
    }
    std::uint64_t ticks = 0;
    const auto [end, error] = std::from_chars(stat.data(), stat.data() + stat.size(), ticks);
    return error == std::errc{} ? std::optional(ticks) : std::nullopt;
}

}  // namespace

std::optional<ProcessFacts> process_facts(std::uint32_t pid, std::uint64_t start_boot_ns,
                                          const std::filesystem::path& proc) {
    const auto folder = proc / std::to_string(pid);
    static const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    const auto ticks = start_ticks(read_start(folder / "stat"));
    if (!ticks || *ticks != start_boot_ns / (1'000'000'000 / ticks_per_second)) return std::nullopt;
    ProcessFacts facts;
    std::error_code ignored;
    facts.executable = as_utf8(std::filesystem::read_symlink(folder / "exe", ignored).string());
    const std::string words = read_start(folder / "cmdline");
    for (std::size_t at = 0; at < words.size() && facts.args.size() < kMostArgs;) {
        const auto end = std::min(words.find('\0', at), words.size());
        facts.args.push_back(as_utf8(words.substr(at, std::min(end - at, kLongestArg))));
        at = end + 1;
    }
    return facts;
}

}  // namespace modelward::agent
