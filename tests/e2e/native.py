# SPDX-License-Identifier: Apache-2.0
"""A place on this host where the fallback sensor judges nobody else: a cgroup, and a BPF file system for its pins."""
import os
import subprocess
import time
from pathlib import Path

from stack import Failure, run


def cgroup2_root():
    """Where the cgroup2 hierarchy is mounted, or None."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words[words.index("-") + 1] == "cgroup2":
            return Path(words[4])
    return None


class Native:
    """Use as a context manager; `options` are the agent's, enter() puts the calling process into the cgroup."""

    def __init__(self, folder):
        root = cgroup2_root()
        if root is None:
            raise Failure("no cgroup2 hierarchy is mounted")
        self.cgroup = root / f"modelward-native-{os.getpid()}"
        self.pins = Path(folder) / "bpf"

    def __enter__(self):
        self.pins.mkdir(parents=True)
        run("mount", "-t", "bpf", "bpf", self.pins)
        self.cgroup.mkdir()
        self.options = {"pin_dir": str(self.pins / "modelward"), "cgroup": str(self.cgroup), "sensor": "fallback"}
        return self

    def enter(self):
        (self.cgroup / "cgroup.procs").write_text("0", encoding="ascii")

    def __exit__(self, *exception):
        for pid in (self.cgroup / "cgroup.procs").read_text(encoding="ascii").split():
            subprocess.run(["kill", "-9", pid], check=False)
        for _ in range(100):
            try:
                self.cgroup.rmdir()
                break
            except OSError:
                time.sleep(0.05)    # what was killed is on its way out
        run("umount", self.pins, check=False)
