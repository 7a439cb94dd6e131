# SPDX-License-Identifier: Apache-2.0
"""A command at a terminal: the controlling terminal of its session is a new one, whose shell outlives the command."""
import os
import pty
import select
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str
    told: str    # what anybody else wrote to the terminal


def read_all(master, seconds):
    """What is on the terminal until it has been quiet for that long."""
    text = b""
    until = time.monotonic() + seconds
    while time.monotonic() < until and select.select([master], [], [], max(0, until - time.monotonic()))[0]:
        try:
            part = os.read(master, 65536)
        except OSError:    # nobody has the terminal any more
            break
        text += part
    return text.decode(errors="replace")


def at_terminal(command, watch=None, **options):
    """Runs the command; its output is captured, not shown on the terminal. watch(done) is called when it has ended and
    before the terminal is gone."""
    outcome_out, outcome_in = os.pipe()
    end_out, end_in = os.pipe()
    leader, master = pty.fork()
    if leader == 0:
        os.close(outcome_out)
        os.close(end_in)
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, **options)
            said = [str(done.returncode).encode(), done.stdout, done.stderr]
        except Exception as error:    # the other side has no other way to learn of it
            said = [b"-1", b"", repr(error).encode()]
        with os.fdopen(outcome_in, "wb") as pipe:
            pipe.write(b"\0".join(part.replace(b"\0", b"") for part in said))
        os.read(end_out, 1)
        os._exit(0)
    os.close(outcome_in)
    os.close(end_out)
    try:
        with os.fdopen(outcome_out, "rb") as pipe:
            code, out, error = pipe.read().split(b"\0")
        done = Done(int(code), out.decode(errors="replace"), error.decode(errors="replace"), "")
        if watch:
            watch(done)
        told = read_all(master, 0.3)
    finally:
        os.close(end_in)
        os.close(master)
        os.waitpid(leader, 0)
    return Done(done.returncode, done.stdout, done.stderr, told)
