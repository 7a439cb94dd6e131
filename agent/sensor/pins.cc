// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/pins.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/vfs.h>

#include <algorithm>

#include "agent/sensor/installation.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace fs = std::filesystem;

namespace {

Result<void> make_directory(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return fail(Error::from_errno("make " + path.string(), error.value()));
    return {};
}

// Also where the directory, or some above it, is still to be made.
bool is_on_bpf_file_system(fs::path path) {
    struct statfs status;
    while (::statfs(path.c_str(), &status) != 0) {
        if (errno != ENOENT || path == path.parent_path()) return false;
        path = path.parent_path();
    }
    return static_cast<unsigned long>(status.f_type) == BPF_FS_MAGIC;
}

Result<void> pin_object(int fd, const fs::path& path) {
    if (::bpf_obj_pin(fd, path.c_str()) == 0) return {};
    return fail_errno("pin " + path.string());
}

// None, unreadable and unfinished are all zero.
kernel::installation installed_under(const fs::path& directory) {
    const UniqueFd map(::bpf_obj_get((directory / "maps/installed").c_str()));
    return installed_in(map).value_or(kernel::installation{});
}

std::unexpected<Error> refused_by_guard() {
    return fail(
        ErrorCode::kDenied,
        "this host is guarded, and this program is not the agent that guards it (or was started with "
        "LD_ or OPENSSL_ variables), or lacks the right to use BPF; a maintenance token opens the guard");
}

// Called by the agent, and attached to nothing.
bool is_run_by_agent(const UniqueFd& program) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof info;
    return program && ::bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0 &&
           info.type == BPF_PROG_TYPE_SYSCALL;
}

constexpr const char* kProgramParts[] = {"links", "programs"};

Result<void> pin_programs(const AttachedPrograms& programs, const fs::path& directory) {
    for (const char* part : kProgramParts)
        if (auto made = make_directory(directory / part); !made) return made;
    for (const auto& program : programs.programs) {
        if (auto pinned = pin_object(program.fd, directory / "programs" / program.name); !pinned)
            return pinned;
        if (!program.link) continue;
        if (auto pinned = pin_object(::bpf_link__fd(program.link.get()), directory / "links" / program.name);
            !pinned)
            return pinned;
    }
    return {};
}

}  // namespace

Result<Pins> Pins::open(const fs::path& directory) {
    // Asked first: where none is mounted, no directory can be made in /sys/fs either.
    if (!is_on_bpf_file_system(directory))
        return fail(ErrorCode::kIo, fmt::format("{} is not on a BPF file system; mount one: "
                                                "mount -t bpf bpf /sys/fs/bpf",
                                                directory.string()));
    if (auto made = make_directory(directory); !made) return fail(made.error());
    UniqueFd lock(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock) return fail_errno("open " + directory.string());
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return Pins(directory, std::move(lock));
    if (errno == EPERM) return refused_by_guard();
    return fail(ErrorCode::kConflict, fmt::format("{} is held by another running agent; stop it first "
                                                  "(systemctl stop modelward-agent, or modelwardd --stop)",
                                                  directory.string()));
}

Result<bool> Pins::are_held(const fs::path& directory) {
    const UniqueFd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return fail_errno("open " + directory.string());
    if (::flock(opened.get(), LOCK_SH | LOCK_NB) == 0) return false;
    if (errno == EWOULDBLOCK) return true;
    return fail_errno("lock " + directory.string());
}

Result<std::optional<KernelMaps>> Pins::maps_in(const fs::path& directory) {
    KernelMaps maps;
    const bool fallback =
        installed_under(directory).mode == static_cast<std::uint32_t>(AttachMode::kFallback);
    for (const auto& known : fallback ? fallback_map_names() : map_names()) {
        auto map = map_in(directory, known.name);
        if (!map && map.error().code() == ErrorCode::kNotFound) return std::nullopt;
        if (!map) return fail(map.error());
        maps.*known.fd = std::move(*map);
    }
    return maps;
}

Result<UniqueFd> Pins::map_in(const fs::path& directory, std::string_view name) {
    const fs::path path = directory / "maps" / name;
    UniqueFd map(::bpf_obj_get(path.c_str()));
    if (map) return map;
    if (errno == ENOENT) return fail(ErrorCode::kNotFound, path.string() + " is not there");
    if (errno == EPERM) return refused_by_guard();
    return fail_errno("open pinned map " + path.string());
}

std::uint32_t Pins::layout() const {
    return installed_under(directory_).layout;
}

std::vector<UniqueFd> Pins::open_programs() const {
    std::vector<UniqueFd> programs;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory_ / "programs", error))
        programs.emplace_back(::bpf_obj_get(entry.path().c_str()));
    return programs;
}

