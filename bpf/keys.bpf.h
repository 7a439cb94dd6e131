/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys of what is no file, by a device number that no file has: `inode` then names it in its own way.
 */
#pragma once

#define SOCKET_DEVICE 0xffffffffu     /* the address of a receiving unix socket */
#define PIPE_DEVICE 0xfffffffeu       /* the address of a pipe */
#define QUEUE_DEVICE 0xfffffffdu      /* the address of a message queue */
#define CONNECTION_DEVICE 0xfffffffcu /* both ends of a connection on this host, mixed */
#define SERVICE_DEVICE 0xfffffffbu    /* the end that a service on this host listens at */
#define NAME_DEVICE 0xfffffffau       /* the name of a unix socket, mixed */
#define SHARERS_DEVICE 0xfffffff9u    /* processes that share memory by fork: taint.sharers */
#define DISK_DEVICE 0xfffffff8u       /* a user and a day; the disk's number is in `generation` */

#define LOWEST_CHANNEL_DEVICE 0xfffffff0u
