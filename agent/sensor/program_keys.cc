// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/program_keys.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <tuple>

#include "agent/sensor/label_table.h"
#include "agent/sensor/package_files.h"
#include "agent/sensor/pinned_file.h"
#include "agent/sensor/policy_convert.h"
#include "rules/evaluate.h"
#include "rules/program_name.h"

namespace modelward::agent {

namespace {

using KeyTuple = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;

constexpr std::size_t kMostProgramProblems = 10;

struct Program {
    rules::RuleSet rules;
    bool exempt = false;
};

// `place` is the very file that was looked at, whatever its path leads to a moment later.
struct Look {
    ProgramFile file;
    UniqueFd place;  // O_PATH
    int error = 0;   // why there is none
};

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

Look look_at(const std::string& path, bool by_content) {
    Look look{{path, {}, by_content}, UniqueFd(::open(path.c_str(), O_PATH | O_CLOEXEC)), 0};
    struct stat status{};
    if (!look.place || ::fstat(look.place.get(), &status) != 0) {
        look.error = errno;
        return look;
    }
    if (!S_ISREG(status.st_mode)) {
        look.error = ENOENT;  // no program lies there
        return look;
    }
    look.file.state = {.device = status.st_dev, .inode = status.st_ino};
    if (by_content)
        look.file.state = {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
                           nanoseconds(status.st_ctim)};
    return look;
}

std::vector<ProgramFile> look_at_sources(const std::vector<std::filesystem::path>& sources) {
    std::vector<ProgramFile> looks;
    for (const auto& source : sources)
        looks.push_back(look_at(source.string(), true).file);
    return looks;
}

std::int64_t nanoseconds_now() {
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool is_absence(int error) {
    return error == ENOENT || error == ENOTDIR;
}

// What the paths of a policy lead to, joined: several may lead to one inode.
class Resolver {
  public:
    Resolver(const rules::RuleSet& unnamed, const KeysOf& keys_of, PinnedDigests& digests)
        : unnamed_(&unnamed), keys_of_(&keys_of), digests_(&digests) {
        digests_->begin_look();
    }

    Result<void> add(const std::string& name, const Program& program) {
        const auto parsed = rules::parse_program_name(name);
        if (!parsed) return fail(ErrorCode::kInvalid, "'" + name + "' names no program");
        if (!parsed->package.empty())
            add_package(parsed->package, program);
        else
            add_file(parsed->path, parsed->sha256, program);
        return {};
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
    void add_package(const std::string& name, const Program& program) {
        auto& look = resolved_.packages.emplace_back(name);
        const auto sources = sources_of_package(name);
        look.sources = look_at_sources(sources);
        for (const auto& source : look.sources)
            resolved_.unsettled |= !is_settled(source.state.changed_ns, now_ns_);
        const auto programs = programs_of_package(name, sources);
        look.installed = programs || programs.error().code() != ErrorCode::kNotFound;
        if (!programs) {
            if (look.installed) refused("package " + name, programs.error());
            return;
        }
        for (const auto& path : *programs)
            add_file(path, "", program);
    }
    // Looked at before it is read: what is written meanwhile is seen by the next look. A pin is checked on
    // the very file whose inode counts.
    void add_file(const std::string& path, const std::string& sha256, const Program& program) {
        auto look = look_at(path, !sha256.empty());
        if (look.error != 0 && !is_absence(look.error))
            return refused(path, Error::from_errno("look at", look.error));
        const bool found = look.error == 0;
        resolved_.files.push_back(look.file);
        if (!found || (!sha256.empty() && !has_content(look, sha256))) return;
        const auto keys = (*keys_of_)(look.place.get());
        if (!keys) return refused(path, keys.error());
        for (const auto& key : *keys) {
            const auto [place, fresh] =
                by_key_.try_emplace(KeyTuple(key.inode, key.device, key.generation), program);
            if (fresh) continue;
            place->second.rules = rules::both_names(place->second.rules, program.rules, *unnamed_);
            place->second.exempt |= program.exempt;
        }
    }
    // What cannot be read is not known to be the program.
    bool has_content(const Look& look, const std::string& sha256) {
        const auto& path = look.file.path;
        const bool settled = is_settled(look.file.state.changed_ns, now_ns_);
        resolved_.unsettled |= !settled;
        const std::string again = "/proc/self/fd/" + std::to_string(look.place.get());
        const UniqueFd fd(::open(again.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        if (!fd) return refused(path, fail_errno("open for reading").error()), false;
        if (const auto tells = tells_of_changes(fd.get()); !tells) return refused(path, tells.error()), false;
        const auto found = digests_->of(fd.get(), look.file.state, settled);
        if (!found) return refused(path, found.error()), false;
        if (!*found)
            ++resolved_.being_read;
        else if (*found != sha256)
            resolved_.other_content.push_back(path);
        return *found == sha256;
    }
    void refused(const std::string& path, const Error& why) {
        resolved_.refused.push_back(path + ": " + why.message());
    }

    const rules::RuleSet* unnamed_;
    const KeysOf* keys_of_;
    PinnedDigests* digests_;
    std::int64_t now_ns_ = nanoseconds_now();
    ResolvedPrograms resolved_;
    std::map<KeyTuple, Program> by_key_;
};

}  // namespace

bool ResolvedPrograms::still_holds() const {
    if (!refused.empty() || unsettled || being_read > 0) return false;
    const auto same = [](const ProgramFile& file) {
        return look_at(file.path, file.by_content).file == file;
    };
    return std::ranges::all_of(files, same) && std::ranges::all_of(packages, [](const PackageLook& look) {
               return look_at_sources(sources_of_package(look.name)) == look.sources;
           });
}

bool ResolvedPrograms::same_rows(const ResolvedPrograms& other) const {
    const auto same = [](const auto& a, const auto& b) { return std::memcmp(&a, &b, sizeof a) == 0; };
    return std::ranges::equal(rows, other.rows, [&](const auto& a, const auto& b) {
        return same(a.first, b.first) && same(a.second, b.second);
    });
}

std::size_t ResolvedPrograms::missing() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(files, [](const ProgramFile& file) { return file.state.inode == 0; }) +
        std::ranges::count_if(packages, [](const PackageLook& look) { return !look.installed; }));
}

std::vector<std::string> ResolvedPrograms::problems() const {
    auto reasons = refused;
    for (const auto& path : other_content)
        reasons.push_back(path + ": its content is not what the rule pins");
    std::vector<std::string> all;
    for (const auto& why : reasons) {
        if (all.size() == kMostProgramProblems) {
            all.push_back("and " + std::to_string(reasons.size() - all.size()) + " more programs of rules");
            break;
        }
        all.push_back("A program of a rule is not taken for it and judged as any other: " + why);
    }
    return all;
}

Result<ResolvedPrograms> resolve_programs(const KernelMaps& maps, const rules::CompiledPolicy& policy,
                                          PinnedDigests& digests) {
    return resolve_programs(policy, [&maps](int fd) { return kernel_keys(maps, fd); }, digests);
}

Result<ResolvedPrograms> resolve_programs(const rules::CompiledPolicy& policy, const KeysOf& keys_of,
                                          PinnedDigests& digests) {
    std::map<std::string, Program> named;
    for (const auto& [path, rules] : policy.program_rules)
        named[path].rules = rules;
    for (const auto& path : policy.exempt_programs) {
        const auto [place, fresh] = named.try_emplace(path);
        if (fresh) place->second.rules = policy.other_program_rules;
        place->second.exempt = true;
    }
    Resolver resolver(policy.other_program_rules, keys_of, digests);
    for (const auto& [name, program] : named)
        if (auto added = resolver.add(name, program); !added) return fail(added.error());
    return std::move(resolver).result();
}

}  // namespace modelward::agent
