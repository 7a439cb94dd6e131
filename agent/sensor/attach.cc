// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/attach.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "agent/sensor/cgroup_root.h"
#include "agent/sensor/kernel_functions.h"
#include "agent/sensor/libbpf_log.h"
// The generated header speaks C.
#define _Bool bool
#include "bpf/modelward.skel.h"
#undef _Bool
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

std::unexpected<Error> refused(AttachMode mode, const LibbpfLog& log, int error) {
    const std::string cause = log.first_warning();
    return fail(refusal_code(error), fmt::format("{}: {}{}{}", to_string(mode), cause,
                                                 cause.empty() ? "" : ": ", std::strerror(error)));
}

// One trivial program of the same kind: a refusal of the kind is told from a refusal of our programs.
Result<void> probe_mode(AttachMode mode, const LibbpfLog& log) {
    const bool lsm = mode == AttachMode::kLsm;
    const char* function = lsm ? "file_open" : "security_file_open";
    const bpf_attach_type type = lsm ? BPF_LSM_MAC : BPF_MODIFY_RETURN;
    const int id = ::libbpf_find_vmlinux_btf_id(function, type);
    if (id <= 0)
        return fail(refusal_code(-id), fmt::format("{}: the kernel describes no hook {} (BTF): {}",
                                                   to_string(mode), function, std::strerror(-id)));
    const bpf_insn program[] = {{BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
                                {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    bpf_prog_load_opts options{};
    options.sz = sizeof options;
    options.expected_attach_type = type;
    options.attach_btf_id = static_cast<std::uint32_t>(id);
    const UniqueFd loaded(::bpf_prog_load(lsm ? BPF_PROG_TYPE_LSM : BPF_PROG_TYPE_TRACING, "modelward_probe",
                                          "GPL", program, std::size(program), &options));
    if (!loaded) return refused(mode, log, errno);
    const int storage = ::libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, nullptr);
    if (storage < 0) return refused(mode, log, -storage);
    if (storage == 0)
        return fail(ErrorCode::kUnsupported,
                    fmt::format("{}: the kernel has no task storage maps (Linux 6.1 or later is needed)",
                                to_string(mode)));
    return {};
}

// lsm/bprm_check_security is called from a function with a shorter name.
std::string security_function(std::string_view hook) {
    return fmt::format("security_{}", hook == "bprm_check_security" ? "bprm_check" : hook);
}

bool is_hook(const bpf_program* program) {
    return std::string_view(::bpf_program__section_name(program)).starts_with("lsm/");
}

// Programs that share a hook have names of their own.
std::string_view hook_of(const bpf_program* program) {
    const std::string_view section = ::bpf_program__section_name(program);
    return section.substr(section.find('/') + 1);
}

int prepare_hook(bpf_program* program, AttachMode mode) {
    constexpr std::string_view kHooks = "lsm/";
    const std::string_view section = ::bpf_program__section_name(program);
    if (mode == AttachMode::kLsm || !section.starts_with(kHooks)) return 0;
    ::bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
    ::bpf_program__set_expected_attach_type(program, BPF_MODIFY_RETURN);
    return ::bpf_program__set_attach_target(program, 0, security_function(hook_of(program)).c_str());
}

// Called by the agent, not by the kernel.
bool is_run_by_agent(const bpf_program* program) {
    return ::bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL;
}

// Sees packets, from the root of the control groups on.
bool is_of_cgroup(const bpf_program* program) {
    return ::bpf_program__type(program) == BPF_PROG_TYPE_CGROUP_SKB;
}

bpf_link* attach(const bpf_program* program, const UniqueFd& cgroup) {
    return is_of_cgroup(program) ? ::bpf_program__attach_cgroup(program, cgroup.get())
                                 : ::bpf_program__attach(program);
}

// Leaves out what this kernel has no function for, and what this host has no control groups for.
int prepare_programs(bpf_object* object, AttachMode mode, const KernelFunctions& functions,
                     const UniqueFd& cgroup) {
    bpf_program* program = nullptr;
    while ((program = ::bpf_object__next_program(object, program))) {
        if (is_run_by_agent(program)) continue;
        const OptionalProgram* optional = find_optional_program(::bpf_program__name(program));
        const bool no_cgroup = is_of_cgroup(program) && !cgroup;
        if (no_cgroup || (optional && !functions.have(optional->function)))
            ::bpf_program__set_autoload(program, false);
        else if (is_hook(program))
            if (const int error = prepare_hook(program, mode)) return error;
    }
    return 0;
}

// libbpf lets nobody map variables that are static. Nothing but struct variables may lie in their section.
int prepare_variables(bpf_object* object) {
    bpf_map* map = ::bpf_object__find_map_by_name(object, ".bss");
    if (!map || ::bpf_map__value_size(map) != sizeof(kernel::variables)) return -EINVAL;
    return ::bpf_map__set_map_flags(map, ::bpf_map__map_flags(map) | BPF_F_MMAPABLE);
}

// Literals, all of them: they end with a zero.
const char* name_in_object(const MapName& known) {
    return known.section.empty() ? known.name.data() : known.section.data();
}

void destroy(bpf_link* link) {
    ::bpf_link__destroy(link);
}

}  // namespace

int reuse_maps(bpf_object* object, const KernelMaps& reuse, std::span<const MapName> names) {
    for (const auto& known : names) {
        bpf_map* map = ::bpf_object__find_map_by_name(object, name_in_object(known));
        if (!map) return -ENOENT;
        if (const int error = ::bpf_map__reuse_fd(map, (reuse.*known.fd).get())) return error;
    }
    return 0;
}

Result<KernelMaps> take_maps(bpf_object* object, std::span<const MapName> names) {
    KernelMaps maps;
    for (const auto& known : names) {
        const int fd = ::bpf_object__find_map_fd_by_name(object, name_in_object(known));
        (maps.*known.fd).reset(fd < 0 ? -1 : ::fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (!(maps.*known.fd))
            return fail(ErrorCode::kInternal, fmt::format("no map {} in our object", known.name));
    }
    return maps;
}

ErrorCode refusal_code(int error) {
    switch (error) {
        case ENOMEM:
        case EAGAIN:
        case EINTR:
        case EBUSY:
        case EMFILE:
        case ENFILE:
        case ENOSPC:
            return ErrorCode::kUnavailable;
        default:
            return ErrorCode::kUnsupported;
    }
}

std::string to_string(AttachMode mode) {
    switch (mode) {
        case AttachMode::kLsm:
            return "lsm";
        case AttachMode::kFmodRet:
            return "fmod_ret";
        case AttachMode::kFallback:
            break;
    }
    return "fallback";
}

std::vector<AttachMode> modes_to_try(const std::string& active_lsms, bool list_is_known) {
    if (!list_is_known)
        return {AttachMode::kFmodRet, AttachMode::kLsm};  // fmod_ret does not depend on the list
    const bool active = ("," + active_lsms + ",").find(",bpf,") != std::string::npos;
    if (active) return {AttachMode::kLsm, AttachMode::kFmodRet};
    return {AttachMode::kFmodRet};
}

std::vector<AttachMode> modes_to_try() {
    std::ifstream file("/sys/kernel/security/lsm");
    std::string list;
    const bool known = static_cast<bool>(std::getline(file, list));
    return modes_to_try(list, known);
}

std::uint64_t object_build(const void* bytes, std::size_t size) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (std::size_t i = 0; i < size; ++i)
        hash = (hash ^ static_cast<const unsigned char*>(bytes)[i]) * 0x100000001b3;
    return hash;
}

std::uint64_t programs_build() {
    std::size_t size = 0;
    const void* bytes = modelward_bpf__elf_bytes(&size);
    return object_build(bytes, size);
}

Result<AttachedPrograms> attach_programs(AttachMode mode, const KernelMaps* reuse) {
    const LibbpfLog log;
    if (auto probed = probe_mode(mode, log); !probed) return fail(probed.error());
    auto functions = KernelFunctions::read();
    if (!functions) return fail(functions.error().with_context(to_string(mode)));

    const UniqueFd cgroup = open_cgroup_root();
    const std::shared_ptr<modelward_bpf> skeleton(modelward_bpf__open(), modelward_bpf__destroy);
    if (!skeleton) return refused(mode, log, errno);
    AttachedPrograms out{skeleton, {}, {}};
    bpf_object* object = skeleton->obj;
    skeleton->rodata->as_fmod_ret = mode == AttachMode::kFmodRet;
    skeleton->rodata->counts_known = functions->counts_known();
    if (const int error = prepare_variables(object)) return refused(mode, log, -error);
    if (reuse)
        if (const int error = reuse_maps(object, *reuse, map_names())) return refused(mode, log, -error);
    if (const int error = prepare_programs(object, mode, *functions, cgroup))
        return refused(mode, log, -error);
    if (const int error = ::bpf_object__load(object)) return refused(mode, log, -error);

    bpf_program* program = nullptr;
    while ((program = ::bpf_object__next_program(object, program))) {
        if (!::bpf_program__autoload(program)) continue;
        bpf_link* link = nullptr;
        if (!is_run_by_agent(program) && !(link = attach(program, cgroup))) return refused(mode, log, errno);
        out.programs.push_back({::bpf_program__name(program), {link, destroy}, ::bpf_program__fd(program)});
    }
    auto maps = take_maps(object, map_names());
    if (!maps) return fail(maps.error());
    out.maps = std::move(*maps);
    return out;
}

}  // namespace modelward::agent
