/* SPDX-License-Identifier: Apache-2.0 */
/* One process reads a file and gives the bytes to another that never opened it; the other delivers them. */
#include "descriptors.h"

static struct {
    const char* name;
    void (*before)(void);
    void (*give)(void);
    void (*take)(void);
} ways[] = {
    {"pipe", make_pipe, give_stream, take_stream},
    {"vmsplice", make_pipe, give_pages, take_stream},
    {"tee", make_pipe, give_tee, take_stream},
    {"fifo", make_fifo, give_fifo, take_fifo},
    {"terminal", make_terminal, give_stream, take_stream},
    {"stream", make_stream, give_stream, take_stream},
    {"stream-splice", make_stream, give_stream, take_spliced},
    {"pairs", make_stream, give_pairs, take_pairs},
    {"addresses", make_addresses, give_to_addresses, take_at_addresses},
    {"sequence", make_sequence, give_messages, take_messages},
    {"datagram", make_datagram, give_messages, take_messages},
    {"loopback", make_loopback, give_stream, take_stream},
    {"loopback-udp", make_loopback_udp, give_messages, take_messages},
    {"vsock", make_vsock, give_stream, take_stream},
    {"netlink", make_netlink, give_messages, take_messages},
    {"descriptor", make_stream, give_descriptor, take_descriptor},
    {"memfd", make_stream, give_memfd, take_descriptor},
    {"memfd-map", make_stream, give_memfd, take_mapped_descriptor},
    {"anonymous", make_shared, give_shared, take_shared},
    {"shm", make_shm, give_shm, take_shm},
    {"shm-map", make_shm, give_shm_map, take_shm_map},
    {"sysv-shm", make_sysv_shm, give_shared, take_shared},
    {"sysv-queue", make_sysv_queue, give_sysv_queue, take_sysv_queue},
    {"posix-queue", make_posix_queue, give_posix_queue, take_posix_queue},
    {"vm-read", make_nothing, give_memory, take_vm_read},
    {"vm-write", make_nothing, give_vm_write, take_nothing},
    {"proc-mem", make_nothing, give_memory, take_proc_mem},
    {"ptrace", make_nothing, give_memory, take_ptrace},
    {"pidfd", make_nothing, give_open_file, take_pidfd},
    {"key", make_key, give_key, take_key},
};

int main(int count, char** words) {
    if (count != 4) misused("hand_over WAY FILE SINK");
    file_path = words[2];
    struct stat facts;
    checked(stat(file_path, &facts), file_path);
    bytes = memory((size_t)facts.st_size + kPiece);
    bytes.size = (size_t)facts.st_size;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, words[1]) != 0) continue;
        make_turns();
        ways[i].before();
        taker = getpid();
        pid_t child = giver = (pid_t)checked(fork(), "fork");
        if (child == 0) {
            is_giver = 1;
            if (ways[i].give != give_descriptor && ways[i].give != give_open_file) {
                int from = open_to_read(file_path);
                read_some(from, bytes.data, bytes.size);
            }
            ways[i].give();
            _exit(0);
        }
        ways[i].take();
        deliver(words[3], bytes);
        kill(child, SIGKILL);
        return 0;
    }
    misused("hand_over: no such way");
}
