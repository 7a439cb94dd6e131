// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/attach.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "agent/sensor/libbpf_log.h"
#include "bpf/modelward.skel.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

// Programs on functions that are not security hooks: a kernel may lack them.
struct OptionalProgram {
    std::string_view name;
    const char* function;
    std::string_view blind_spot;  // empty: not needed on a kernel without that function
};

constexpr OptionalProgram kOptionalPrograms[] = {
    {"rw_verify_area", "rw_verify_area", "byte counts of writes are not known: each is charged as 1 MiB"},
    {"splice_direct_begin", "do_splice_direct", ""},
    {"splice_direct_end", "do_splice_direct", ""},
    {"splice_write_begin", "iter_file_splice_write", ""},
    {"splice_write_end", "iter_file_splice_write", ""},
    {"pipe_read", "pipe_read", ""},
    {"anon_pipe_read", "anon_pipe_read", ""},
    {"unix_stream_recvmsg", "unix_stream_recvmsg", "readers of unix stream sockets are not followed"},
    {"unix_dgram_recvmsg", "unix_dgram_recvmsg", "readers of unix datagram sockets are not followed"},
    {"unix_seqpacket_recvmsg", "unix_seqpacket_recvmsg",
     "readers of unix seqpacket sockets are not followed"},
};

bool kernel_has_function(const btf* kernel, const char* name) {
    return ::btf__find_by_name_kind(kernel, name, BTF_KIND_FUNC) > 0;
}

std::unexpected<Error> refused(AttachMode mode, const LibbpfLog& log, int error) {
    const std::string cause = log.first_warning();
    return fail(ErrorCode::kUnsupported, fmt::format("{}: {}{}{}", to_string(mode), cause,
                                                     cause.empty() ? "" : ": ", std::strerror(error)));
}

// One trivial program of the same kind: a refusal of the kind is told from a refusal of our programs.
Result<void> probe_mode(AttachMode mode, const LibbpfLog& log) {
    const bool lsm = mode == AttachMode::kLsm;
    const char* function = lsm ? "file_open" : "security_file_open";
    const bpf_attach_type type = lsm ? BPF_LSM_MAC : BPF_MODIFY_RETURN;
    const int id = ::libbpf_find_vmlinux_btf_id(function, type);
    if (id <= 0)
        return fail(ErrorCode::kUnsupported, fmt::format("{}: the kernel describes no hook {} (BTF): {}",
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
    if (::libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, nullptr) != 1)
        return fail(ErrorCode::kUnsupported,
                    fmt::format("{}: the kernel has no task storage maps (Linux 6.1 or later is needed)",
                                to_string(mode)));
    return {};
}

// lsm/bprm_check_security is called from a function with a shorter name.
std::string security_function(std::string_view hook) {
    return fmt::format("security_{}", hook == "bprm_check_security" ? "bprm_check" : hook);
}

int prepare_hook(bpf_program* program, AttachMode mode) {
    if (mode == AttachMode::kLsm) return 0;
    ::bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
    ::bpf_program__set_expected_attach_type(program, BPF_MODIFY_RETURN);
    return ::bpf_program__set_attach_target(program, 0,
                                            security_function(::bpf_program__name(program)).c_str());
}

// Leaves out what this kernel has no function for; returns what is not seen without it.
int prepare_programs(bpf_object* object, AttachMode mode, const btf* kernel,
                     std::vector<std::string>& blind_spots) {
    bpf_program* program = nullptr;
    while ((program = ::bpf_object__next_program(object, program))) {
        const std::string name = ::bpf_program__name(program);
        const OptionalProgram* optional = nullptr;
        for (const auto& candidate : kOptionalPrograms)
            if (candidate.name == name) optional = &candidate;
        if (!optional) {
            if (const int error = prepare_hook(program, mode)) return error;
        } else if (!kernel_has_function(kernel, optional->function)) {
            ::bpf_program__set_autoload(program, false);
            if (!optional->blind_spot.empty()) blind_spots.emplace_back(optional->blind_spot);
        }
    }
    if (!kernel_has_function(kernel, "pipe_read") && !kernel_has_function(kernel, "anon_pipe_read"))
        blind_spots.emplace_back("readers of pipes are not followed");
    return 0;
}

int reuse_maps(bpf_object* object, const KernelMaps& reuse) {
    for (const auto& known : map_names()) {
        bpf_map* map = ::bpf_object__find_map_by_name(object, std::string(known.name).c_str());
        if (!map) return -ENOENT;
        if (const int error = ::bpf_map__reuse_fd(map, (reuse.*known.fd).get())) return error;
    }
    return 0;
}

Result<KernelMaps> take_maps(bpf_object* object) {
    KernelMaps maps;
    for (const auto& known : map_names()) {
        const int fd = ::bpf_object__find_map_fd_by_name(object, std::string(known.name).c_str());
        (maps.*known.fd).reset(fd < 0 ? -1 : ::fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (!(maps.*known.fd))
            return fail(ErrorCode::kInternal, fmt::format("no map {} in our object", known.name));
    }
    return maps;
}

void destroy(bpf_link* link) {
    ::bpf_link__destroy(link);
}
void close_object(modelward_bpf* object) {
    modelward_bpf__destroy(object);
}

}  // namespace

std::string to_string(AttachMode mode) {
    return mode == AttachMode::kLsm ? "lsm" : "fmod_ret";
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

std::uint64_t programs_build() {
    std::size_t size = 0;
    const auto* bytes = static_cast<const unsigned char*>(modelward_bpf__elf_bytes(&size));
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (std::size_t i = 0; i < size; ++i)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

Result<AttachedPrograms> attach_programs(AttachMode mode, const KernelMaps* reuse) {
    const LibbpfLog log;
    if (auto probed = probe_mode(mode, log); !probed) return fail(probed.error());
    const std::unique_ptr<btf, void (*)(btf*)> kernel(::btf__load_vmlinux_btf(), ::btf__free);
    if (!kernel) return refused(mode, log, errno);

    AttachedPrograms out{{modelward_bpf__open(), close_object}, {}, {}, {}};
    if (!out.object) return refused(mode, log, errno);
    bpf_object* object = out.object->obj;
    out.object->rodata->as_fmod_ret = mode == AttachMode::kFmodRet;
    out.object->rodata->counts_known = kernel_has_function(kernel.get(), "rw_verify_area");
    out.object->rodata->can_hold = kernel_has_function(kernel.get(), "bpf_preempt_disable");
    if (!out.object->rodata->can_hold)
        out.blind_spots.emplace_back(
            "if this kernel (older than 6.10) is fully preemptible: an operation while another "
            "task is preempted inside the same hook (counted as hook_missed)");
    if (reuse)
        if (const int error = reuse_maps(object, *reuse)) return refused(mode, log, -error);
    if (const int error = prepare_programs(object, mode, kernel.get(), out.blind_spots))
        return refused(mode, log, -error);
    if (const int error = ::bpf_object__load(object)) return refused(mode, log, -error);

    bpf_program* program = nullptr;
    while ((program = ::bpf_object__next_program(object, program))) {
        if (!::bpf_program__autoload(program)) continue;
        bpf_link* link = ::bpf_program__attach(program);
        if (!link) return refused(mode, log, errno);
        out.programs.push_back({::bpf_program__name(program), {link, destroy}});
    }
    auto maps = take_maps(object);
    if (!maps) return fail(maps.error());
    out.maps = std::move(*maps);
    return out;
}

}  // namespace modelward::agent
