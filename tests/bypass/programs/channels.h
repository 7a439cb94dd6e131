/* SPDX-License-Identifier: Apache-2.0 */
/* The channels that hand_over goes through: make_ before the fork, give_ in the process that reads the file,
 * take_ in the one that does not. Turns between the two are single bytes in a pipe of their own. */
#pragma once

#include "common.h"

#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <mqueue.h>
#include <pty.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <termios.h>

static struct bytes bytes; /* both processes' own; of the giver it holds the file */
static const char* file_path;
static pid_t giver, taker;
static int is_giver;
static int turn_of_taker[2], turn_of_giver[2];

static void make_turns(void) {
    checked(pipe(turn_of_taker), "pipe");
    checked(pipe(turn_of_giver), "pipe");
}

static void pass(int* turn) {
    checked(write(turn[1], "", 1), "turn");
}

/* If the other process has ended instead, this would hang for good: the alarm says so. */
static void await(int* turn) {
    char byte;
    alarm(30);
    if (read(turn[0], &byte, 1) != 1) refused("turn");
    alarm(0);
}

static void make_nothing(void) {}

static void wait_for_good(void) {
    pass(turn_of_taker);
    for (;;)
        pause();
}

/* --- streams: ends[0] is the taker's, ends[1] the giver's --- */

static int ends[2];

static void make_pipe(void) {
    checked(pipe(ends), "pipe");
}

static void make_stream(void) {
    checked(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
}

static void make_sequence(void) {
    checked(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), "socketpair");
}

static void make_datagram(void) {
    checked(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), "socketpair");
}

static void make_terminal(void) {
    struct termios raw;
    checked(openpty(&ends[0], &ends[1], 0, 0, 0), "openpty");
    tcgetattr(ends[1], &raw);
    cfmakeraw(&raw);
    tcsetattr(ends[1], TCSANOW, &raw);
}

static void give_stream(void) {
    close(ends[0]);
    write_whole(ends[1], bytes.data, bytes.size);
    for (;;)
        pause();
}

static void take_stream(void) {
    if (ends[1] > 0) close(ends[1]); /* or a giver that was stopped would be waited for in vain */
    bytes.size = read_some(ends[0], bytes.data, bytes.size);
}

/* Out of the socket without a read of it. */
static void take_spliced(void) {
    int through[2];
    close(ends[1]);
    checked(pipe(through), "pipe");
    for (size_t at = 0; at < bytes.size;) {
        size_t count = (size_t)checked(splice(ends[0], 0, through[1], 0, kPiece, 0), "splice");
        if (!count) break;
        at += read_some(through[0], bytes.data + at, count);
    }
}

static void give_pages(void) {
    for (size_t at = 0; at < bytes.size;) {
        struct iovec part = {bytes.data + at, bytes.size - at};
        at += (size_t)checked(vmsplice(ends[1], &part, 1, 0), "vmsplice");
    }
    for (;;)
        pause();
}

static void give_tee(void) {
    int own[2];
    static char waste[kPiece];
    checked(pipe(own), "pipe");
    for (size_t at = 0; at < bytes.size;) {
        size_t count = bytes.size - at < kPage ? bytes.size - at : kPage;
        write_whole(own[1], bytes.data + at, count);
        if ((size_t)checked(tee(own[0], ends[1], count, 0), "tee") != count) misused("tee copied less");
        read_some(own[0], waste, count);
        at += count;
    }
    for (;;)
        pause();
}

static char fifo_path[64];

static void make_fifo(void) {
    snprintf(fifo_path, sizeof(fifo_path), "/tmp/bypass-fifo-%d", getpid());
    unlink(fifo_path);
    checked(mkfifo(fifo_path, 0600), "mkfifo");
}

static void give_fifo(void) {
    ends[1] = (int)checked(open(fifo_path, O_WRONLY), fifo_path);
    ends[0] = -1;
    give_stream();
}

static void take_fifo(void) {
    ends[0] = open_to_read(fifo_path);
    unlink(fifo_path);
    take_stream();
}

/* --- messages: a turn after each keeps short queues from dropping any --- */

static struct sockaddr_storage message_to;
static socklen_t message_to_size;
static size_t message_size = 32 * 1024;

static void give_messages(void) {
    for (size_t at = 0; at < bytes.size; at += message_size) {
        size_t count = bytes.size - at < message_size ? bytes.size - at : message_size;
        checked(sendto(ends[1], bytes.data + at, count, 0,
                       message_to_size ? (struct sockaddr*)&message_to : 0, message_to_size),
                "message");
        await(turn_of_giver);
    }
    for (;;)
        pause();
}

