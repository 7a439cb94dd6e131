// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/process_stat.h"

#include <unistd.h>

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>

namespace modelward::agent {
namespace {

constexpr int kSessionField = 6;  // proc(5)
constexpr int kTerminalField = 7;
constexpr int kStartField = 22;
constexpr std::size_t kMostBytes = 4096;

// The number in a field behind the second. The name in field 2 may hold anything, so `fields` begins behind
// its closing parenthesis.
std::optional<std::uint64_t> number(std::string_view fields, int field) {
    for (int at = 2; at < field; ++at) {
        const auto space = fields.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        fields.remove_prefix(space + 1);
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(fields.data(), fields.data() + fields.size(), value);
    return error == std::errc{} ? std::optional(static_cast<std::uint64_t>(value)) : std::nullopt;
}

}  // namespace

std::optional<ProcessStat> process_stat(std::uint32_t pid, std::uint64_t start_boot_ns,
                                        const std::filesystem::path& proc) {
    std::ifstream file(proc / std::to_string(pid) / "stat", std::ios::binary);
    std::string text(kMostBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    const auto fields = std::string_view(text).substr(name_end + 1);
    const auto session = number(fields, kSessionField);
    const auto terminal = number(fields, kTerminalField);
    const auto start = number(fields, kStartField);
    static const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    if (!session || !terminal || !start || *start != start_boot_ns / (1'000'000'000 / ticks_per_second))
        return std::nullopt;
    return ProcessStat{*start, static_cast<std::uint32_t>(*session), static_cast<std::uint32_t>(*terminal)};
}

}  // namespace modelward::agent
