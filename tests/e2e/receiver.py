# SPDX-License-Identifier: Apache-2.0
"""Accepts TCP on the plain port and TLS on the TLS port, counts every payload byte, answers HTTP politely.

usage: receiver.py KEY CERTIFICATE COUNTS     COUNTS is rewritten atomically as {"bytes": N, "open": CONNECTIONS}
whenever either changes.
"""
import json
import os
import socket
import ssl
import sys
import threading

from world import PLAIN_PORT, TLS_PORT

key, certificate, counts = sys.argv[1:4]
lock = threading.Lock()
state = {"bytes": 0, "open": 0}


def record(received=0, opened=0):
    with lock:
        state["bytes"] += received
        state["open"] += opened
        with open(counts + ".new", "w", encoding="utf-8") as file:
            json.dump(state, file)
        os.replace(counts + ".new", counts)


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
        record(opened=-1)


def listen(port, context):
    server = socket.create_server(("0.0.0.0", port), backlog=16)
    while True:
        connection, _ = server.accept()
        record(opened=1)
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
threading.Thread(target=listen, args=(PLAIN_PORT, None), daemon=True).start()
record()
listen(TLS_PORT, tls)
