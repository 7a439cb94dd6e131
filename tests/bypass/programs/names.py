# SPDX-License-Identifier: Apache-2.0
"""DNS as far as it is needed: every name has the address of the server that is asked.

usage: names.py serve ADDRESS
       names.py NAME           asks for it
"""
import socket
import struct
import sys

SERVER = "192.0.2.2"


def serve(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        while True:
            query, asker = server.recvfrom(512)
            end = query.find(b"\0", 12) + 5
            answer = query[:2] + struct.pack(">5H", 0x8180, 1, 1, 0, 0) + query[12:end]
            answer += struct.pack(">3HIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(address)
            server.sendto(answer, asker)


def ask(name):
    query = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0)
    query += b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + struct.pack(">BHH", 0, 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(10)
        asker.sendto(query, (SERVER, 53))
        asker.recv(512)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        ask(sys.argv[1])
