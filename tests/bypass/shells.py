# SPDX-License-Identifier: Apache-2.0
"""Starts what a technique says, as a user and in a control group of its own, and ends all of it again."""
import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from sinks import SERIAL
from stack import ROOT, run, wait_for

HERE = Path(__file__).resolve().parent
PROGRAMS = ROOT / "build/release/bypass"
CGROUP = Path("/sys/fs/cgroup/modelward-bypass")
FIRST_USER = 200_000
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18


def log_in(user):
    Path("/proc/self/loginuid").write_text(user, encoding="ascii")


class Shells:
    def __init__(self, scenario, servers, disk):
        self.scenario, self.servers, self.disk = scenario, servers, disk
        self.users = iter(range(FIRST_USER, 1 << 30))
        self.output = None
        self.renew_output()
        CGROUP.mkdir(exist_ok=True)

    def environment(self, file):
        return {**self.scenario.environment(), **self.servers.environment(), "FILE": file, "P": str(PROGRAMS),
                "PY": f"/usr/bin/python3 {HERE}/programs", "RAW": self.disk, "SERIAL": SERIAL,
                "OUTSIDE": "ip netns exec modelward-outside", "HOME": str(self.scenario.work)}

    def spawn(self, command, file, user, **options):
        """In a control group, so that all it started can be ended; with mounts of its own, which end with it; under a
        login of its own, so that no other technique has used up its budget."""
        def enter():
            (CGROUP / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
            log_in(str(user))
            if LIBC.unshare(CLONE_NEWNS) or LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
                raise OSError(ctypes.get_errno(), "no mount namespace")

        environment = {**self.environment(file), **options.pop("environment", {})}
        return subprocess.Popen(command, env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=self.output,
                                stderr=subprocess.STDOUT, preexec_fn=enter, start_new_session=True, **options)

    def finish(self, process, seconds):
        """Waits for it, not for what it left in the background; its exit code, or None if the time was up."""
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end_all()
            process.wait()
            return None

    def said(self):
        """The end of what was printed, and a fresh file for what comes. Another process reads it, under a login of its
        own: what a tainted program printed may be labelled, and what many such readers handed on to the suite would
        add up until the suite itself, and with it every control, counts as having the model."""
        text = ""
        if os.path.getsize(self.output.name):
            user = str(next(self.users))
            text = run("tail", "-c", "2000", self.output.name, preexec_fn=lambda: log_in(user)).stdout.strip()
        self.renew_output()
        return text

    def renew_output(self):
        if self.output:
            self.output.close()
            os.unlink(self.output.name)
        self.output = open(self.scenario.folder / "output", "wb")

    def end_all(self):
        """Ends all that the technique started, and waits for it to be gone."""
        (CGROUP / "cgroup.kill").write_text("1", encoding="ascii")
        wait_for("what the technique started to end", lambda: "populated 0" in
                 (CGROUP / "cgroup.events").read_text(encoding="ascii"), 30, 0.02)

    def clean(self, cleanup, file, user):
        """After end_all(): what is left of a technique goes."""
        if cleanup:
            self.finish(self.spawn(["bash", "-c", cleanup], file, user), 30)
            self.end_all()
        self.said()
        for left in self.scenario.work.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
