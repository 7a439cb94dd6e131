// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/kernel_functions.h"

#include <bpf/btf.h>

#include <cerrno>
#include <cstring>

namespace modelward::agent {

namespace {

constexpr OptionalProgram kOptionalPrograms[] = {
    {"rw_verify_area", "rw_verify_area", "byte counts of writes are not known: each is charged as 1 MiB"},
    {"fallocate_begin", "vfs_fallocate", ""},
    {"fallocate_end", "vfs_fallocate", ""},
    {"clone_begin", "vfs_clone_file_range", ""},
    {"sendpage_end", "generic_splice_sendpage", ""},
    {"splice_direct_begin", "do_splice_direct", ""},
    {"splice_direct_end", "do_splice_direct", ""},
    {"splice_write_begin", "iter_file_splice_write", ""},
    {"splice_write_end", "iter_file_splice_write", ""},
    {"inode_free", "security_inode_free", "labels of deleted files are kept until the table is full"},
    {"pipe_read", "pipe_read", ""},
    {"anon_pipe_read", "anon_pipe_read", ""},
    {"pipe_gone", "free_pipe_info", ""},
    {"splice_into_pipe", "splice_file_to_pipe", "splice and sendfile into pipes"},
    {"splice_begin", "do_splice", "splice out of a pipe by a process that is not tainted itself"},
    {"splice_end", "do_splice", ""},
    {"tee_end", "do_tee", "tee between pipes"},
    {"unix_stream_recvmsg", "unix_stream_recvmsg", "readers of unix stream sockets are not followed"},
    {"unix_dgram_recvmsg", "unix_dgram_recvmsg", "readers of unix datagram sockets are not followed"},
    {"unix_seqpacket_recvmsg", "unix_seqpacket_recvmsg",
     "readers of unix seqpacket sockets are not followed"},
    {"unix_stream_spliced", "unix_stream_splice_read", "splice out of a unix stream socket"},
    {"socket_gone", "security_sk_free", "marks of closed unix sockets are kept until the table is full"},
    {"splice_waited", "pipe_wait_readable", "a splice that waits at an empty pipe"},
#if defined(__aarch64__)
    {"vmsplice_begin", "__arm64_sys_vmsplice", "vmsplice into a pipe"},
#else
    {"vmsplice_begin", "__x64_sys_vmsplice", "vmsplice into a pipe"},
#endif
    {"inet_recvmsg", "inet_recvmsg", "receivers of connections on this host are not followed"},
    {"inet6_recvmsg", "inet6_recvmsg", "receivers of IPv6 connections on this host are not followed"},
    {"tcp_splice_read", "tcp_splice_read", "splice out of a connection on this host"},
    {"holders_of_files", "bpf_iter_task_file", "processes that had a file open before it was labelled"},
    {"holders_of_maps", "bpf_iter_task_vma", "processes that had a file mapped before it was labelled"},
    {"filesystem_gone", "generic_shutdown_super",
     "an unmounted file system's number is taken for its server or volume until the agent looks again"},
    {"program_begins", "security_bprm_committed_creds", ""},
    {"debugger_asks", "ptrace_request", "what a debugger reads that attached before the model was read"},
    {"debugger_asks_compat", "compat_ptrace_request", ""},
    {"many_begin", "__sys_sendmmsg", "all messages but the first of a sendmmsg to one address"},
    {"many_end", "__sys_sendmmsg", ""},
    {"core_dumped", "dump_emit", "core dumps"},
    {"queue_gone", "security_msg_queue_free", ""},
    {"posix_queue_send", "do_mq_timedsend", "POSIX message queues that were open before the model was read"},
    {"posix_queue_receive", "do_mq_timedreceive", "readers of POSIX message queues that were open before"},
    {"disk_read", "blkdev_read_iter", "a model's blocks read from the disk under its file system"},
    {"disk_spliced", "filemap_splice_read", ""},
    {"device_ioctl_compat", "security_file_ioctl_compat", ""},
};

}  // namespace

const OptionalProgram* find_optional_program(std::string_view program) {
    for (const auto& candidate : kOptionalPrograms)
        if (candidate.name == program) return &candidate;
    return nullptr;
}

KernelFunctions::KernelFunctions(btf* types) : types_(types, [](btf* old) { ::btf__free(old); }) {}

Result<KernelFunctions> KernelFunctions::read() {
    btf* types = ::btf__load_vmlinux_btf();
    if (!types)
        return fail(ErrorCode::kUnsupported,
                    std::string("the kernel does not describe its types (BTF): ") + std::strerror(errno));
    return KernelFunctions(types);
}

bool KernelFunctions::have(const char* function) const {
    return ::btf__find_by_name_kind(types_.get(), function, BTF_KIND_FUNC) > 0;
}

std::vector<std::string> KernelFunctions::blind_spots() const {
    std::vector<std::string> all;
    for (const auto& program : kOptionalPrograms)
        if (!program.blind_spot.empty() && !have(program.function)) all.emplace_back(program.blind_spot);
    if (!have("pipe_read") && !have("anon_pipe_read")) all.emplace_back("readers of pipes are not followed");
    return all;
}

}  // namespace modelward::agent
