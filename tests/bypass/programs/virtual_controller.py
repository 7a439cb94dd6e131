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


def note():
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(held))
    os.replace(sys.argv[1] + ".new", sys.argv[1])


while True:
    packet = os.read(device, 4096)
    if packet[0] == COMMAND:    # completed, with a made-up answer of zeros
        os.write(device, bytes([EVENT, 0x0e, 4 + 64, 1]) + packet[1:3] + bytes(65))
    elif packet[0] == VENDOR:
        note()    # it is there
    elif packet[0] == ACL:
        held += len(packet) - 5
        note()
