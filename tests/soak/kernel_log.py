# SPDX-License-Identifier: Apache-2.0
"""The kernel's log from now on, and what of it is a complaint."""
import os
import re

# Debian's kernels are built without lockdep; where it is, its reports are found by their words.
COMPLAINTS = re.compile(
    r"WARNING|\bBUG\b|\bOops\b|general protection|Call Trace|rcu.*(stall|self-detected)|soft lockup|hard LOCKUP|lockdep"
    r"|possible (circular|recursive)|inconsistent lock state|suspicious RCU|blocked for more than|Out of memory"
    r"|refcount_t|UBSAN|KASAN|unregister_netdevice: waiting|scheduling while atomic|[Bb]ad page state")


def complaints(lines):
    return [line for line in lines if COMPLAINTS.search(line)]


class KernelLog:
    """Read as it grows, so that nothing is missed when its buffer wraps."""

    def __init__(self):
        self.descriptor = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.descriptor, 0, os.SEEK_END)    # what the boot said is not ours
        self.found = []

    def read(self):
        while True:
            try:
                record = os.read(self.descriptor, 8192).decode(errors="replace")
            except BlockingIOError:
                return
            except BrokenPipeError:
                self.found.append("(lines were overwritten before they were read)")
                continue
            self.found += complaints([record.partition(";")[2].split("\n")[0]])
