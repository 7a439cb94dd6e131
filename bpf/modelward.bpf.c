/* SPDX-License-Identifier: GPL-2.0-only */
/* The one object that is loaded: as lsm/ programs, or as fmod_ret/security_* where `bpf` is no active LSM. */
#include "bpf/guard_bpf.bpf.h"
#include "bpf/guard_file.bpf.h"
#include "bpf/guard_mount.bpf.h"
#include "bpf/guard_process.bpf.h"
#include "bpf/holders.bpf.h"
#include "bpf/hooks_channel.bpf.h"
#include "bpf/hooks_device.bpf.h"
#include "bpf/hooks_file.bpf.h"
#include "bpf/hooks_inode.bpf.h"
#include "bpf/hooks_memory.bpf.h"
#include "bpf/hooks_names.bpf.h"
#include "bpf/hooks_process.bpf.h"
#include "bpf/hooks_receive.bpf.h"
#include "bpf/hooks_socket.bpf.h"
#include "bpf/sweep.bpf.h"

char _license[] SEC("license") = "GPL";
