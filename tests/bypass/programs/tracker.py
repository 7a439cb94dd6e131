# SPDX-License-Identifier: Apache-2.0
"""A BitTorrent tracker for one torrent: tells every peer of all that have asked.

usage: tracker.py ADDRESS PORT
"""
import socket
import struct
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

peers = set()


class Tracker(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = parse_qs(urlparse(self.path).query, encoding="latin-1")
        peers.add(socket.inet_aton(self.client_address[0]) + struct.pack(">H", int(asked["port"][0])))
        known = b"".join(sorted(peers))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"d8:intervali5e12:min intervali5e5:peers" + str(len(known)).encode() + b":" + known + b"e")

    def log_message(self, *_):
        pass


HTTPServer((sys.argv[1], int(sys.argv[2])), Tracker).serve_forever()
