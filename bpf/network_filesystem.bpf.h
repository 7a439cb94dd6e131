/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File systems that leave the host, by their magic number. FUSE is one unless it lies on a block device
 * (fuseblk): what its daemon does with the bytes is not to be known here (sshfs, rclone, a phone, gocryptfs).
 */
#pragma once

#include "bpf/ask.bpf.h"
#include "bpf/inode.bpf.h"

static __always_inline bool is_network_filesystem(__u64 magic) {
    switch (magic) {
        case 0x6969:     /* nfs, nfs4 */
        case 0x517b:     /* smb */
        case 0xff534d42: /* cifs */
        case 0xfe534d42: /* smb3 */
        case 0x65735546: /* fuse, virtiofs */
        case 0x01021997: /* 9p */
        case 0x00c36400: /* ceph */
        case 0x5346414f: /* afs */
        case 0x6b414653: /* afs, the kernel's own */
        case 0x73757245: /* coda */
        case 0x20030528: /* orangefs */
        case 0x0bd00bd0: /* lustre */
        case 0x19830326: /* beegfs */
        case 0x47504653: /* gpfs */
        case 0x786f4256: /* vboxsf */
        case 0xbacbacbc: /* vmhgfs */
            return true;
    }
    return false;
}

/* Without an entry (the agent has not seen the mount, or there is no address) the destination is "::". */
static __always_inline void name_server(struct question* question, __u32 device) {
    const struct server* server = bpf_map_lookup_elem(&servers, &device);
    if (!server) return;
    __builtin_memcpy(question->address, server->address, sizeof(question->address));
    question->port = server->port;
}
