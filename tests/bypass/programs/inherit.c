/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file, then has another task that came from this one deliver the bytes. */
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include "common.h"

static struct bytes bytes;
static const char* sink;

static void by_fork(void) {
    pid_t child = (pid_t)checked(fork(), "fork");
    if (child == 0) {
        deliver(sink, bytes);
        _exit(0);
    }
    exit(!ended_well(child));
}

/* The one that read is long gone when the bytes leave. */
static void by_daemon(void) {
    if (checked(fork(), "fork") == 0) {
        setsid();
        if (checked(fork(), "fork") == 0) {
            usleep(200000);
            deliver(sink, bytes);
            _exit(0);
        }
        _exit(0);
    }
    sleep(2);
}

static int deliver_in_clone(void* unused) {
    (void)unused;
    deliver(sink, bytes);
    return 0;
}

/* The same memory, another process: not a thread. */
static void by_clone(void) {
    struct bytes stack = memory(256 * 1024);
    pid_t child = (pid_t)checked(
        clone(deliver_in_clone, stack.data + stack.size, CLONE_VM | CLONE_FILES | SIGCHLD, 0), "clone");
    exit(!ended_well(child));
}

static char held[16]; /* the number of a memfd that holds the bytes */
static char* again[] = {0, "held", held, 0, 0};

static void hold(void) {
    int memfd = (int)checked(memfd_create("bypass", 0), "memfd_create");
    write_whole(memfd, bytes.data, bytes.size);
    snprintf(held, sizeof(held), "%d", memfd);
    again[0] = realpath("/proc/self/exe", 0); /* gone once the first thread is */
    again[3] = (char*)sink;
}

static void by_exec(void) {
    hold();
    execv(again[0], again);
    refused("exec");
}

static void by_vfork(void) {
    hold();
    pid_t child = vfork();
    if (child == 0) {
        execv(again[0], again);
        _exit(1);
    }
    exit(!ended_well(child));
}

static const char* file_to_read;
static size_t left; /* to read */

/* The child reads into its parent's memory, and never becomes a program of its own. */
static void by_vfork_read(void) {
    struct stat facts;
    checked(stat(file_to_read, &facts), file_to_read);
    bytes = memory(left = (size_t)facts.st_size);
    pid_t child = vfork();
    if (child == 0) {
        int from = open(file_to_read, O_RDONLY);
        for (long got; from >= 0 && (got = read(from, bytes.data + bytes.size - left, left)) > 0;)
            left -= (size_t)got;
        _exit(0);
    }
    deliver(sink, bytes);
}

static void* exec_in_thread(void* unused) {
    (void)unused;
    execv(again[0], again);
    refused("exec");
}

/* The thread that calls exec becomes the process. */
static void by_thread_exec(void) {
    pthread_t thread;
    hold();
    pthread_create(&thread, 0, exec_in_thread, 0);
    pthread_exit(0);
}

static void by_user(void) {
    checked(setgroups(0, 0), "setgroups");
    checked(setgid(65534), "setgid");
    checked(setuid(65534), "setuid");
    deliver(sink, bytes);
}

static void by_namespaces(void) {
    checked(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS), "unshare");
    by_fork();
}

static void by_cgroup(void) {
    mkdir("/sys/fs/cgroup/modelward-bypass/other", 0755);
    int file = open_to_write("/sys/fs/cgroup/modelward-bypass/other/cgroup.procs");
    checked(write(file, "0", 1), "cgroup");
    deliver(sink, bytes);
}

static const struct {
    const char* name;
    void (*act)(void);
} ways[] = {
    {"fork", by_fork},
    {"daemon", by_daemon},
    {"clone", by_clone},
    {"exec", by_exec},
    {"vfork", by_vfork},
    {"vfork-read", by_vfork_read},
    {"thread-exec", by_thread_exec},
    {"user", by_user},
    {"namespaces", by_namespaces},
    {"cgroup", by_cgroup},
};

int main(int count, char** words) {
    if (count != 4) misused("inherit WAY FILE SINK");
    sink = words[3];
    if (strcmp(words[1], "held") == 0) {
        int memfd = atoi(words[2]);
        bytes = memory(size_of(memfd));
        checked(lseek(memfd, 0, SEEK_SET), "lseek");
        read_some(memfd, bytes.data, bytes.size);
        deliver(sink, bytes);
        return 0;
    }
    file_to_read = words[2];
    if (strcmp(words[1], "vfork-read") != 0) bytes = read_whole(file_to_read);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, words[1]) != 0) continue;
        ways[i].act();
        return 0;
    }
    misused("inherit: no such way");
}
