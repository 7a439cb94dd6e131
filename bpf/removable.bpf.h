/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Removable media: a block device with a USB bus above it. The disk's own "removable" flag is not asked:
 * fixed USB disks lack it. Loop devices, device mapper and md have no such parent: what they lie on is asked.
 */
#pragma once

#include "bpf/taint.bpf.h"
#include "bpf/volume.bpf.h"

enum { kMaxParents = 12 };

static __always_inline struct device* device_of_disk(struct gendisk* disk) {
    struct block_device* whole = BPF_CORE_READ(disk, part0);
    return whole ? (void*)whole + bpf_core_field_offset(struct block_device, bd_device) : 0;
}

static __noinline bool hangs_on_usb(__u64 disk_address) {
    struct device* device = device_of_disk((void*)disk_address);
    if (!device) return false;
    for (int i = 0; i < kMaxParents; i++) {
        device = BPF_CORE_READ(device, parent);
        if (!device) return false;
        const char* bus = BPF_CORE_READ(device, bus, name);
        char name[4] = {};
        if (bus && bpf_probe_read_kernel(name, sizeof(name), bus) == 0 && name[0] == 'u' && name[1] == 's' &&
            name[2] == 'b' && name[3] == 0)
            return true;
    }
    return false;
}

/* Disks whose server is another host: nbd, drbd, ATA over Ethernet. Others (rbd, iSCSI) have no number of
 * their own. */
static __always_inline bool is_network_disk(struct block_device* bdev) {
    __u32 major = disk_major(bdev);
    return major == 43 || major == 147 || major == 152;
}

static __always_inline bool is_usb_disk(struct block_device* bdev, struct gendisk* disk) {
    __u32 device = BPF_CORE_READ(bdev, bd_dev);
    __u64 sequence = BPF_CORE_READ(disk, diskseq);
    struct sink* known = bpf_map_lookup_elem(&sinks, &device);
    if (known && known->disk_sequence == sequence) return known->removable;
    struct device* own = device_of_disk(disk);
    /* Loop devices, device mapper, md, bcache and the like stand on no bus. */
    bool is_no_stack = own && BPF_CORE_READ(own, parent) && !is_network_disk(bdev);
    struct sink sink = {
        .disk_sequence = sequence, .removable = hangs_on_usb((__u64)disk), .is_no_stack = is_no_stack};
    bpf_map_update_elem(&sinks, &device, &sink, BPF_ANY);
    return sink.removable;
}

/* One step down: 1 ends the walk. */
static long look_below(__u32 round, struct stack_walk* walk) {
    if (walk->at >= walk->count || walk->unknown) return 1;
    struct block_device* bdev = (void*)walk->found[walk->at & (kMaxStack - 1)];
    walk->at += 1;
    struct gendisk* disk = BPF_CORE_READ(bdev, bd_disk);
    if (!disk) return 0;
    if (is_usb_disk(bdev, disk)) {
        walk->unknown = true; /* removable either way */
        return 1;
    }
    if (is_network_disk(bdev)) walk->network = true;
    if (disk_major(bdev) == kLoopMajor) stack_push_loop_file(walk, bdev);
    stack_push_slaves(walk, (__u64)disk);
    return 0;
}

/* What is read from a loop device comes out of its file. No hook can refuse it in that file's name. */
static __always_inline void read_image(struct block_device* loop) {
    struct inode* inode = loop_inode(loop);
    if (!inode) return;
    struct inode_key key = key_read_from(inode);
    struct label* label = bpf_map_lookup_elem(&labels, &key);
    if (label) taint_current(&label->marks, 0);
}

/* The sink that the devices of a walk are, or 0. What cannot be looked through is taken for removable: a
 * stack of more than eight devices, and a loop device in the moment between the loading of its module and the
 * agent's look at it. */
static __always_inline int sink_of_stack(struct stack_walk* walk) {
    bpf_loop(kMaxStack, look_below, walk, 0);
    if (walk->unknown) return kPointRemovable;
    return walk->network ? kPointNetworkFilesystem : 0;
}

VERIFIED_ONCE int sink_below(const struct bdev_address* bdev) {
    if (!bdev) return 0;
    struct stack_walk walk = {.found = {bdev->address}, .count = 1};
    return sink_of_stack(&walk);
}

static long read_one_image(__u32 round, struct stack_walk* walk) {
    if (walk->at >= walk->count) return 1;
    struct block_device* bdev = (void*)walk->found[walk->at & (kMaxStack - 1)];
    walk->at += 1;
    read_image(bdev);
    struct gendisk* disk = BPF_CORE_READ(bdev, bd_disk);
    stack_push_slaves(walk, (__u64)disk);
    return 0;
}

/* Also what lies under device mapper and md. */
VERIFIED_ONCE int read_images_below(const struct bdev_address* bdev) {
    if (!bdev) return 0;
    struct stack_walk walk = {.found = {bdev->address}, .count = 1};
    bpf_loop(kMaxStack, read_one_image, &walk, 0);
    return 0;
}

static __always_inline void read_disk(struct block_device* bdev) {
    struct bdev_address address = {(__u64)bdev};
    if (bdev) read_images_below(&address);
}

static __always_inline __u8 place_of_disk(struct block_device* bdev) {
    struct bdev_address address = {(__u64)bdev};
    return sink_below(&address);
}

/* What is known of a disk that is no stack, without a walk and by plain reads; null: it is one, or has not
 * been looked at. */
static __always_inline const struct sink* sink_without_stack(struct block_device* bdev) {
    __u32 device = bdev->bd_dev;
    const struct sink* known = bpf_map_lookup_elem(&sinks, &device);
    return known && known->is_no_stack && known->disk_sequence == bdev->bd_disk->diskseq ? known : 0;
}

/* Of a file system's device. */
static __always_inline __u8 place_of_filesystem(struct block_device* bdev) {
    const struct sink* known = sink_without_stack(bdev);
    if (!known) return place_of_disk(bdev);
    return known->removable ? kPointRemovable : 0;
}
