# SPDX-License-Identifier: Apache-2.0
"""A tunnel of one's own: packets that the system routes into a TUN device go to an address in UDP.

usage: tun_exit.py ADDRESS PORT
"""
import fcntl
import os
import socket
import struct
import subprocess
import sys

IFF_TUN, IFF_NO_PI, TUNSETIFF = 1, 0x1000, 0x400454ca

tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22s", b"bypass0", IFF_TUN | IFF_NO_PI, b""))
# A full queue drops packets: it has room for all of them.
for command in ("address add 203.0.113.1/24 dev bypass0", "link set bypass0 mtu 1400 txqueuelen 4000 up"):
    subprocess.run(["ip", *command.split()], check=True)
print("up", flush=True)
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    packet = os.read(tun, 2048)
    print(".", end="", flush=True)
    try:
        out.sendto(packet, (sys.argv[1], int(sys.argv[2])))
    except ConnectionRefusedError:
        pass
