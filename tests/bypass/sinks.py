# SPDX-License-Identifier: Apache-2.0
"""Where bytes leave control, each measured at its own end: clear() before anything, measure() gives (names, bytes)
since start().

None of them reads what may be labelled in the suite's own process: it would be tainted by its own measuring.
"""
import fcntl
import os
import struct
import subprocess
import termios
from pathlib import Path

from stack import run, wait_for
from technique import SINKS

SERIAL = "/dev/ttyS0"

SECTOR = 512
ETHERNET, IPV4, SEGMENT = 14, 20, 20


class Sink:
    """Counts something that only grows."""

    def clear(self):
        pass

    def start(self):
        self.before = self.count()

    def measure(self):
        return 0, max(0, self.count() - self.before)


class StickSink(Sink):
    def __init__(self, stick, programs):
        self.stick, self.programs = stick, programs

    def clear(self):
        self.stick.empty()

    def start(self):
        self.before = self.count()

    def measure(self):
        names, held = self.count()
        return names - self.before[0], max(0, held - self.before[1])

    def count(self):
        files = list(self.stick.mount.rglob("*"))
        plain = [str(path) for path in files if path.is_file() and path.stat().st_size]
        held = int(run(self.programs / "content", *plain).stdout) if plain else 0
        return len(files), held + sum(len(path.name) for path in files if path.is_dir())    # a name holds bytes, too


class DiskSink(Sink):
    """The second stick as a disk without a file system. What reaches it is counted by the block layer; what goes round
    that shows in its first sectors."""

    def __init__(self, node):
        self.node = node
        self.counter = Path("/sys/block") / Path(node).name / "stat"

    def clear(self):
        wait_for("the second stick", lambda: os.path.exists(self.node), 30)
        run("dd", "if=/dev/zero", f"of={self.node}", "bs=256K", "count=8", "oflag=direct", "status=none")

    def start(self):
        self.before = (self.written(), self.first())

    def measure(self):
        wait_for("the second stick", lambda: os.path.exists(self.node), 30)
        now = (self.written(), self.first())
        return 0, max(0, now[0] - self.before[0], now[1] - self.before[1])

    def written(self):
        os.sync()
        return int(self.counter.read_text(encoding="ascii").split()[6]) * SECTOR

    def first(self):
        # Past the cache, which does not know what went round the block layer.
        seen = subprocess.run(["bash", "-c", f"dd if={self.node} bs=256K count=8 iflag=direct status=none | tr -d '\\0' "
                               "| wc -c"], capture_output=True, text=True, check=False)
        return int(seen.stdout or 0)


class ReceiverSink(Sink):
    def __init__(self, world):
        self.world = world

    def count(self):
        return self.world.settled()


class WireSink(Sink):
    """What the veth pair carried outwards, less the headers that every packet has at least."""

    def __init__(self, world):
        self.world = world
        self.link = Path("/sys/class/net/mw-inside/statistics")

    def carried(self):
        count = {name: int((self.link / name).read_text(encoding="ascii")) for name in ("tx_bytes", "tx_packets")}
        lines = Path(f"/proc/{self.world.receiver.pid}/net/snmp").read_text(encoding="ascii").splitlines()
        tcp = [line.split() for line in lines if line.startswith("Tcp:")]
        segments = int(dict(zip(*tcp))["InSegs"])
        return count["tx_bytes"] - count["tx_packets"] * (ETHERNET + IPV4) - segments * SEGMENT

    def start(self):
        self.before = self.carried()

    def count(self):
        # What a sender left in its socket is still on its way: wait until nothing moves.
        seen = [-1]
        wait_for("the wire to be quiet", lambda: seen.append(self.carried()) or seen[-1] - seen[-2] < 2000, pause=0.2)
        return seen[-1]


class SerialSink(Sink):
    """Characters that the first serial port's driver has sent. The kernel's own messages go there too: it is told to be
    quiet meanwhile."""

    def clear(self):
        run("dmesg", "-n", "1")

    def count(self):
        port = os.open(SERIAL, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        try:    # struct serial_icounter_struct (linux/serial.h): the sixth number is what was sent
            return struct.unpack("20i", fcntl.ioctl(port, termios.TIOCGICOUNT, bytes(80)))[5]
        finally:
            os.close(port)


class ControllerSink(Sink):
    """A Bluetooth controller that virtual_controller.py plays; it writes down how much ACL data it got."""

    def __init__(self, folder, sources):
        self.file, self.program = Path(folder) / "controller", sources / "virtual_controller.py"
        self.process = None

    def clear(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
        self.file.unlink(missing_ok=True)
        self.process = subprocess.Popen(["/usr/bin/python3", self.program, self.file], stdin=subprocess.DEVNULL)
        wait_for("the Bluetooth controller", self.file.exists, 20)
        wait_for("its device", lambda: os.path.exists("/sys/class/bluetooth/hci0"), 20)

    def count(self):
        # It reads more slowly than a program sends: wait until nothing moves.
        seen = [-1]
        wait_for("the Bluetooth controller to be quiet",
                 lambda: seen.append(int(self.file.read_text(encoding="ascii"))) or seen[-1] == seen[-2], pause=0.5)
        return seen[-1]


def make_sinks(scenario, programs, sources, disk):
    sinks = {"stick": StickSink(scenario.stick, programs), "disk": DiskSink(disk),
             "receiver": ReceiverSink(scenario.world), "wire": WireSink(scenario.world), "serial": SerialSink(),
             "controller": ControllerSink(scenario.folder, sources)}
    assert sinks.keys() == SINKS.keys()
    return sinks
