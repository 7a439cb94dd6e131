/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets that are neither IPv4, IPv6 nor unix: what leaves the host through them has no address that a rule
 * could know, so its destination is "::". */
#pragma once

#include "bpf/network.bpf.h"

/* Sockets of a kind that ends in this host's own kernel. */
static __always_inline bool stays_on_host(__u16 family) {
    return family == kFamilyUnix || family == kFamilyNetlink || family == kFamilyAlg ||
           family == kFamilyKey || family == kFamilyUnspecified;
}

/* A packet or XDP socket takes its bytes from memory that it shares with the kernel: a send without bytes is
 * the sign to look there. */
static __always_inline __u64 bytes_of_kick(__u16 family, __u64 bytes) {
    if (bytes || (family != kFamilyPacket && family != kFamilyXdp)) return bytes;
    count_loss(kLossUnknownCount);
    return MODELWARD_UNKNOWN_COUNT;
}

static __always_inline int judge_family(const struct taint* taint, __u16 family, __u8 operation,
                                        __u64 bytes) {
    struct question question = {
        .marks = taint->marks,
        .point = family == kFamilyBluetooth ? kPointBluetooth : kPointNetwork,
        .operation = operation,
        .bytes = bytes,
    };
    return ask(&question);
}
