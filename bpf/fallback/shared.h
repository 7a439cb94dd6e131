/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the programs of the fallback sensor and agent/fallback/ share, beyond bpf/shared.h. Layout rules are
 * those of that file, kLayout included.
 */
#pragma once

#include "bpf/shared.h"

#ifdef __cplusplus
namespace modelward::kernel {
#endif

enum fallback_limits {
    kMaxProcesses = 1 << 16,
    kMaxReported = 1 << 14,
    kMaxShut = 1 << 12,
};

/* Who pays and who is judged: read from /proc when the process was tainted, refreshed when it executes. */
struct process_taint {
    struct marks marks;
    struct inode_key program; /* without its generation: user space must not open it to ask */
    __u64 start_boot_ns;
    __u32 uid;
    __u32 login_uid;
    __u32 flags; /* enum taint_flags */
    __u32 probe_seen;
    char name[kCommBytes];
};

/*
 * What a socket keeps of the tainted process that had it, for as long as the socket lives: what was written
 * before the process ended is sent after it.
 */
struct tagged_socket {
    struct process_taint owner;
    __u32 pid;
    __u32 refused; /* bytes were dropped: user space breaks the connection off */
};

/* A connection whose bytes were refused. Its sender would wait for minutes: user space breaks it off, or ends
 * the process if the rule says so. */
struct refusal {
    __u64 cookie;
    __u32 pid;
    __u32 kills;
};

/* When an equal report was last sent, and what has been left out since. */
struct reported {
    __u64 at;
    __u64 count;
    __u64 bytes;
};

/* In question_of_agent.answer, beside enum rule_action. */
#define MODELWARD_ANSWER_EXEMPT 255

enum asking {
    kAskVerdict = 1,  /* judge `event`, report it if a rule fires */
    kAskCrossing = 2, /* which of event.marks cross a flow of event.bytes_requested bytes */
    kAskReport = 3,   /* report `event` as it is */
};

/* How user space asks: it fills this, runs the program `ask`, and reads it again. */
struct question_of_agent {
    struct event event;
    struct inode_key program;
    __u32 asking;
    __u32 payer;
    __u32 answer;
    __u32 reserved;
};

#ifdef __cplusplus
} /* namespace modelward::kernel */
#endif