static void take_messages(void) {
    for (size_t at = 0; at < bytes.size; pass(turn_of_giver)) {
        alarm(30);
        at += (size_t)checked(recv(ends[0], bytes.data + at, message_size, 0), "recv");
    }
    alarm(0);
}

static void make_netlink(void) {
    for (int i = 0; i < 2; i++) {
        struct sockaddr_nl name = {.nl_family = AF_NETLINK};
        socklen_t size = sizeof(name);
        ends[i] = (int)checked(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), "netlink socket");
        checked(bind(ends[i], (struct sockaddr*)&name, size), "bind");
        getsockname(ends[i], (struct sockaddr*)&name, &size);
        if (i == 0) memcpy(&message_to, &name, message_to_size = size);
    }
}

static void make_loopback_udp(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(name);
    ends[0] = (int)checked(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    ends[1] = (int)checked(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    checked(bind(ends[0], (struct sockaddr*)&name, size), "bind");
    getsockname(ends[0], (struct sockaddr*)&name, &size);
    memcpy(&message_to, &name, message_to_size = size);
}

/* `listener` is bound; the two ends meet before the file is read. */
static void meet(int listener, struct sockaddr* name, socklen_t size, int family) {
    checked(bind(listener, name, size), "bind");
    checked(listen(listener, 1), "listen");
    getsockname(listener, name, &size);
    ends[1] = (int)checked(socket(family, SOCK_STREAM, 0), "socket");
    checked(connect(ends[1], name, size), "connect");
    ends[0] = (int)checked(accept(listener, 0, 0), "accept");
}

static void make_loopback(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    meet((int)checked(socket(AF_INET, SOCK_STREAM, 0), "socket"), (struct sockaddr*)&name, sizeof(name),
         AF_INET);
}

static void make_vsock(void) {
    struct sockaddr_vm name = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_LOCAL, .svm_port = 7777};
    meet((int)checked(socket(AF_VSOCK, SOCK_STREAM, 0), "vsock"), (struct sockaddr*)&name, sizeof(name),
         AF_VSOCK);
}

/* --- memory --- */

static char* shared;

static void make_shared(void) {
    shared = mmap(0, bytes.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) refused("mmap");
}

static void make_sysv_shm(void) {
    int id = (int)checked(shmget(IPC_PRIVATE, bytes.size, 0600), "shmget");
    shared = shmat(id, 0, 0);
    checked(shmctl(id, IPC_RMID, 0), "shmctl");
}

static void give_shared(void) {
    memcpy(shared, bytes.data, bytes.size);
    wait_for_good();
}

static void take_shared(void) {
    await(turn_of_taker);
    memcpy(bytes.data, shared, bytes.size);
}

static char shm_name[64];

static void make_shm(void) {
    snprintf(shm_name, sizeof(shm_name), "/bypass-%d", getpid());
}

static int open_shm(int flags) {
    int shm = (int)checked(shm_open(shm_name, flags, 0600), "shm_open");
    checked(ftruncate(shm, (off_t)bytes.size), "ftruncate");
    return shm;
}

static void give_shm(void) {
    write_whole(open_shm(O_RDWR | O_CREAT), bytes.data, bytes.size);
    wait_for_good();
}

static void take_shm(void) {
    await(turn_of_taker);
    int shm = open_shm(O_RDWR);
    shm_unlink(shm_name);
    read_some(shm, bytes.data, bytes.size);
}

static char* map_shm(int flags) {
    char* map = mmap(0, bytes.size, PROT_READ | PROT_WRITE, MAP_SHARED, open_shm(flags), 0);
    if (map == MAP_FAILED) refused("mmap");
    return map;
}

static void give_shm_map(void) {
    memcpy(map_shm(O_RDWR | O_CREAT), bytes.data, bytes.size);
    wait_for_good();
}

static void take_shm_map(void) {
    await(turn_of_taker);
    char* map = map_shm(O_RDWR);
    shm_unlink(shm_name);
    memcpy(bytes.data, map, bytes.size);
}

/* The bytes lie where they were read to: fork gives both processes the same addresses. */
static void give_memory(void) {
    wait_for_good();
}

static void take_vm_read(void) {
    await(turn_of_taker);
    struct iovec own = {bytes.data, bytes.size}, other = own;
    checked(process_vm_readv(giver, &own, 1, &other, 1, 0), "process_vm_readv");
}

static void give_vm_write(void) {
    struct iovec own = {bytes.data, bytes.size}, other = own;
    checked(process_vm_writev(taker, &own, 1, &other, 1, 0), "process_vm_writev");
    wait_for_good();
}

static void take_nothing(void) {
    await(turn_of_taker);
}

static void take_proc_mem(void) {
    char name[64];
    await(turn_of_taker);
    snprintf(name, sizeof(name), "/proc/%d/mem", giver);
    int memory_file = open_to_read(name);
    for (size_t at = 0; at < bytes.size; at += kPiece)
        checked(pread(memory_file, bytes.data + at, kPiece, (off_t)(uintptr_t)(bytes.data + at)),
                "read of memory");
}

static void take_ptrace(void) {
    await(turn_of_taker);
    checked(ptrace(PTRACE_SEIZE, giver, 0, 0), "ptrace");
    checked(ptrace(PTRACE_INTERRUPT, giver, 0, 0), "ptrace interrupt");
    waitpid(giver, 0, __WALL);
    bytes.size = bytes.size < 1200 * 1024 ? bytes.size : 1200 * 1024; /* a word a call: slow */
    for (size_t at = 0; at < bytes.size; at += sizeof(long)) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKDATA, giver, bytes.data + at, 0);
        if (errno) refused("PTRACE_PEEKDATA");
        memcpy(bytes.data + at, &word, sizeof(word));
    }
}

