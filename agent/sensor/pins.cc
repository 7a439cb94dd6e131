// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/pins.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/vfs.h>

#include <algorithm>

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

Result<void> pin_object(int fd, const fs::path& path) {
    if (::bpf_obj_pin(fd, path.c_str()) == 0) return {};
    return fail_errno("pin " + path.string());
}

}  // namespace

Result<Pins> Pins::open(const fs::path& directory) {
    if (auto made = make_directory(directory); !made) return fail(made.error());
    UniqueFd lock(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock) return fail_errno("open " + directory.string());
    struct statfs status;
    if (::fstatfs(lock.get(), &status) != 0) return fail_errno("statfs " + directory.string());
    if (static_cast<unsigned long>(status.f_type) != BPF_FS_MAGIC)
        return fail(ErrorCode::kIo, fmt::format("{} is not on a BPF file system; mount one: "
                                                "mount -t bpf bpf /sys/fs/bpf",
                                                directory.string()));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorCode::kConflict,
                    fmt::format("{} is held by another running agent", directory.string()));
    return Pins(directory, std::move(lock));
}

Result<std::optional<KernelMaps>> Pins::open_maps() const {
    KernelMaps maps;
    for (const auto& known : map_names()) {
        const fs::path path = directory_ / "maps" / known.name;
        (maps.*known.fd).reset(::bpf_obj_get(path.c_str()));
        if (maps.*known.fd) continue;
        if (errno == ENOENT) return std::nullopt;
        return fail_errno("open pinned map " + path.string());
    }
    return maps;
}

bool Pins::has_link(const std::string& name) const {
    std::error_code error;
    return fs::exists(directory_ / "links" / name, error);
}

Result<void> Pins::pin(const AttachedPrograms& programs) const {
    for (const char* part : {"maps", "links"})
        if (auto made = make_directory(directory_ / part); !made) return made;
    for (const auto& known : map_names())
        if (auto pinned = pin_object((programs.maps.*known.fd).get(), directory_ / "maps" / known.name);
            !pinned)
            return pinned;
    for (const auto& program : programs.programs)
        if (auto pinned = pin_object(::bpf_link__fd(program.link.get()), directory_ / "links" / program.name);
            !pinned)
            return pinned;
    return {};
}

Result<void> Pins::replace_links(const AttachedPrograms& programs) const {
    std::error_code error;
    fs::remove_all(directory_ / "next", error);
    if (auto made = make_directory(directory_ / "next"); !made) return made;
    for (const auto& program : programs.programs)
        if (auto pinned = pin_object(::bpf_link__fd(program.link.get()), directory_ / "next" / program.name);
            !pinned)
            return pinned;
    for (const auto& program : programs.programs) {
        fs::rename(directory_ / "next" / program.name, directory_ / "links" / program.name, error);
        if (error) return fail(Error::from_errno("replace link " + program.name, error.value()));
    }
    for (const auto& entry : fs::directory_iterator(directory_ / "links", error)) {
        const std::string name = entry.path().filename();
        if (std::ranges::none_of(programs.programs,
                                 [&](const auto& program) { return program.name == name; }))
            fs::remove(entry.path(), error);
    }
    fs::remove(directory_ / "next", error);
    return {};
}

Result<void> Pins::clear() const {
    // Links first: programs without their pinned maps would go on with tables that nobody can reach.
    for (const char* part : {"next", "links", "maps"}) {
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
    return {};
}

}  // namespace modelward::agent
