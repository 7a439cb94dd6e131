/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unix sockets by the name they are reached at. What goes to one name adds up over all connections: a daemon
 * that work is handed to is one receiver. Names that every desktop process talks to all day take more before
 * their daemon is tainted, or the first tainted program would taint every other; each connection to them is
 * metered by itself:
 *
 *   64 times min_flow   /run/systemd/... (journald, notify), /run/dbus/..., /var/run/dbus/..., /dev/log,
 *                       /tmp/.X11-unix/... (also abstract): in directories of root
 *   16 times min_flow   /run/user/N/ bus, wayland-..., pipewire-..., pulse/..., at-spi/...: the user's own,
 *                       where he could listen himself
 */
#pragma once

#include "bpf/kernel_types.h"
#include "bpf/shared.h"

enum { kNameWords = 14, kSystemShare = 64, kSessionShare = 16, kUserDigits = 10 };

struct service {
    __u64 name;  /* 0: none; else its hash */
    __u64 share; /* of its bytes that count: one in so many */
};

static __always_inline bool begins(const char* text, const char* with, int length) {
    for (int i = 0; i < length; i++)
        if (text[i] != with[i]) return false;
    return true;
}

static __always_inline __u64 share_of_name(const char path[32]) {
    if (begins(path, "/run/systemd/", 13) || begins(path, "/run/dbus/", 10) ||
        begins(path, "/var/run/dbus/", 14) || begins(path, "/dev/log", 9) ||
        begins(path, "/tmp/.X11-unix/", 15) || begins(path, "\0/tmp/.X11-unix/", 16))
        return kSystemShare;
    if (!begins(path, "/run/user/", 10)) return 1;
    for (int i = 10; i < 10 + kUserDigits; i++) {
        if (path[i] >= '0' && path[i] <= '9') continue;
        const char* rest = path + i;
        return begins(rest, "/bus", 5) || begins(rest, "/wayland-", 9) || begins(rest, "/pipewire-", 10) ||
                       begins(rest, "/pulse/", 7) || begins(rest, "/at-spi/", 8)
                   ? kSessionShare
                   : 1;
    }
    return 1;
}

/* A global function takes no kernel pointer, but memory that holds one. */
struct unix_name {
    __u64 address; /* of struct unix_address */
};

VERIFIED_ONCE int look_at_name(const struct unix_name* name, struct service* service) {
    if (!name || !service) return 0;
    struct unix_address* address = (void*)name->address;
    int length = BPF_CORE_READ(address, len) - (int)sizeof(unsigned short);
    if (length <= 0) return 0;
    const void* at =
        (void*)address + bpf_core_field_offset(struct unix_address, name) + sizeof(unsigned short);
    char path[32] = {};
    bpf_probe_read_kernel(path, sizeof(path) - 1, at);
    service->share = share_of_name(path);
    __u64 hash = 0xcbf29ce484222325ull;
    for (int i = 0; i < kNameWords; i++) {
        if (i * 8 >= length) break;
        __u64 word = 0;
        bpf_probe_read_kernel(&word, sizeof(word), at + i * 8);
        if (length - i * 8 < 8) word &= (1ull << (8 * (length - i * 8))) - 1;
        hash = (hash ^ word) * 0x100000001b3ull;
        hash ^= hash >> 29;
    }
    service->name = hash | 1;
    return 0;
}

static __always_inline struct service service_of(struct sock* sk) {
    struct service service = {.share = 1};
    struct unix_name name = {(__u64)BPF_CORE_READ((struct unix_sock*)sk, addr)};
    if (name.address) look_at_name(&name, &service);
    return service;
}
