# SPDX-License-Identifier: Apache-2.0
"""Connects a network block device of the kernel to a server and stays until it is ended.

usage: nbd_connect.py ADDRESS PORT NODE
"""
import fcntl
import os
import socket
import struct
import sys

NBD = 0xab00
SET_SOCK, SET_BLKSIZE, DO_IT, CLEAR_SOCK, SET_SIZE_BLOCKS, SET_FLAGS = NBD, NBD + 1, NBD + 3, NBD + 4, NBD + 7, NBD + 10
OPTION_EXPORT_NAME, NO_ZEROES = 1, 2

server = socket.create_connection((sys.argv[1], int(sys.argv[2])))
greeting = server.recv(18, socket.MSG_WAITALL)
assert greeting[:16] == b"NBDMAGICIHAVEOPT", greeting
server.sendall(struct.pack(">I", 1 | NO_ZEROES) + b"IHAVEOPT" + struct.pack(">II", OPTION_EXPORT_NAME, 0))
size, flags = struct.unpack(">QH", server.recv(10, socket.MSG_WAITALL))
node = os.open(sys.argv[3], os.O_RDWR)
fcntl.ioctl(node, CLEAR_SOCK)
fcntl.ioctl(node, SET_BLKSIZE, 4096)
fcntl.ioctl(node, SET_SIZE_BLOCKS, size // 4096)
fcntl.ioctl(node, SET_FLAGS, flags)
fcntl.ioctl(node, SET_SOCK, server.fileno())
fcntl.ioctl(node, DO_IT)
