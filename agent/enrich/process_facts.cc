// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/process_facts.h"

#include <fstream>

#include "agent/enrich/process_stat.h"
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

}  // namespace

std::optional<ProcessFacts> process_facts(std::uint32_t pid, std::uint64_t start_boot_ns,
                                          const std::filesystem::path& proc) {
    const auto folder = proc / std::to_string(pid);
    if (!process_stat(pid, start_boot_ns, proc)) return std::nullopt;
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
