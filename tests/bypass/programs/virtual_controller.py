# SPDX-License-Identifier: Apache-2.0
"""Plays a Bluetooth controller behind /dev/vhci and writes down how many bytes of ACL data it got.

usage: virtual_controller.py COUNT-FILE
"""
import os
import sys

COMMAND, ACL, EVENT, VENDOR = 1, 2, 4, 0xff

device = os.open("/dev/vhci", os.O_RDWR)
os.write(device, bytes([VENDOR, 0x80]))    # make a controller that the kernel does not set up by itself
held = 0
count = os.open(sys.argv[1] + ".new", os.O_WRONLY | os.O_CREAT)


def note():
    """In one write: what has not been read when the sender closes its socket is lost."""
    os.pwrite(count, f"{held:12}".encode(), 0)


while True:
    packet = os.read(device, 4096)
    if packet[0] == COMMAND:    # completed, with a made-up answer of zeros
        os.write(device, bytes([EVENT, 0x0e, 4 + 64, 1]) + packet[1:3] + bytes(65))
    elif packet[0] == VENDOR:
        note()
        os.replace(sys.argv[1] + ".new", sys.argv[1])    # it is there
    elif packet[0] == ACL:
        held += len(packet) - 5
        note()
