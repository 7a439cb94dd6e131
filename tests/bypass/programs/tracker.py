# SPDX-License-Identifier: Apache-2.0
"""A BitTorrent tracker: tells every peer of all that have asked for the same torrent. A peer of an earlier run, with
another file, must not be among them: a client that finds nobody at an address leaves it alone for a quarter of an hour.

usage: tracker.py ADDRESS PORT
"""
import socket
import struct
import sys
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

peers = defaultdict(set)    # by the torrent's hash


class Tracker(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = parse_qs(urlparse(self.path).query, encoding="latin-1")
        swarm = peers[asked["info_hash"][0]]
        swarm.add(socket.inet_aton(self.client_address[0]) + struct.pack(">H", int(asked["port"][0])))
        known = b"".join(sorted(swarm))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"d8:intervali5e12:min intervali5e5:peers" + str(len(known)).encode() + b":" + known + b"e")

    def log_message(self, *_):
        pass


HTTPServer((sys.argv[1], int(sys.argv[2])), Tracker).serve_forever()
