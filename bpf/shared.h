/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the kernel programs and agent/sensor/ share: the values of every map and the event record.
 *
 * Sizes are fixed, every gap is named, and both sides compile this one file. Whoever changes the meaning or
 * the layout of anything here raises kLayout: an agent does not take over maps of another layout. One file,
 * however long: it is what kLayout stands for.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#ifdef __cplusplus
namespace modelward::kernel {
#endif

enum limits {
    kLayout = 9,
    kRules = 256,
    kRuleWords = kRules / 64,
    kClasses = 16,
    kKinds = 8,
    kPoints = 6,    /* as rules::Operation */
    kArtifacts = 4, /* artifact numbers kept per label and per taint */
    kAncestors = 6,
    kCommBytes = 16,
    kPathBytes = 1024,
    kExeBytes = 512,
    kArgBytes = 768,
    kLearnedKeys = 2,
    kPolicySlots = 3,
    kMaxLabels = 1 << 20,
    kMaxMeters = 1 << 16,
    kMaxFlows = 1 << 16,
    kMaxChannels = 1 << 16,
    kMaxConnections = 1 << 16,
    kMaxSharers = 1 << 14,
    kMaxSinks = 1 << 10,
    kMaxServers = 1 << 12,
    kMaxPieces = 1 << 14,
    kMaxRecent = 1 << 14,
    kMaxPorts = 1 << 12,
    kMaxUsers = 1 << 14,
    kMaxPrograms = 1 << 12,
    kMeterBuckets = 16, /* a power of two */
    kMaxDestinations = 1 << 17,
    kMaxDomains = 1 << 17,
    kMaxNames = 1 << 14, /* of sockets, and of addresses */
    kMaxResolvers = 64,
    kNameBytes = 256,
    kEventRingBytes = 1 << 23,
    kBlockRingBytes = 1 << 23,
};

/* Charged when a write reaches the hook without a byte count (no fentry on rw_verify_area, or it was
 * skipped). */
#define MODELWARD_UNKNOWN_COUNT (1ull << 20)

/* The largest budget a meter can hold; more is the same as this. 1 TiB. */
#define MODELWARD_MAX_BUDGET ((1ull << 40) - 1)
#define MODELWARD_MAX_MIN_FLOW (1ull << 62) /* sums of bytes are compared by subtracting */

struct inode_key {
    __u64 inode;
    __u32 device;     /* the superblock's s_dev */
    __u32 generation; /* of the inode; under a borrowed device number part of the superblock's UUID in it */
};

enum label_origin { kOriginConfirmed = 1, kOriginDerived = 2 };

/* The same shape describes what an inode, a channel and a process carry. */
struct marks {
    __u32 classes;
    __u32 kinds;
    __u32 artifacts[kArtifacts]; /* artifact number + 1; 0 is an empty place */
};

enum label_flags { kLabelProbe = 1 }; /* the self-test's own file: no rule is asked */

struct label {
    struct marks marks;
    __u8 origin;
    __u8 flags;
    __u8 reserved[6];
};

enum taint_flags {
    kTaintExempt =
        1, /* neither becomes tainted nor is judged; ends with the process, gone after fork and exec */
    kTaintProbe = 2,      /* the self-test's own process: hooks note that they ran instead of judging */
    kTaintShares = 4,     /* has memory or a file mapped shared and writable */
    kTaintSharesSink = 8, /* has done so with a file at `early_point` */
    kTaintUnsettled =
        16, /* fallback: what it has open was not looked at, or is a way out: no labelled file for it */
};

/* Bits of taint.probe_seen. */
enum probe_hook {
    kProbeOpen = 1 << 0,
    kProbeWrite = 1 << 1,
    kProbeRefused = 1 << 2,
    kProbeMap = 1 << 3,
    kProbeConnect = 1 << 4,
    kProbeSend = 1 << 5,
    kProbeInherited = 1 << 6,
    kProbePipe = 1 << 7,
    kProbeCreate = 1 << 8,
    kProbeReceive = 1 << 9,
    kProbeExec = 1 << 10,
    kProbeStream = 1 << 11,
    kProbeDatagram = 1 << 12,
};

/* Bytes for a socket that file_permission has charged already, to whom and as what. */
struct paid_send {
    __u64 file;
    __u64 bytes;
    __u64 port;
    __u8 address[16];
    struct marks marks;
};

/* What a thread is about to write, left by rw_verify_area for the file_permission that follows at once; and
 * what is remembered of its last writes, so that the next need not ask again. */
struct pending_write {
    __u64 file;
    __u64 count;
    __u64 charged;  /* the file last charged */
    __u64 splicing; /* the file that a splice is at work on: all of it has been charged */
    struct paid_send paid;
    __u64 named_socket; /* a unix datagram with a name is on its way from it, to whom is known later */
    __u64 named_bytes;
    __u64 messages; /* of a sendmmsg that is at work */
    __u64 disk;     /* that was written to last, and the sink it is */
    __u64 disk_sequence;
    __u64 place;
    struct inode_key covered; /* a file whose label held all of these marks */
    struct marks covered_marks;
    __u64 covered_when; /* kTendedLabels then */
};

/* Per process, on the thread group leader. */
struct taint {
    struct marks marks;
    __u32 flags;
    __u32 probe_seen;
    __u64 probe_write_bytes;
    __u64 probe_send_bytes;
    __u32 early_device; /* of the sink that a shared mapping reaches */
    __u32 early_point;
    __u64 sharers; /* names this process and those with the same mappings, by fork; 0: with kTaintShares not
                      set */
    struct pending_write pending; /* the leader's own */
};

/* What a process was started as by "#!", and by which exec of the kernel's count: the last and the one under
 * way. */
struct started_script {
    struct inode_key key;
    __u64 exec;
};

struct script {
    struct started_script started[2];
};

struct rule_set {
    __u64 words[kRuleWords];
};

enum rule_action {
    kActionAllow = 0,
    kActionAlert = 1,
    kActionBlock = 2,
    kActionThrottle = 3,
    kActionKill = 4,
};

/* Whose meter a rule charges. */
enum meter_parts {
    kPerUser = 1 << 0,
    kPerArtifact = 1 << 1,
    kPerClass = 1 << 2,
    kPerProgram = 1 << 3,
    kPerDestinationGroup = 1 << 4,
};

struct policy_rule {
    __u64 identity; /* hash of the rule's id: meters live on across policies */
    __u64 budget;
    __u64 rate; /* bytes a second, of a throttle */
    __u32 window_seconds;
    __u32 action;
    __u32 per; /* meter_parts */
    __u32 reserved;
};

/* `slot` names the destination, name, port, user and program tables that belong to this policy. */
struct policy {
    __u64 version;
    __u32 slot;
    __u32 class_count;
    __u64 clock_offset_ns; /* meters run by boot time plus this, which goes on over a reboot */
    struct rule_set class_rules[kClasses];
    struct rule_set no_class_rules;
    struct rule_set kind_rules[kKinds];
    struct rule_set no_kind_rules;
    struct rule_set point_rules[kPoints];
    struct rule_set other_port_rules;
    struct rule_set other_domain_rules;
    struct rule_set other_user_rules;
    struct rule_set other_program_rules;
    __u64 asks_for_names; /* 0: no rule does */
    __u64 min_flow[kClasses];
    struct policy_rule rules[kRules];
};

struct destination_key {
    __u32 prefix_length;
    __u8 address[16];
};

/* A host name, or what reversed names begin with: reversed, in small letters, ended by a NUL. */
struct name_key {
    __u32 prefix_length; /* in bits */
    __u8 bytes[kNameBytes];
};

struct name_address {
    __u64 words[2];
};

/* `group` names the prefix or the name, in every policy the same. */
struct destination_rules {
    struct rule_set rules;
    __u64 group;
};

struct name_rules {
    struct rule_set said;     /* the connection said the name itself */
    struct rule_set answered; /* only a DNS answer gave its address that name */
    __u64 group;
};

struct program_rules {
    struct rule_set rules;
    __u32 exempt; /* neither becomes tainted nor is judged */
    __u32 reserved;
};

/* What a rule does not ask for is 0; without kPerUser the user is nobody. */
struct meter_key {
    __u64 rule;
    __u64 program;
    __u64 group;
    __u32 uid;
    __u32 artifact; /* number + 1 */
    __u32 class_bit;
    __u32 reserved;
};

/*
 * Bytes let through, by when: the window is cut into kMeterBuckets - 1 pieces, and the buckets hold the
 * current piece and all those that a window which ends now can reach into. A throttle keeps in `bucket` the
 * moment up to which its rate is used.
 */
struct meter {
    struct bpf_spin_lock lock;
    __u32 window_seconds;
    __u64 bucket; /* the newest piece */
    __u64 used[kMeterBuckets];
};

#define MODELWARD_THROTTLE_WINDOW (~0u) /* in meter.window_seconds */
/* Marks of channels that found no room. */
struct unplaced {
    struct marks marks;
    __u64 since_ns; /* CLOCK_BOOTTIME of the last */
};

/* Bytes of tainted processes into one target, what they carried, and who paid for them last. */
struct flow {
    __u64 bytes;
    __u64 counted; /* of them in `payer`'s pieces */
    struct marks marks;
    __u32 payer;
    __u32 class_number; /* that they were counted for */
};

/* Pieces: bytes into targets that are each below min_flow, of one user in one window. */
struct pieces_key {
    __u32 payer;
    __u32 class_number;
};

struct pieces {
    __u64 window;
    __u64 bytes;
    __u32 swept; /* the pieces of this window before the sum crossed have been labelled */
    __u32 reserved;
};

/* The server behind a mounted network file system. */
struct server {
    __u8 address[16];
    __u32 port;
    __u32 reserved;
};

/* Offsets in bytes of btrfs_fs_info.fs_devices, btrfs_fs_devices.devices, btrfs_device.dev_list and
 * btrfs_device.bdev, 16 bits each from the lowest on. The first is never 0. */
#define MODELWARD_BTRFS_OFFSET(layout, place) ((layout) >> 16 * (place) & 0xffff)

/* Places of the map `tended`: what kernel and agent tell each other. */
enum tended {
    kTendedWalks,       /* counts up: processes that hold a labelled file are to be looked for */
    kTendedLabels,      /* counts up: the agent has changed or taken away a label */
    kTendedLabelsGone,  /* the same for labels whose inode is gone: two writers, two places */
    kTendedConnections, /* not 0: a connection on this host carries marks */
    kTendedNetwork,     /* the number of the agent's network namespace; 0: not known yet */
    kTended,
};

/* Hints for looking up labels: a bit of each inode's, shared by some. By the inode's number alone: its file
 * system's costs two more reads of kernel memory at every open. */
#define MODELWARD_LABEL_SHIFT 41
#define MODELWARD_LABEL_SLOT(inode) ((__u64)(inode) * 0x9e3779b97f4a7c15ull >> MODELWARD_LABEL_SHIFT)
enum { kLabelHintWords = (1 << (64 - MODELWARD_LABEL_SHIFT)) / 32 };

struct sink {
    __u64 disk_sequence; /* the disk this was learned from: device numbers are used again */
    __u32 removable;
    __u32 is_no_stack; /* what is removable about it never changes */
};

struct recent_key {
    __u64 process; /* start time and tgid, mixed */
    __u64 rule;
    __u64 target;
};

/* How user space asks for the kernel's view of an inode: the thread `thread` opens the file, then reads
 * `keys`. */
struct learning {
    __u32 thread;
    __u32 count;
    struct inode_key keys[kLearnedKeys];
};

/* What the agent tells the programs, and every open on the host asks for: read without a look-up. */
struct variables {
    struct learning learning;
    __u64
        loop_file; /* where struct loop_device keeps its file, + 1; 0: not known, the module is not loaded */
    __u64 btrfs;   /* MODELWARD_BTRFS_OFFSET; 0: the same */
    __u32 label_hints[kLabelHintWords];
};

/* What is pinned, for the next agent. */
struct installation {
    __u64 build;
    __u32 layout;
    __u32 mode;      /* AttachMode; agent/sensor/attach.h */
    __u32 slot;      /* of the policy in force */
    __u32 next_slot; /* of the policy that is being put into force; else equal to slot */
    __u64 clock_offset_ns;
};

enum loss {
    kLossRingFull,      /* the report of a derived label did not fit into the ring and is lost */
    kLossLabelTable,    /* no room for a derived label: the write was refused */
    kLossMeterTable,    /* no room for a meter: counted as over budget */
    kLossTaint,         /* no memory for a process's taint: the operation was refused */
    kLossFlowTable,     /* no room for a flow meter: counted as crossed */
    kLossUnknownCount,  /* an operation came without a byte count: MODELWARD_UNKNOWN_COUNT was charged */
    kLossPolicyMissing, /* a tainted operation while no policy was in force */
    kMergedEvents,   /* a verdict equal to one of the same process, rule and target: counted in its report */
    kDelayed,        /* a verdict's report did not fit into the ring: it is counted in a later one */
    kMergedByRule,   /* no room to count by process and target: counted by rule alone */
    kHoldersTainted, /* processes that held a labelled file when its label came */
    kSharedLabelled, /* files labelled because a tainted process had mapped them before it was tainted */
    kPiecesLabelled, /* files labelled because pieces below min_flow added up */
    kLossNameUnreadable, /* a ClientHello, CONNECT or DNS answer whose name could not be read */
    kLossScript,         /* no memory for what a process was started as: it is its interpreter alone */
    kLossChannelTable,   /* no room for a channel's marks: the bytes were refused */
    kMarksUnplaced, /* the same for bytes that cannot be refused: every channel carries the marks for a time
                     */
    kLosses,
};

enum event_kind { kEventVerdict = 1, kEventDerivedLabel = 2, kEventExempt = 3 };

enum operation {
    kOperationRead = 1,
    kOperationOpenWrite,
    kOperationCreate,
    kOperationWrite,
    kOperationMap,
    kOperationConnect,
    kOperationSend,
};

enum point {
    kPointRead = 0,
    kPointRemovable = 1,
    kPointNetwork = 2,
    kPointNetworkFilesystem = 3,
    kPointBluetooth = 4,
    kPointDevice = 5,
};

struct process_record {
    __u64 start_boot_ns;
    __u32 pid;
    __u32 uid;
    __u32 login_uid;
    __u32 reserved;
    char name[kCommBytes];
};

/*
 * Verdicts that are equal in process, rule and target. The first is reported as it happens; those after it
 * are counted here, and the next report, or the agent's sweep, carries their number. What it says of the last
 * of them is for people and may be mixed up by two at once; the numbers are exact.
 */
#define MODELWARD_FORGOTTEN (1ull << 63) /* in `waiting`: on its way out of the table */

struct repeated {
    __u64 reported_ns; /* when a report was last sent */
    __u64 waiting;     /* verdicts that no report has counted yet */
    __u64 waiting_bytes;
    __u64 policy_version;
    __u64 bytes_metered;
    struct inode_key file;
    struct marks marks;
    __u64 socket;
    __u8 address[16];
    __u32 sink_device;
    __u16 rule;
    __u16 port;
    __u8 operation;
    __u8 point;
    __u8 action;
    __u8 origin;
    __u8 protocol;
    __u8 reserved[7];
    struct process_record process;
};

/* What the agent asks of a sweep. */
struct sweep_request {
    __u64 forget_after_ns; /* entries that have been idle for that long go */
};

/* One ring record; always this size, so that a record's place in the ring is its sequence number. */
struct event {
    __u64 boot_ns;
    __u64 policy_version;
    __u64 count;           /* verdicts that this report stands for */
    __u64 bytes_requested; /* of all of them */
    __u64 bytes_metered;
    struct inode_key file;
    struct marks marks;
    __u32 sink_device;
    __u16 rule;
    __u16 port;
    __u8 kind;
    __u8 operation;
    __u8 point;
    __u8 action;
    __u8 origin;
    __u8 protocol;
    __u8 ancestor_count;
    __u8 reserved;
    __u8 address[16];
    __u16 path_start; /* the path is path[path_start .. kPathBytes), written from its end */
    __u16 exe_start;
    __u16 args_length;
    __u16 path_cut; /* the path had more components than were walked */
    struct process_record process;
    struct process_record ancestors[kAncestors];
    char domain[kNameBytes]; /* of the destination: reversed, ended by a NUL */
    char path[kPathBytes];
    char exe[kExeBytes];
    char
        args[kArgBytes]; /* exe and args together are longer than a path by a name: path.bpf.h counts on it */
};

/* --- The guard: what of the agent is kept from everybody else, root included. See guard.bpf.h. --- */

enum guard_limits {
    kMaxGuarded = 1 << 12,
    kMaxGuardedObjects = 1 << 10,
    kMaxGuardDepth = 12,           /* folders between a guarded tree's root and a file in it */
    kGuardEnvironmentBytes = 4096, /* an agent with a longer environment is not trusted */
};

/* Rule number of a report of the guard: no rule of the policy has it. Its operations are a range of their
 * own. */
enum guard_report { kGuardRule = 0xfffe, kGuardOperations = 64 };

enum guard_operation {
    kGuardKill = kGuardOperations,
    kGuardPtrace,
    kGuardBpf,
    kGuardWrite,
    kGuardRead,
    kGuardUnlink,
    kGuardRename,
    kGuardCreate,
    kGuardAttributes,
    kGuardLock,
    kGuardMount,
    kGuardUnmount,
    kGuardModule,
    kGuardKexec,
    kGuardLimit,
    kGuardOperationsEnd,
};

/* What an inode is to the guard. */
enum guard_role {
    kGuardAgent = 1 << 0,       /* a program started from it is the agent */
    kGuardProtected = 1 << 1,   /* a program started from it is protected, and trusted with nothing */
    kGuardFile = 1 << 2,        /* it is not changed, renamed or removed */
    kGuardTree = 1 << 3,        /* nor is anything below it */
    kGuardSecret = 1 << 4,      /* nor are files in or below it read */
    kGuardAbove = 1 << 5,       /* a folder above: not renamed, not mounted over */
    kGuardUnits = 1 << 6,       /* a folder where names of the agent's unit have a meaning */
    kGuardCgroup = 1 << 7,      /* the agent's control group: its files are not written, but cgroup.procs */
    kGuardCgroupAbove = 1 << 8, /* a control group above: not killed, not frozen */
};

struct guarded {
    __u32 roles;
    __u32 reserved;
};

enum guardian_role { kGuardianAgent = 1, kGuardianProtected = 2 };

/* Per process, on the thread group leader. */
struct guardian {
    __u32 role;
    __u32 reserved;
};

enum guarded_kind { kGuardedMap = 1, kGuardedProgram = 2, kGuardedLink = 3 };

struct guarded_object {
    __u32 kind;
    __u32 id;
};

/* Maps that come and go (a policy's tables) are known by how their names begin. */
#define MODELWARD_GUARDED_NAME "mwg_"
#define MODELWARD_UNIT_NAME "modelward-agent.service"

struct guard_state {
    __u64 maintenance_until; /* boot time, ns: until then everything is let through */
    __u32 on;
    __u32 host_mounts;  /* mount namespace of the host, by the inode number of /proc/PID/ns/mnt */
    __u32 agent_mounts; /* and the agent's own */
    __u32 reserved;
    __u8 key[32]; /* who may sign maintenance tokens for this host */
    char host_id[40];
};

#ifdef __cplusplus
} /* namespace modelward::kernel */
#endif