UniqueFd Pins::open_program(const std::string& name) const {
    return UniqueFd(::bpf_obj_get((directory_ / "programs" / name).c_str()));
}

Result<void> Pins::run_iterator(std::string_view program) const {
    const fs::path path = directory_ / "links" / program;
    const UniqueFd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return fail_errno("open iterator " + path.string());
    char nothing[64];  // the programs write nothing; a read may stop early to let others run
    for (;;) {
        const ssize_t got = ::read(opened.get(), nothing, sizeof nothing);
        if (got == 0) return {};
        if (got < 0 && errno != EAGAIN && errno != EINTR) return fail_errno("run iterator " + path.string());
    }
}

Result<std::set<std::string>> Pins::attached() const {
    std::set<std::string> names;
    std::error_code error;
    fs::directory_iterator links(directory_ / "links", error);
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(Error::from_errno("read " + (directory_ / "links").string(), error.value()));
    for (const auto& entry : links) {
        const UniqueFd link(::bpf_obj_get(entry.path().c_str()));
        bpf_link_info info{};
        std::uint32_t size = sizeof info;
        // One that cannot be opened for a want of descriptors or memory is not one that somebody took.
        if (link && ::bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0 &&
            info.type == BPF_LINK_TYPE_CGROUP && info.cgroup.cgroup_id == 0)
            continue;
        names.insert(entry.path().filename().string());
    }
    return names;
}

std::set<std::string> Pins::detached() const {
    std::set<std::string> names;
    const auto still = attached().value_or(std::set<std::string>{});
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory_ / "programs", error))
        if (auto name = entry.path().filename().string();
            !still.contains(name) && !is_run_by_agent(open_program(name)))
            names.insert(std::move(name));
    return names;
}

std::vector<std::uint32_t> Pins::link_ids() const {
    std::vector<std::uint32_t> ids;
    for (const char* part : {"links", "next/links"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(directory_ / part, error)) {
            const UniqueFd link(::bpf_obj_get(entry.path().c_str()));
            bpf_link_info info{};
            std::uint32_t size = sizeof info;
            if (link && ::bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0) ids.push_back(info.id);
        }
    }
    return ids;
}

std::vector<std::uint32_t> Pins::program_ids() const {
    std::vector<std::uint32_t> ids;
    for (const auto& program : open_programs()) {
        bpf_prog_info info{};
        std::uint32_t size = sizeof info;
        if (::bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0) ids.push_back(info.id);
    }
    return ids;
}

Result<void> Pins::pin(const AttachedPrograms& programs) const {
    if (auto made = make_directory(directory_ / "maps"); !made) return made;
    for (const auto& names : {map_names(), fallback_map_names()})
        for (const auto& known : names) {
            const fs::path path = directory_ / "maps" / known.name;
            std::error_code error;
            if (!(programs.maps.*known.fd) || fs::exists(path, error)) continue;
            if (auto pinned = pin_object((programs.maps.*known.fd).get(), path); !pinned) return pinned;
        }
    return pin_programs(programs, directory_);
}

Result<void> Pins::replace_programs(const AttachedPrograms& programs) const {
    std::error_code error;
    const fs::path next = directory_ / "next";
    fs::remove_all(next, error);
    if (auto pinned = pin_programs(programs, next); !pinned) return pinned;
    for (const char* part : kProgramParts) {
        for (const auto& program : programs.programs) {
            if (!program.link && part == std::string_view("links")) continue;
            fs::rename(next / part / program.name, directory_ / part / program.name, error);
            if (error) return fail(Error::from_errno("replace program " + program.name, error.value()));
        }
        // Programs that the new build has no more.
        std::vector<fs::path> old;
        for (const auto& entry : fs::directory_iterator(directory_ / part, error))
            if (std::ranges::find(programs.programs, entry.path().filename().string(),
                                  &AttachedProgram::name) == programs.programs.end())
                old.push_back(entry.path());
        for (const auto& path : old)
            fs::remove(path, error);
    }
    fs::remove_all(next, error);
    return {};
}

Result<void> Pins::clear() const {
    // Links first: programs without their pinned maps would go on with tables that nobody can reach.
    for (const char* part : {"next", "links", "programs", "maps"}) {
        std::error_code error;
        fs::remove_all(directory_ / part, error);
        if (error) return fail(Error::from_errno("remove " + (directory_ / part).string(), error.value()));
    }
    return {};
}

Result<void> Pins::remove() const {
    if (auto cleared = clear(); !cleared) return cleared;
    std::error_code error;
    fs::remove(directory_, error);
    if (error) return fail(Error::from_errno("remove " + directory_.string(), error.value()));
    return {};
}

}  // namespace modelward::agent
