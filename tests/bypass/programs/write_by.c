/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file plainly, then writes what it read into another in one of many ways. */
#include <liburing.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include "common.h"

static struct bytes file;
static int from, to;
static const char* target;
static char* early; /* a mapping of the target from before the file was read */

static void by_writev(void) {
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct iovec parts[2] = {{file.data + at, kPage}, {file.data + at + kPage, kPiece - kPage}};
        checked(writev(to, parts, 2), "writev");
    }
}

static void by_pwritev2(void) {
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct iovec part = {file.data + at, kPiece};
        checked(pwritev2(to, &part, 1, (off_t)at, 0), "pwritev2");
    }
}

static void by_direct(void) {
    int direct = (int)checked(open(target, O_WRONLY | O_CREAT | O_DIRECT, 0600), target);
    for (size_t at = 0; at < file.size; at += kPiece)
        checked(pwrite(direct, file.data + at, kPiece, (off_t)at), "direct write");
}

static void by_aio(void) {
    aio_context_t context = 0;
    checked(syscall(SYS_io_setup, 1, &context), "io_setup");
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct iocb block = {.aio_lio_opcode = IOCB_CMD_PWRITE,
                             .aio_fildes = (uint32_t)to,
                             .aio_buf = (uint64_t)(file.data + at),
                             .aio_nbytes = kPiece,
                             .aio_offset = (int64_t)at};
        struct iocb* blocks[] = {&block};
        struct io_event event;
        checked(syscall(SYS_io_submit, context, 1, blocks), "io_submit");
        checked(syscall(SYS_io_getevents, context, 1, 1, &event, 0), "io_getevents");
        errno = (int)-event.res;
        if (event.res < 0) refused("aio write");
    }
}

static void by_mapping(void) {
    char* map = mmap(0, file.size, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);
    if (map == MAP_FAILED) refused("mmap");
    memcpy(map, file.data, file.size);
    checked(msync(map, file.size, MS_SYNC), "msync");
}

static void by_early_mapping(void) {
    memcpy(early, file.data, file.size);
    checked(msync(early, file.size, MS_SYNC), "msync");
}

static void by_ring(unsigned flags, int fixed) {
    struct io_uring ring;
    errno = -io_uring_queue_init(8, &ring, flags);
    if (errno) refused("io_uring");
    struct iovec buffer = {file.data, file.size};
    if (fixed) {
        errno = -io_uring_register_files(&ring, &to, 1);
        if (errno > 0) refused("fixed files");
        errno = -io_uring_register_buffers(&ring, &buffer, 1);
        if (errno > 0) refused("fixed buffers");
    }
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct io_uring_sqe* entry = io_uring_get_sqe(&ring);
        struct io_uring_cqe* done;
        unsigned count = (unsigned)(file.size - at < kPiece ? file.size - at : kPiece);
        if (fixed) {
            io_uring_prep_write_fixed(entry, 0, file.data + at, count, at, 0);
            entry->flags |= IOSQE_FIXED_FILE;
        } else {
            io_uring_prep_write(entry, to, file.data + at, count, at);
        }
        io_uring_submit(&ring);
        errno = -io_uring_wait_cqe(&ring, &done);
        if (errno > 0) refused("io_uring");
        errno = -done->res;
        if (done->res < 0) refused("io_uring write");
        io_uring_cqe_seen(&ring, done);
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

static void by_sendfile(void) {
    off_t at = 0;
    while ((size_t)at < file.size)
        if (!checked(sendfile(to, from, &at, kPiece), "sendfile")) break;
}

static void by_copy_range(void) {
    off_t at = 0, there = 0;
    while ((size_t)at < file.size)
        if (!checked(copy_file_range(from, &at, to, &there, kPiece, 0), "copy_file_range")) break;
}

static void by_clone(void) {
    checked(ioctl(to, FICLONE, from), "FICLONE");
}

/* Moves `count` bytes that are in the pipe into the target. */
static void drain(int pipe, long count) {
    while (count > 0)
        count -= checked(splice(pipe, 0, to, 0, (size_t)count, 0), "splice to file");
}

static void by_splice(void) {
    int ends[2];
    checked(pipe(ends), "pipe");
    loff_t at = 0;
    while ((size_t)at < file.size)
        drain(ends[0], checked(splice(from, &at, ends[1], 0, kPiece, 0), "splice from file"));
}

static void by_tee(void) {
    int first[2], second[2];
    char waste[kPiece];
    checked(pipe(first), "pipe");
    checked(pipe(second), "pipe");
    loff_t at = 0;
    while ((size_t)at < file.size) {
        long count = checked(splice(from, &at, first[1], 0, kPiece, 0), "splice from file");
        drain(second[0], checked(tee(first[0], second[1], (size_t)count, 0), "tee"));
        read_some(first[0], waste, (size_t)count);
    }
}

static void by_vmsplice(void) {
    int ends[2];
    checked(pipe(ends), "pipe");
    for (size_t at = 0; at < file.size; at += kPiece) {
        struct iovec part = {file.data + at, file.size - at < kPiece ? file.size - at : kPiece};
        drain(ends[0], checked(vmsplice(ends[1], &part, 1, 0), "vmsplice"));
    }
}

/* An unnamed file beside the target that gets its name when it is full. */
static void by_unnamed(void) {
    char folder[4096], name[64];
    snprintf(folder, sizeof(folder), "%s", target);
    *strrchr(folder, '/') = 0;
    unlink(target);
    int unnamed = (int)checked(open(folder, O_WRONLY | O_TMPFILE, 0600), "O_TMPFILE");
    write_whole(unnamed, file.data, file.size);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", unnamed);
    checked(linkat(AT_FDCWD, name, AT_FDCWD, target, AT_SYMLINK_FOLLOW), "linkat");
}

static const struct {
    const char* name;
    void (*act)(void);
} ways[] = {
    {"writev", by_writev},
    {"pwritev2", by_pwritev2},
    {"direct", by_direct},
    {"aio", by_aio},
    {"mapping", by_mapping},
    {"early-mapping", by_early_mapping},
    {"uring", by_uring},
    {"uring-fixed", by_uring_fixed},
    {"uring-polled", by_uring_polled},
    {"sendfile", by_sendfile},
    {"copy-range", by_copy_range},
    {"clone", by_clone},
    {"splice", by_splice},
    {"tee", by_tee},
    {"vmsplice", by_vmsplice},
    {"unnamed", by_unnamed},
};

int main(int count, char** words) {
    if (count != 4) misused("write_by WAY FILE TARGET");
    target = words[3];
    from = open_to_read(words[2]);
    size_t size = size_of(from);
    /* The target is opened and made long enough before the first byte is read: only the way itself is judged.
     */
    to = (int)checked(open(target, O_RDWR | O_CREAT, 0600), target);
    if (strstr(words[1], "mapping")) {
        checked(ftruncate(to, (off_t)size), "ftruncate");
        early = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);
        if (early == MAP_FAILED) refused("mmap");
        if (strcmp(words[1], "mapping") == 0) munmap(early, size);
    }
    file = memory((size + kPiece) / kPiece * kPiece);
    file.size = read_some(from, file.data, size);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, words[1]) != 0) continue;
        ways[i].act();
        return 0;
    }
    misused("write_by: no such way");
}
