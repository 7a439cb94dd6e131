// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/program_keys.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/sensor/file_digest.h"
#include "agent/sensor/label_table.h"
#include "agent/sensor/package_files.h"
#include "agent/sensor/policy_convert.h"
#include "rules/program_name.h"

namespace modelward::agent {

namespace {

using KeyTuple = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;

struct Program {
    rules::RuleSet rules;
    bool exempt = false;
};

ProgramFile look_at(const std::string& path, bool by_content) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {path, 0, 0, by_content};
    ProgramFile file{path, status.st_dev, status.st_ino, by_content};
    if (!by_content) return file;
    file.size = status.st_size;
    file.changed_ns = status.st_ctim.tv_sec * 1'000'000'000LL + status.st_ctim.tv_nsec;
    return file;
}

// What the paths of a policy lead to, joined: several may lead to one inode.
class Resolver {
  public:
    Resolver(const rules::RuleSet& unnamed, const KeysOf& keys_of) : unnamed_(&unnamed), keys_of_(&keys_of) {}

    Result<void> add(const std::string& name, const Program& program) {
        const auto parsed = rules::parse_program_name(name);
        if (!parsed) return fail(ErrorCode::kInvalid, "'" + name + "' names no program");
        if (!parsed->package.empty()) return add_package(parsed->package, program);
        return add_file(parsed->path, parsed->sha256, program);
    }
    Result<ResolvedPrograms> result() && {
        if (by_key_.size() > kernel::kMaxPrograms)
            return fail(ErrorCode::kLimit, "the policy names more programs than the kernel's table holds");
        for (const auto& [key, program] : by_key_)
            resolved_.rows.push_back({{std::get<0>(key), std::get<1>(key), std::get<2>(key)},
                                      {to_words(program.rules), program.exempt ? 1U : 0U, 0}});
        return std::move(resolved_);
    }

  private:
    Result<void> add_package(const std::string& package, const Program& program) {
        resolved_.packages.push_back(package);
        for (const auto& list : lists_of_package(package)) {
            resolved_.files.push_back(look_at(list.string(), true));
            for (const auto& path : programs_in_list(list))
                if (auto added = add_file(path, "", program); !added) return added;
        }
        return {};
    }
    // Looked at before it is read: what is written meanwhile is seen by the next look. A pin is checked on
    // the very file whose inode counts.
    Result<void> add_file(const std::string& path, const std::string& sha256, const Program& program) {
        auto file = look_at(path, !sha256.empty());
        if (file.inode == 0) {
            resolved_.files.push_back(std::move(file));
            return {};
        }
        const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        if (!fd) return fail_errno("open the program " + path);
        const bool same = sha256.empty() || has_content(fd.get(), sha256);
        if (!same) resolved_.other_content.push_back(path);
        resolved_.files.push_back(std::move(file));
        if (!same) return {};
        auto keys = (*keys_of_)(fd.get());
        if (!keys) return fail(keys.error().with_context(path));
        for (const auto& key : *keys) {
            const auto [place, fresh] =
                by_key_.try_emplace(KeyTuple(key.inode, key.device, key.generation), program);
            if (fresh) continue;
            place->second.rules = both_names(place->second.rules, program.rules, *unnamed_);
            place->second.exempt |= program.exempt;
        }
        return {};
    }
    // What cannot be read is not known to be the program.
    static bool has_content(int fd, const std::string& sha256) {
        const auto found = sha256_of_file(fd);
        return found && *found == sha256;
    }

    const rules::RuleSet* unnamed_;
    const KeysOf* keys_of_;
    ResolvedPrograms resolved_;
    std::map<KeyTuple, Program> by_key_;
};

}  // namespace

bool ResolvedPrograms::still_holds() const {
    const auto lists = std::ranges::count_if(
        files, [](const ProgramFile& file) { return file.path.starts_with(kDpkgLists); });
    std::ptrdiff_t found = 0;
    for (const auto& package : packages)
        found += std::ssize(lists_of_package(package));
    return found == lists && std::ranges::all_of(files, [](const ProgramFile& file) {
               return look_at(file.path, file.by_content) == file;
           });
}

std::size_t ResolvedPrograms::missing() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(files, [](const ProgramFile& file) { return file.inode == 0; }) +
        std::ranges::count_if(packages,
                              [](const std::string& package) { return lists_of_package(package).empty(); }));
}

rules::RuleSet both_names(const rules::RuleSet& a, const rules::RuleSet& b, const rules::RuleSet& unnamed) {
    return ((a | b) & ~unnamed) | (a & b & unnamed);
}

Result<ResolvedPrograms> resolve_programs(const KernelMaps& maps, const rules::CompiledPolicy& policy) {
    return resolve_programs(policy, [&maps](int fd) { return kernel_keys(maps, fd); });
}

Result<ResolvedPrograms> resolve_programs(const rules::CompiledPolicy& policy, const KeysOf& keys_of) {
    std::map<std::string, Program> named;
    for (const auto& [path, rules] : policy.program_rules)
        named[path].rules = rules;
    for (const auto& path : policy.exempt_programs) {
        const auto [place, fresh] = named.try_emplace(path);
        if (fresh) place->second.rules = policy.other_program_rules;
        place->second.exempt = true;
    }
    Resolver resolver(policy.other_program_rules, keys_of);
    for (const auto& [name, program] : named)
        if (auto added = resolver.add(name, program); !added) return fail(added.error());
    return std::move(resolver).result();
}

}  // namespace modelward::agent
