// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/attach.h"

#include <bpf/libbpf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "agent/sensor/libbpf_log.h"
// The generated header speaks C.
#define _Bool bool
#include "bpf/fallback.skel.h"
#include "bpf/fallback_old.skel.h"
#undef _Bool

namespace modelward::agent {

namespace {

// Used by the programs alone.
constexpr std::string_view kPrivateMaps[] = {"reported", "shut", "scratch"};

std::unexpected<Error> refused(const LibbpfLog& log, int error) {
    const std::string cause = log.first_warning();
    return fail(refusal_code(error),
                fmt::format("fallback: {}{}{}", cause, cause.empty() ? "" : ": ", std::strerror(error)));
}

// The shared header declares every map; those of other sensors are not made.
void leave_out_maps(bpf_object* object) {
    bpf_map* map = nullptr;
    while ((map = ::bpf_object__next_map(object, map))) {
        const std::string_view name = ::bpf_map__name(map);
        const bool used =
            std::ranges::find(fallback_map_names(), name, &MapName::name) != fallback_map_names().end() ||
            std::ranges::find(kPrivateMaps, name) != std::end(kPrivateMaps) ||
            name.find('.') != std::string_view::npos;
        ::bpf_map__set_autocreate(map, used);
    }
}

void destroy(bpf_link* link) {
    ::bpf_link__destroy(link);
}

bpf_link* attach(bpf_program* program, int cgroup) {
    if (::bpf_program__type(program) == BPF_PROG_TYPE_RAW_TRACEPOINT) return ::bpf_program__attach(program);
    return ::bpf_program__attach_cgroup(program, cgroup);
}

template <typename Skeleton>
Result<AttachedPrograms> attach_object(Skeleton* (*open)(), void (*close)(Skeleton*), int cgroup,
                                       const KernelMaps* reuse) {
    const LibbpfLog log;
    const std::shared_ptr<Skeleton> skeleton(open(), close);
    if (!skeleton) return refused(log, errno);
    AttachedPrograms out{skeleton, {}, {}};
    bpf_object* object = skeleton->obj;
    leave_out_maps(object);
    if (reuse)
        if (const int error = reuse_maps(object, *reuse, fallback_map_names())) return refused(log, -error);
    if (const int error = ::bpf_object__load(object)) return refused(log, -error);

    bpf_program* program = nullptr;
    while ((program = ::bpf_object__next_program(object, program))) {
        const std::string name = ::bpf_program__name(program);
        bpf_link* link = name == "ask" ? nullptr : attach(program, cgroup);
        if (!link && name != "ask") return refused(log, errno);
        out.programs.push_back({name, {link, destroy}, ::bpf_program__fd(program)});
    }
    auto maps = take_maps(object, fallback_map_names());
    if (!maps) return fail(maps.error());
    out.maps = std::move(*maps);
    return out;
}

}  // namespace

std::uint64_t fallback_build() {
    std::size_t size = 0;
    const void* bytes = fallback_bpf__elf_bytes(&size);
    return object_build(bytes, size);
}

Result<AttachedPrograms> attach_fallback(int cgroup, const KernelMaps* reuse) {
    auto attached = attach_object(fallback_bpf__open, fallback_bpf__destroy, cgroup, reuse);
    if (attached || attached.error().code() != ErrorCode::kUnsupported) return attached;
    auto old = attach_object(fallback_old_bpf__open, fallback_old_bpf__destroy, cgroup, reuse);
    return old ? std::move(old) : std::move(attached);  // the newer object's error says more
}

}  // namespace modelward::agent
