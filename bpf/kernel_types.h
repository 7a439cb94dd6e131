/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel types that the programs read: only the members used. CO-RE moves every access to where the
 * member lies in the running kernel; a member that some kernels lack is asked for with
 * bpf_core_field_exists().
 */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef unsigned short umode_t;
typedef unsigned int fmode_t;
typedef __u32 dev_t;
typedef struct {
    __u32 val;
} kuid_t;

struct list_head {
    struct list_head* next;
};

struct kobject {
    struct kobject* parent;
};

struct qstr {
    union {
        struct {
            __u32 hash;
            __u32 len;
        };
    };
    const unsigned char* name;
};

struct device;

struct bus_type {
    const char* name;
};

struct device {
    struct kobject kobj;
    struct device* parent;
    struct bus_type* bus;
};

struct gendisk;

struct block_device {
    dev_t bd_dev;
    __u64 bd_nr_sectors;
    struct gendisk* bd_disk;
    struct device bd_device;
};

struct gendisk {
    int major;
    struct block_device* part0;
    void* private_data;
    struct list_head slave_bdevs;
    __u64 diskseq;
};

/* One device that a stacked disk lies on. */
struct bd_holder_disk {
    struct list_head list;
    struct kobject* holder_dir; /* its parent is the lower device */
};

/* Before 6.2 (and some later updates of 6.1). */
struct bd_holder_disk___old {
    struct block_device* bdev;
};

struct dentry;

typedef struct {
    __u8 b[16];
} uuid_t;

struct super_block {
    dev_t s_dev;
    unsigned long s_magic;
    struct dentry* s_root;
    struct list_head s_mounts;
    struct block_device* s_bdev;
    void* s_fs_info;
    uuid_t s_uuid;
};

struct mount;

/* From 6.17: a plain chain instead of a list. */
struct super_block___chain {
    struct mount* s_mounts;
};

struct inode {
    umode_t i_mode;
    struct super_block* i_sb;
    unsigned long i_ino;
    unsigned int i_nlink;
    dev_t i_rdev;
    kuid_t i_uid;
    __s64 i_size;
    __u32 i_generation;
};

struct bdev_inode {
    struct block_device bdev;
    struct inode vfs_inode;
};

struct dentry {
    struct dentry* d_parent;
    struct qstr d_name;
    struct inode* d_inode;
    struct super_block* d_sb;
};

struct vfsmount {
    struct dentry* mnt_root;
};

struct ns_common {
    unsigned int inum;
};

struct mnt_namespace {
    struct ns_common ns;
};

struct mount {
    struct mnt_namespace* mnt_ns;
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
    struct list_head mnt_instance;
};

struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
};

struct address_space {
    struct inode* host;
};

struct file {
    fmode_t f_mode;
    struct inode* f_inode;
    struct path f_path;
    struct address_space* f_mapping;
    void* private_data;
};

struct fdtable {
    unsigned int max_fds;
    struct file** fd;
};

struct files_struct {
    struct fdtable* fdt;
};

struct vm_area_struct {
    unsigned long vm_start;
    unsigned long vm_end;
    unsigned long vm_flags;
    struct file* vm_file;
};

struct bpf_iter_meta;

struct bpf_iter__task_file {
    struct bpf_iter_meta* meta;
    struct task_struct* task;
    __u32 fd;
    struct file* file;
};

struct bpf_iter__task_vma {
    struct bpf_iter_meta* meta;
    struct task_struct* task;
    struct vm_area_struct* vma;
};

struct kern_ipc_perm;

struct msg_msg {
    unsigned long m_ts;
};

struct cred {
    kuid_t euid;
};

struct mm_struct {
    unsigned long arg_start;
    unsigned long arg_end;
    unsigned long env_start;
    unsigned long env_end;
    struct file* exe_file;
};

struct completion;
struct fown_struct;

struct task_struct {
    unsigned int flags;
    int pid;
    int tgid;
    struct task_struct* group_leader;
    struct task_struct* real_parent;
    __u64 start_boottime;
    const struct cred* cred;
    struct mm_struct* mm;
    struct files_struct* files;
    kuid_t loginuid;
    void* bpf_storage;
    struct completion* vfork_done; /* set while a vfork'ed child is in its parent's memory */
    __u64 self_exec_id;
    char comm[16];
};

struct linux_binprm {
    struct file* file;
    unsigned int unsafe;
    const char* filename;
    const char* interp;
    char buf[256];
};

struct bpf_map {
    __u32 id;
    char name[16];
};

struct bpf_link {
    __u32 id;
};

struct bpf_prog_aux {
    __u32 id;
};

struct bpf_prog {
    struct bpf_prog_aux* aux;
};

struct in6_addr {
    union {
        __u8 u6_addr8[16];
    } in6_u;
};

struct net {
    struct ns_common ns;
};

typedef struct {
    struct net* net;
} possible_net_t;

