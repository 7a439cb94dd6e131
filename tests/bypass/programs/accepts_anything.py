# SPDX-License-Identifier: Apache-2.0
"""A web server that takes whatever it is sent: PUT and POST of any kind, S3 objects, git-lfs objects.

usage: accepts_anything.py ADDRESS PORT [KEY CERTIFICATE]
"""
import hashlib
import json
import os
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OWN_USER = 3990    # no technique's: shells.py counts from elsewhere

address, port = sys.argv[1], int(sys.argv[2])


class Taker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, code, text=b"", **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def do_PUT(self):
        self.answer(200, ETag='"' + hashlib.md5(self.body()).hexdigest() + '"')

    def do_POST(self):
        body = self.body()
        if not self.path.endswith("/objects/batch"):
            self.answer(200, b"{}", Content_Type="application/json")
            return
        objects = [{**thing, "actions": {"upload": {"href": f"http://{address}:{port}/lfs/{thing['oid']}"}}}
                   for thing in json.loads(body)["objects"]]
        self.answer(200, json.dumps({"transfer": "basic", "objects": objects}).encode(),
                    Content_Type="application/vnd.git-lfs+json")

    def do_GET(self):
        self.answer(404 if "/locks" in self.path else 200, b"{}" if "/locks" in self.path else b"")

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer((address, port), Taker)
if len(sys.argv) > 3:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[4], sys.argv[3])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
# A user of its own: what sshd outside passes on to this address uses up the budget of root, and with it these answers.
os.setgroups([])
os.setgid(OWN_USER)
os.setuid(OWN_USER)
server.serve_forever()
