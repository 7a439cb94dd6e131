# SPDX-License-Identifier: Apache-2.0
"""Accepts TCP on the plain port and TLS on the TLS port, counts every payload byte, answers HTTP politely.

usage: receiver.py KEY CERTIFICATE COUNTS     COUNTS is rewritten atomically as {"bytes": N, "asked": N} whenever
either changes. SIGUSR1 raises "asked" once everything that was received before it is counted.

Each connection has a process of its own. All this lies on the same kernel as the agent, which holds a server to be
tainted by what it was sent: one process for all would answer nobody any more, and the next visitor be blamed.
"""
import json
import os
import signal
import socket
import ssl
import struct
import sys

from world import PLAIN_PORT, TLS_PORT

key, certificate, counts = sys.argv[1:4]
NEWS = struct.Struct("<qq")  # payload bytes and questions more than before; a pipe keeps their order
news, tell = os.pipe()


def record(received=0, asked=0):
    os.write(tell, NEWS.pack(received, asked))


def serve(connection, context):
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        seen, wanted = b"", None
        body = 0
        while True:
            data = connection.recv(1 << 16)
            if not data:
                break
            record(len(data))
            if wanted is None:
                seen += data
                head, separator, rest = seen.partition(b"\r\n\r\n")
                if separator and head.startswith((b"PUT ", b"POST ")):
                    lengths = [line.split(b":")[1] for line in head.split(b"\r\n")
                               if line.lower().startswith(b"content-length:")]
                    wanted, body = int(lengths[0]) if lengths else 0, len(rest)
                    if b"100-continue" in head.lower():
                        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                elif len(seen) > 65536:
                    seen = b""
            else:
                body += len(data)
            if wanted is not None and body >= wanted:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                break
    except OSError:
        pass    # a refused sender breaks off; what it sent is counted
    finally:
        connection.close()


def listen(server, context):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            serve(connection, context)
            os._exit(0)
        connection.close()


def start(port, context):
    server = socket.create_server(("0.0.0.0", port), backlog=128)
    if os.fork() == 0:
        listen(server, context)
    server.close()


def end(*_):
    """With the listeners and whoever is still served."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    sys.exit(0)


def keep_counts():
    state = {"bytes": 0, "asked": 0}
    while True:
        with open(counts + ".new", "w", encoding="utf-8") as file:
            json.dump(state, file)
        os.replace(counts + ".new", counts)
        received, asked = NEWS.unpack(os.read(news, NEWS.size))
        state["bytes"] += received
        state["asked"] += asked


def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    os.setpgrp()
    start(PLAIN_PORT, None)
    start(TLS_PORT, tls)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGUSR1, lambda *_: record(asked=1))
    keep_counts()


main()