/* --- queues and keys --- */

struct letter {
    long type;
    char text[8000];
};
static int queue;

static void make_sysv_queue(void) {
    queue = (int)checked(msgget(IPC_PRIVATE, 0600), "msgget");
}

static void give_sysv_queue(void) {
    struct letter letter = {.type = 1};
    for (size_t at = 0; at < bytes.size; at += sizeof(letter.text)) {
        memcpy(letter.text, bytes.data + at, sizeof(letter.text));
        checked(msgsnd(queue, &letter, sizeof(letter.text), 0), "msgsnd");
    }
    for (;;)
        pause();
}

static void take_sysv_queue(void) {
    struct letter letter;
    alarm(40);
    for (size_t at = 0; at < bytes.size; at += sizeof(letter.text)) {
        checked(msgrcv(queue, &letter, sizeof(letter.text), 0, 0), "msgrcv");
        memcpy(bytes.data + at, letter.text, sizeof(letter.text));
    }
    msgctl(queue, IPC_RMID, 0);
}

static char queue_name[64];

static void make_posix_queue(void) {
    struct mq_attr size = {.mq_maxmsg = 8, .mq_msgsize = 8192};
    snprintf(queue_name, sizeof(queue_name), "/bypass-%d", getpid());
    queue = (int)checked(mq_open(queue_name, O_RDWR | O_CREAT, 0600, &size), "mq_open");
    mq_unlink(queue_name);
}

static void give_posix_queue(void) {
    for (size_t at = 0; at < bytes.size; at += 8192)
        checked(mq_send(queue, bytes.data + at, 8192, 0), "mq_send");
    for (;;)
        pause();
}

static void take_posix_queue(void) {
    alarm(40);
    for (size_t at = 0; at < bytes.size; at += 8192)
        checked(mq_receive(queue, bytes.data + at, 8192, 0), "mq_receive");
}

enum { kKey = kPage, kKeysHeld = 1200 * 1024 };
static long key;

static void make_key(void) {
    checked(syscall(SYS_keyctl, 1 /* join a keyring of this session */, 0), "keyctl");
    static char empty[kKey];
    key = checked(syscall(SYS_add_key, "user", "bypass", empty, sizeof(empty), -3 /* the session's */),
                  "add_key");
}

static void give_key(void) {
    for (size_t at = 0; at < kKeysHeld; at += kKey) {
        checked(syscall(SYS_keyctl, 2 /* update */, key, bytes.data + at, kKey), "keyctl update");
        pass(turn_of_taker);
        await(turn_of_giver);
    }
    for (;;)
        pause();
}

static void take_key(void) {
    bytes.size = kKeysHeld / kKey * kKey;
    for (size_t at = 0; at < bytes.size; at += kKey) {
        await(turn_of_taker);
        checked(syscall(SYS_keyctl, 11 /* read */, key, bytes.data + at, kKey), "keyctl read");
        pass(turn_of_giver);
    }
}
