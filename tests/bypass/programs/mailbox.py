# SPDX-License-Identifier: Apache-2.0
"""A rendezvous server for magic-wormhole: one nameplate, one mailbox, every message to everyone.

usage: mailbox.py ADDRESS PORT
"""
import json
import sys
import time

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.internet import reactor

listeners, messages = set(), []


class Mailbox(WebSocketServerProtocol):
    def say(self, kind, **fields):
        self.sendMessage(json.dumps({"type": kind, "server_tx": time.time(), **fields}).encode())

    def onOpen(self):
        self.say("welcome", welcome={})

    def onMessage(self, payload, isBinary):
        asked = json.loads(payload)
        kind = asked["type"]
        self.say("ack", id=asked.get("id"))
        if kind == "bind":
            self.side = asked["side"]
        elif kind == "list":
            self.say("nameplates", nameplates=[{"id": "1"}])
        elif kind == "allocate":
            self.say("allocated", nameplate="1")
        elif kind == "claim":
            self.say("claimed", mailbox="m")
        elif kind == "release":
            self.say("released")
        elif kind == "open":
            listeners.add(self)
            for message in messages:
                self.say("message", **message)
        elif kind == "add":
            messages.append({"side": self.side, "phase": asked["phase"], "body": asked["body"], "id": asked.get("id")})
            for listener in listeners:
                listener.say("message", **messages[-1])
        elif kind == "close":
            listeners.discard(self)
            if not listeners:
                messages.clear()
            self.say("closed")

    def onClose(self, wasClean, code, reason):
        listeners.discard(self)


factory = WebSocketServerFactory()
factory.protocol = Mailbox
reactor.listenTCP(int(sys.argv[2]), factory, interface=sys.argv[1])
reactor.run()