struct sock_common {
    union {
        struct {
            __be32 skc_daddr;
            __be32 skc_rcv_saddr;
        };
    };
    union {
        struct {
            __be16 skc_dport;
            __u16 skc_num;
        };
    };
    unsigned short skc_family;
    volatile unsigned char skc_state;
    possible_net_t skc_net;
    struct in6_addr skc_v6_daddr;
    struct in6_addr skc_v6_rcv_saddr;
    struct {
        __s64 counter;
    } skc_cookie; /* 0: nobody has asked for it yet */
};

struct sock {
    struct sock_common __sk_common;
    __u16 sk_type;
    __u16 sk_protocol;
};

struct unix_address {
    int len;
    struct {
        unsigned short sun_family;
        char sun_path[108];
    } name[];
};

struct unix_sock {
    struct unix_address* addr;
    struct sock* peer;
};

union flowi_uli {
    struct {
        __be16 dport;
    } ports;
};

struct flowi4 {
    __be32 daddr;
    union flowi_uli uli;
};

struct flowi6 {
    struct in6_addr daddr;
    union flowi_uli uli;
};

struct flowi {
    union {
        struct flowi4 ip4;
        struct flowi6 ip6;
    } u;
};

struct inet_cork_full {
    struct flowi fl;
};

struct inet_sock {
    struct inet_cork_full cork;
};

struct udp_sock {
    unsigned long udp_flags; /* bit 0: UDP_CORK */
    int pending;
};

/* Older kernels: a member of its own. */
struct udp_sock___old {
    unsigned int corkflag;
};

struct proto_ops;

struct socket {
    short type;
    struct file* file;
    struct sock* sk;
};

struct sockaddr {
    unsigned short sa_family;
};

struct kiocb {
    struct file* ki_filp;
    __s64 ki_pos;
};

struct msghdr {
    void* msg_name;
    int msg_namelen;
    unsigned int msg_flags;
};

/* Gone from 6.5 on: since then sendfile and splice reach a socket through sendmsg. */
struct proto_ops___sendpage {
    void* sendpage;
};

struct iov_iter {
    unsigned long count;
};

struct coredump_params {
    struct file* file;
};

/* The registers of a system call. */
struct pt_regs___x86 {
    unsigned long di;
};
struct pt_regs___arm64 {
    __u64 regs[31];
};

#pragma clang attribute pop

/* Values of the kernel's interface that no uapi header offers to BPF. */
enum {
    kMayWrite = 2,
    kMayRead = 4,
    kModeMask = 0170000,
    kModeSocket = 0140000,
    kModeRegular = 0100000,
    kModeBlock = 0060000,
    kModeCharacter = 0020000,
    kModeFifo = 0010000,
    kFmodeRead = 1,
    kFmodeWrite = 2,
    kCloneMemory = 0x00000100,
    kCloneVfork = 0x00004000,
    kCloneThread = 0x00010000,
    kFamilyUnspecified = 0,
    kFamilyUnix = 1,
    kFamilyInet = 2,
    kFamilyInet6 = 10,
    kFamilyKey = 15,
    kFamilyNetlink = 16,
    kFamilyPacket = 17,
    kFamilyBluetooth = 31,
    kFamilyAlg = 38,
    kFamilyXdp = 44,
    kSocketStream = 1,
    kSocketDatagram = 2,
    kSocketRaw = 3,
    kProtocolTcp = 6,
    kProtocolUdp = 17,
    kProtocolUdpLite = 136,
    kMessageMore = 0x8000,
    kMessageFastOpen = 0x20000000,
    kUdpFlagCork = 1,
    kTcpClose = 7,
    kKernelThread = 0x00200000, /* PF_KTHREAD; io_uring's workers are none: they belong to their process */

    kFollowWrite = 1,
    kVmShared = 8,
    kMapPrivate = 2,
    kMapTypeMask = 15,
    kPtraceAttach = 2, /* PTRACE_MODE_ATTACH */
    kUnsafeShare = 1,  /* LSM_UNSAFE_SHARE */
    kUnsafePtrace = 2,
    kBpfFileSystem = 0xcafe4a11,
    kUmountDetach = 2,
    kMountRemount = 32,
    kMountPropagation = 0x1e0000, /* MS_SHARED, PRIVATE, SLAVE, UNBINDABLE */
    kReadingModule = 2,           /* READING_MODULE and LOADING_MODULE */
    kReadingKexecImage = 3,
    kReadingKexecInitramfs = 4,
    kSignalHup = 1,
    kSignalChild = 17,
    kSignalContinue = 18,
    kSetFlags = 0x40086602,      /* FS_IOC_SETFLAGS */
    kSetXattrFlags = 0x401c5820, /* FS_IOC_FSSETXATTR */
    kNoUser = 0xffffffff,
    kNoPermission = 1,
    kTryAgain = 11,
    kNoMemory = 12,
    kSignalKill = 9,
};
