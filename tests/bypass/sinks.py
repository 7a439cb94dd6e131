# SPDX-License-Identifier: Apache-2.0
"""Where bytes leave control, each measured at its own end: (names, bytes) since start().

None of them reads what may be labelled in the suite's own process: it would be tainted by its own measuring.
"""
import os
import subprocess
from pathlib import Path

from stack import Failure, run, wait_for
from technique import SINKS

SECTOR = 512
ETHERNET, IPV4, SEGMENT = 14, 20, 20


class StickSink:
    def __init__(self, stick, programs):
        self.stick, self.programs = stick, programs

    def start(self):
        self.stick.empty()

    def measure(self):
        os.sync()
        files = list(self.stick.mount.rglob("*"))
        plain = [str(path) for path in files if path.is_file() and path.stat().st_size]
        held = int(run(self.programs / "content", *plain).stdout) if plain else 0
        return len(files), held


class DiskSink:
    """The second stick as a disk without a file system: what reaches it is counted by the block layer, and what goes
    round that by looking at its first sectors."""
    LOOKED_AT = 2 << 20

    def __init__(self, node):
        self.node = node
        self.counter = Path("/sys/block") / Path(node).name / "stat"

    def written(self):
        return int(self.counter.read_text(encoding="ascii").split()[6]) * SECTOR

    def first(self):
        # O_DIRECT in a process of its own: what went round the block layer is not in its cache.
        seen = subprocess.run(["bash", "-c", f"dd if={self.node} bs=256K count=8 iflag=direct status=none | tr -d '\\0' "
                               "| wc -c"], capture_output=True, text=True, check=False)
        return int(seen.stdout or 0)

    def start(self):
        run("dd", "if=/dev/zero", f"of={self.node}", "bs=256K", "count=8", "oflag=direct", "status=none")
        self.before = self.written()

    def measure(self):
        os.sync()
        counted = self.written() - self.before
        return 0, max(counted, self.first())


class ReceiverSink:
    def __init__(self, world):
        self.world = world

    def start(self):
        self.before = self.world.settled()

    def measure(self):
        return 0, self.world.settled() - self.before


class WireSink:
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

    def measure(self):
        # What a sender left in its socket is still on its way: wait until nothing moves.
        seen = [-1]
        wait_for("the wire to be quiet", lambda: seen.append(self.carried()) or seen[-1] - seen[-2] < 2000, pause=0.3)
        return 0, max(0, self.carried() - self.before)


class SerialSink:
    """Characters that the first serial port's driver has sent. The kernel's own messages go there too: it is told to
    be quiet meanwhile."""

    def sent(self):
        for line in Path("/proc/tty/driver/serial").read_text(encoding="ascii").splitlines():
            if line.startswith("0:"):
                return int(line.split("tx:")[1].split()[0])
        raise Failure("there is no first serial port")

    def start(self):
        run("dmesg", "-n", "1")
        self.before = self.sent()

    def measure(self):
        return 0, self.sent() - self.before


class ControllerSink:
    """A Bluetooth controller that virtual_controller.py plays; it writes down how much ACL data it got."""

    def __init__(self, folder, programs):
        self.count, self.program = Path(folder) / "controller", programs / "virtual_controller.py"

    def start(self):
        self.count.unlink(missing_ok=True)
        self.process = subprocess.Popen(["/usr/bin/python3", self.program, self.count], stdin=subprocess.DEVNULL)
        wait_for("the Bluetooth controller", self.count.exists, 20)

    def measure(self):
        held = int(self.count.read_text(encoding="ascii"))
        self.process.terminate()
        self.process.wait()
        return 0, held


def make_sinks(scenario, programs, sources, disk):
    sinks = {"stick": StickSink(scenario.stick, programs), "disk": DiskSink(disk),
             "receiver": ReceiverSink(scenario.world), "wire": WireSink(scenario.world), "serial": SerialSink(),
             "controller": ControllerSink(scenario.folder, sources)}
    assert sinks.keys() == SINKS.keys()
    return sinks
