// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/program_keys.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/sensor/label_table.h"
#include "agent/sensor/policy_convert.h"

namespace modelward::agent {

namespace {

using KeyTuple = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;

struct Program {
    rules::RuleSet rules;
    bool exempt = false;
};

ProgramFile look_at(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {path, 0, 0};
    return {path, status.st_dev, status.st_ino};
}

}  // namespace

bool ResolvedPrograms::still_holds() const {
    return std::ranges::all_of(files, [](const ProgramFile& file) { return look_at(file.path) == file; });
}

std::size_t ResolvedPrograms::missing() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(files, [](const ProgramFile& file) { return file.inode == 0; }));
}

rules::RuleSet both_names(const rules::RuleSet& a, const rules::RuleSet& b, const rules::RuleSet& unnamed) {
    return ((a | b) & ~unnamed) | (a & b & unnamed);
}

Result<ResolvedPrograms> resolve_programs(const KernelMaps& maps, const rules::CompiledPolicy& policy) {
    std::map<std::string, Program> named;
    for (const auto& [path, rules] : policy.program_rules)
        named[path].rules = rules;
    for (const auto& path : policy.exempt_programs) {
        const auto [place, fresh] = named.try_emplace(path);
        if (fresh) place->second.rules = policy.other_program_rules;
        place->second.exempt = true;
    }
    ResolvedPrograms resolved;
    std::map<KeyTuple, Program> by_key;
    for (const auto& [path, program] : named) {
        resolved.files.push_back(look_at(path));
        if (resolved.files.back().inode == 0) continue;
        const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        if (!fd) return fail_errno("open the program " + path);
        auto keys = kernel_keys(maps, fd.get());
        if (!keys) return fail(keys.error().with_context(path));
        for (const auto& key : *keys) {
            const auto [place, fresh] =
                by_key.try_emplace(KeyTuple(key.inode, key.device, key.generation), program);
            if (fresh) continue;
            place->second.rules = both_names(place->second.rules, program.rules, policy.other_program_rules);
            place->second.exempt |= program.exempt;
        }
    }
    if (by_key.size() > kernel::kMaxPrograms)
        return fail(ErrorCode::kLimit, "the policy names more programs than the kernel's table holds");
    for (const auto& [key, program] : by_key)
        resolved.rows.push_back({{std::get<0>(key), std::get<1>(key), std::get<2>(key)},
                                 {to_words(program.rules), program.exempt ? 1U : 0U, 0}});
    return resolved;
}

}  // namespace modelward::agent
