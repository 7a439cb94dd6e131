# SPDX-License-Identifier: Apache-2.0
"""The world outside the workstation: a network namespace with two addresses and a receiver that counts bytes.

198.51.100.2 is an address that no list approves; 192.0.2.2 is the approved metrics server. Both are documentation
addresses (RFC 5737), reachable only over a veth pair that this module makes and removes. Where the host's own network
is not to be touched (it may have these very addresses), the near end lies in a namespace too.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from stack import Failure, run, wait_for

NAMESPACE = "modelward-outside"
INSIDE = "modelward-inside"
STRANGER = "198.51.100.2"
APPROVED = "192.0.2.2"
TLS_PORT = 9443
PLAIN_PORT = 9000
QUIET_SECONDS = 10
RECEIVERS = 3    # processes of receiver.py that serve nobody: one that counts, two that listen
STILL_RECEIVING = ("01", "03", "08")    # established, being established, closed by the sender (net/tcp_states.h)


class World:
    def __init__(self, folder, apart=False):
        """`apart`: who goes there puts `inside` in front of a command."""
        self.inside = ["ip", "netns", "exec", INSIDE] if apart else []
        self.folder = Path(folder)
        self.counts = self.folder / "received.json"
        self.receiver = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        run("ip", "netns", "del", NAMESPACE, check=False)
        run("ip", "netns", "add", NAMESPACE)
        near = []
        if self.inside:
            run("ip", "netns", "del", INSIDE, check=False)
            run("ip", "netns", "add", INSIDE)
            near = ["-n", INSIDE]
            run("ip", *near, "link", "set", "lo", "up")
        run("ip", *near, "link", "add", "mw-inside", "type", "veth", "peer", "name", "mw-outside", "netns", NAMESPACE)
        for address in ("198.51.100.1/24", "192.0.2.1/24"):
            run("ip", *near, "address", "add", address, "dev", "mw-inside")
        run("ip", *near, "link", "set", "mw-inside", "up")
        for command in (f"address add {STRANGER}/24 dev mw-outside", f"address add {APPROVED}/24 dev mw-outside",
                        "link set mw-outside up", "link set lo up"):
            run("ip", "-n", NAMESPACE, *command.split())
        key, certificate = self.folder / "receiver.key", self.folder / "receiver.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=receiver", "-addext", f"subjectAltName=IP:{STRANGER},IP:{APPROVED}",
            "-keyout", key, "-out", certificate)
        self.certificate = certificate
        with open(self.folder / "receiver.log", "ab") as log:
            self.receiver = subprocess.Popen(
                ["ip", "netns", "exec", NAMESPACE, sys.executable, Path(__file__).with_name("receiver.py"), key,
                 certificate, self.counts], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("the receiver outside to listen", self.counts.exists)
        return self

    def __exit__(self, kind, value, traceback):
        if self.receiver:
            self.receiver.terminate()
            self.receiver.wait()
        run("ip", "netns", "del", NAMESPACE, check=False)
        if self.inside:
            run("ip", "netns", "del", INSIDE, check=False)

    def state(self):
        if self.receiver.poll() is not None:
            raise Failure("the receiver outside ended: " + (self.folder / "receiver.log").read_text())
        return json.loads(self.counts.read_text(encoding="utf-8"))

    def received(self):
        """Payload bytes that arrived outside so far."""
        return self.state()["bytes"]

    def receiving(self):
        """Whether something may still come: a connection that the kernel holds, accepted or not, or one that was broken
        off and whose server has not read to the end."""
        return self.holds_connections() or self.serves()

    def serves(self):
        group = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                group += int(stat.read_text(errors="replace").rpartition(")")[2].split()[2]) == self.receiver.pid
            except OSError:
                pass    # it has ended
        return group > RECEIVERS

    def holds_connections(self):
        lines = Path(f"/proc/{self.receiver.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        ends = [(int(line.split()[1].split(":")[1], 16), line.split()[3]) for line in lines]
        return any(port in (PLAIN_PORT, TLS_PORT) and state in STILL_RECEIVING for port, state in ends)

    def settled(self):
        """The same once every connection is closed: what a sender left behind is still on its way. A connection whose
        packets are all dropped never closes on this side: there it is settled when nothing has come for a while."""
        last, since = self.received(), time.monotonic()
        while self.receiving() and time.monotonic() - since < QUIET_SECONDS:
            time.sleep(0.1)
            now = self.received()
            if now != last:
                last, since = now, time.monotonic()
        asked = self.state()["asked"]
        self.receiver.send_signal(signal.SIGUSR1)
        wait_for("the receiver to have counted", lambda: self.state()["asked"] > asked)
        return self.received()


class Stick:
    """A mounted USB stick; what is on it is counted in names and bytes."""

    def __init__(self, mount):
        self.mount = Path(mount)
        if not os.path.ismount(self.mount):
            raise Failure(f"{mount} is not a mounted stick")
        self.empty()

    def empty(self):
        for entry in self.mount.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def contents(self):
        """(number of names, bytes) on the stick as the file system holds it."""
        files = list(self.mount.rglob("*"))
        return len(files), sum(path.stat().st_size for path in files if path.is_file())
