// SPDX-License-Identifier: Apache-2.0
// Proves that these programs run on this kernel, now: file_open, file_permission (writing, with its byte
// count), mmap_file, socket_connect, socket_sendmsg, task_alloc, file_receive, inode_create,
// bprm_check_security, and those on reads from pipes, unix streams and unix datagrams; and that
// file_permission, inode_create and bprm_check_security can refuse. Not proven, for a test of them would
// leave something behind or needs a device: the other inode_ hooks, unix_may_send, unix_stream_connect,
// socket_post_create, splice and tee, raw devices.
//
// A child opens a memory file that is labelled for the test and does one of each, within its own memory
// files, pipes and unconnected sockets. The programs note in the child's task storage that they ran; a
// message queue and an empty program are asked for only to be refused. Where the host has no message queues,
// or runs no memory files, that part is left out. No rule is asked and no event is sent.
#pragma once

#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

// kUnsupported: names every hook that did not fire, or says that bytes were missed. (More than were written
// is no error: where the kernel gives no count a fixed number stands for it, and the programs of the build
// before may still be attached for a moment.)
Result<void> self_test(const KernelMaps& maps);

}  // namespace modelward::agent
