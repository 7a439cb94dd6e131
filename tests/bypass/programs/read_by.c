/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file in one of many ways, then delivers what it read. */
#include <liburing.h>
#include <linux/aio_abi.h>
#include <sys/syscall.h>

#include "common.h"

static struct bytes file;
static int fd;
static const char* path;

static void by_pread(void) {
    for (size_t at = 0; at < file.size; at += kPiece)
        checked(pread(fd, file.data + at, kPiece, (off_t)at), "pread");
}

static void by_readv(void) {
    for (size_t at = 0; at < file.size; at += 2 * kPage) {
        struct iovec parts[2] = {{file.data + at, kPage}, {file.data + at + kPage, kPage}};
        checked(readv(fd, parts, 2), "readv");
    }
}

static void by_preadv2(void) {
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct iovec part = {file.data + at, kPiece};
        checked(preadv2(fd, &part, 1, (off_t)at, 0), "preadv2");
    }
}

static void by_direct(void) {
    int direct = (int)checked(open(path, O_RDONLY | O_DIRECT), path);
    for (size_t at = 0; at < file.size; at += kPiece)
        checked(pread(direct, file.data + at, kPiece, (off_t)at), "direct read");
}

static void by_aio(void) {
    aio_context_t context = 0;
    checked(syscall(SYS_io_setup, 1, &context), "io_setup");
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct iocb block = {.aio_lio_opcode = IOCB_CMD_PREAD,
                             .aio_fildes = (uint32_t)fd,
                             .aio_buf = (uint64_t)(file.data + at),
                             .aio_nbytes = kPiece,
                             .aio_offset = (int64_t)at};
        struct iocb* blocks[] = {&block};
        struct io_event event;
        checked(syscall(SYS_io_submit, context, 1, blocks), "io_submit");
        checked(syscall(SYS_io_getevents, context, 1, 1, &event, 0), "io_getevents");
        errno = (int)-event.res;
        if (event.res < 0) refused("aio read");
    }
}

static void by_mapping(int flags) {
    char* map = mmap(0, file.size, PROT_READ, flags, fd, 0);
    if (map == MAP_FAILED) refused("mmap");
    memcpy(file.data, map, file.size);
}

static void by_private(void) {
    by_mapping(MAP_PRIVATE);
}

static void by_shared(void) {
    by_mapping(MAP_SHARED | MAP_POPULATE);
}

static int finish(struct io_uring* ring, const char* what) {
    struct io_uring_cqe* done;
    errno = -io_uring_submit_and_wait(ring, 1);
    if (errno > 0) refused(what);
    errno = -io_uring_wait_cqe(ring, &done);
    if (errno > 0) refused(what);
    errno = -done->res;
    if (done->res < 0) refused(what);
    int result = done->res;
    io_uring_cqe_seen(ring, done);
    return result;
}

static void by_ring(unsigned flags, int fixed) {
    struct io_uring ring;
    struct io_uring_params how = {.flags = flags, .sq_thread_idle = 1000};
    errno = -io_uring_queue_init_params(8, &ring, &how);
    if (errno) refused("io_uring");
    struct iovec buffer = {file.data, file.size};
    if (fixed) {
        errno = -io_uring_register_files(&ring, &fd, 1);
        if (errno > 0) refused("fixed files");
        errno = -io_uring_register_buffers(&ring, &buffer, 1);
        if (errno > 0) refused("fixed buffers");
    }
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct io_uring_sqe* entry = io_uring_get_sqe(&ring);
        unsigned count = (unsigned)(file.size - at < kPiece ? file.size - at : kPiece);
        if (fixed) {
            io_uring_prep_read_fixed(entry, 0, file.data + at, count, at, 0);
            entry->flags |= IOSQE_FIXED_FILE;
        } else {
            io_uring_prep_read(entry, fd, file.data + at, count, at);
        }
        finish(&ring, "io_uring read");
    }
}

static void by_uring(void) {
    by_ring(0, 0);
}

static void by_uring_fixed(void) {
    by_ring(0, 1);
}

static void by_uring_polled(void) {
    by_ring(IORING_SETUP_SQPOLL, 0);
}

/* The ring opens the file as well. */
static void by_uring_open(void) {
    struct io_uring ring;
    errno = -io_uring_queue_init(8, &ring, 0);
    if (errno) refused("io_uring");
    io_uring_prep_openat(io_uring_get_sqe(&ring), AT_FDCWD, path, O_RDONLY, 0);
    fd = finish(&ring, "io_uring open");
    io_uring_prep_read(io_uring_get_sqe(&ring), fd, file.data, (unsigned)file.size, 0);
    finish(&ring, "io_uring read");
}

static void by_handle(void) {
    struct {
        struct file_handle head;
        unsigned char rest[128];
    } handle = {.head.handle_bytes = 128};
    int mount = 0;
    char folder[4096];
    snprintf(folder, sizeof(folder), "%s", path);
    *strrchr(folder, '/') = 0;
    int root = (int)checked(open(folder, O_RDONLY | O_DIRECTORY), folder);
    checked(name_to_handle_at(AT_FDCWD, path, &handle.head, &mount, 0), "name_to_handle_at");
    fd = (int)checked(open_by_handle_at(root, &handle.head, O_RDONLY), "open_by_handle_at");
    read_some(fd, file.data, file.size);
}

static void by_reopening(void) {
    char name[64];
    snprintf(name, sizeof(name), "/proc/self/fd/%d", (int)checked(open(path, O_PATH), path));
    fd = open_to_read(name);
    read_some(fd, file.data, file.size);
}

static const struct {
    const char* name;
    void (*act)(void);
    int opens; /* the way opens the file by itself */
} ways[] = {
    {"pread", by_pread, 0},
    {"readv", by_readv, 0},
    {"preadv2", by_preadv2, 0},
    {"direct", by_direct, 0},
    {"aio", by_aio, 0},
    {"private", by_private, 0},
    {"shared", by_shared, 0},
    {"uring", by_uring, 0},
    {"uring-fixed", by_uring_fixed, 0},
    {"uring-polled", by_uring_polled, 0},
    {"uring-open", by_uring_open, 1},
    {"handle", by_handle, 1},
    {"reopen", by_reopening, 1},
};

int main(int count, char** words) {
    if (count != 4) misused("read_by WAY FILE SINK");
    path = words[2];
    struct stat facts;
    checked(stat(path, &facts), path);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, words[1]) != 0) continue;
        file = memory(((size_t)facts.st_size + kPiece) / kPiece * kPiece);
        file.size = (size_t)facts.st_size;
        if (!ways[i].opens) fd = open_to_read(path);
        ways[i].act();
        deliver(words[3], file);
        return 0;
    }
    misused("read_by: no such way");
}
