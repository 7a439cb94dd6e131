/* SPDX-License-Identifier: Apache-2.0 */
/* What the small programs of the bypass suite share. They stop at the first refusal with its text on stderr,
 * which is what a person would see, and exit with 1. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kPiece = 64 * 1024, kPage = 4096 };

struct bytes {
    char* data;
    size_t size;
};

static inline _Noreturn void refused(const char* what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static inline _Noreturn void misused(const char* usage) {
    fprintf(stderr, "usage: %s\n", usage);
    exit(2);
}

static inline long checked(long result, const char* what) {
    if (result < 0) refused(what);
    return result;
}

/* Anonymous memory: page-aligned, as direct access needs it. */
static inline struct bytes memory(size_t size) {
    void* data = mmap(0, size ? size : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) refused("memory");
    return (struct bytes){data, size};
}

static inline size_t size_of(int file) {
    struct stat facts;
    checked(fstat(file, &facts), "stat");
    return (size_t)facts.st_size;
}

static inline int open_to_read(const char* path) {
    return (int)checked(open(path, O_RDONLY | O_CLOEXEC), path);
}

static inline int open_to_write(const char* path) {
    return (int)checked(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), path);
}

/* Reads until `size` bytes or the end; how many there were. */
static inline size_t read_some(int from, char* to, size_t size) {
    size_t done = 0;
    while (done < size) {
        long got = checked(read(from, to + done, size - done), "read");
        if (!got) break;
        done += (size_t)got;
    }
    return done;
}

static inline void write_whole(int to, const char* data, size_t size) {
    for (size_t done = 0; done < size;)
        done += (size_t)checked(write(to, data + done, size - done < kPiece ? size - done : kPiece), "write");
}

static inline struct bytes read_whole(const char* path) {
    int file = open_to_read(path);
    struct bytes bytes = memory(size_of(file));
    bytes.size = read_some(file, bytes.data, bytes.size);
    close(file);
    return bytes;
}

/* A socket that is connected to an IPv4 address. */
static inline int connect_to(const char* address, int port, int type, int protocol) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1) misused("an IPv4 address");
    int sock = (int)checked(socket(AF_INET, type | SOCK_CLOEXEC, protocol), "socket");
    checked(connect(sock, (struct sockaddr*)&to, sizeof(to)), "connect");
    return sock;
}

/* Where bytes end up: "ADDRESS:PORT" is sent to by TCP, anything else is a file. */
static inline int open_sink(const char* where) {
    const char* colon = strchr(where, ':');
    if (!colon || where[0] == '/') return open_to_write(where);
    char address[64] = {0};
    memcpy(address, where, (size_t)(colon - where) < sizeof(address) - 1 ? (size_t)(colon - where) : 0);
    return connect_to(address, atoi(colon + 1), SOCK_STREAM, 0);
}

static inline void deliver(const char* where, struct bytes bytes) {
    int sink = open_sink(where);
    write_whole(sink, bytes.data, bytes.size);
    if (fsync(sink) < 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP) refused("fsync");
    close(sink);
}

/* Waits for a child; true if it ended well. */
static inline int ended_well(pid_t child) {
    int status = 0;
    checked(waitpid(child, &status, 0), "waitpid");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
