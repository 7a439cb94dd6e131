/* SPDX-License-Identifier: Apache-2.0 */
/* The channels of channels.h that are handed over themselves, and many small ones in place of one. */
#pragma once

#include "channels.h"

static void send_one_descriptor(int descriptor) {
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr* head = CMSG_FIRSTHDR(&message);
    *head = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(head), &descriptor, sizeof(int));
    checked(sendmsg(ends[1], &message, 0), "sendmsg");
}

static void send_descriptor(int descriptor) {
    send_one_descriptor(descriptor);
    for (;;)
        pause();
}

static int receive_descriptor(void) {
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    checked(recvmsg(ends[0], &message, 0), "recvmsg");
    struct cmsghdr* head = CMSG_FIRSTHDR(&message);
    if (!head) misused("no descriptor came");
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(head), sizeof(int));
    return descriptor;
}

static void give_descriptor(void) {
    send_descriptor(open_to_read(file_path));
}

enum { kSmallPiece = 48 * 1024 }; /* less than any channel's min_flow */

/* Each piece through a socket pair of its own. */
static void give_pairs(void) {
    for (size_t at = 0; at < bytes.size; at += kSmallPiece) {
        int pair[2];
        checked(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
        send_one_descriptor(pair[0]);
        close(pair[0]);
        write_whole(pair[1], bytes.data + at, bytes.size - at < kSmallPiece ? bytes.size - at : kSmallPiece);
        close(pair[1]);
    }
    for (;;)
        pause();
}

static void take_pairs(void) {
    close(ends[1]);
    for (size_t at = 0; at < bytes.size;) {
        int from = receive_descriptor();
        at += read_some(from, bytes.data + at, kSmallPiece);
        close(from);
    }
}

/* Each piece to an address of its own, all of which are this machine. */
static int all_addresses;
static struct sockaddr_in one_address = {.sin_family = AF_INET};

static void make_addresses(void) {
    socklen_t size = sizeof(one_address);
    all_addresses = (int)checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
    checked(bind(all_addresses, (struct sockaddr*)&one_address, size), "bind");
    checked(listen(all_addresses, 8), "listen");
    getsockname(all_addresses, (struct sockaddr*)&one_address, &size);
}

static void give_to_addresses(void) {
    for (uint32_t at = 0, number = 2; at < bytes.size; at += kSmallPiece, number++) {
        int to = (int)checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
        one_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + number);
        checked(connect(to, (struct sockaddr*)&one_address, sizeof(one_address)), "connect");
        write_whole(to, bytes.data + at, bytes.size - at < kSmallPiece ? bytes.size - at : kSmallPiece);
        close(to);
    }
    for (;;)
        pause();
}

static void take_at_addresses(void) {
    for (size_t at = 0; at < bytes.size;) {
        int from = (int)checked(accept(all_addresses, 0, 0), "accept");
        at += read_some(from, bytes.data + at, kSmallPiece);
        close(from);
    }
}

static void give_memfd(void) {
    int memfd = (int)checked(memfd_create("bypass", 0), "memfd_create");
    write_whole(memfd, bytes.data, bytes.size);
    send_descriptor(memfd);
}

static void take_descriptor(void) {
    int descriptor = receive_descriptor();
    checked(lseek(descriptor, 0, SEEK_SET), "lseek");
    bytes.size = read_some(descriptor, bytes.data, bytes.size);
}

static void take_mapped_descriptor(void) {
    char* map = mmap(0, bytes.size, PROT_READ, MAP_SHARED, receive_descriptor(), 0);
    if (map == MAP_FAILED) refused("mmap");
    memcpy(bytes.data, map, bytes.size);
}

static void give_open_file(void) {
    ends[1] = open_to_read(file_path);
    pass(turn_of_taker);
    write_whole(turn_of_taker[1], (char*)&ends[1], sizeof(int));
    for (;;)
        pause();
}

static void take_pidfd(void) {
    int number;
    await(turn_of_taker);
    read_some(turn_of_taker[0], (char*)&number, sizeof(number));
    int pidfd = (int)checked(syscall(SYS_pidfd_open, giver, 0), "pidfd_open");
    int descriptor = (int)checked(syscall(SYS_pidfd_getfd, pidfd, number, 0), "pidfd_getfd");
    bytes.size = read_some(descriptor, bytes.data, bytes.size);
}
