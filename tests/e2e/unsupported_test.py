# SPDX-License-Identifier: Apache-2.0
"""Where no sensor can start, the agent says which were tried and why not, exits and leaves nothing behind.

usage (as root): unsupported_test.py     A seccomp filter stands for the kernel that takes no BPF programs at all. Without CAP_SYS_ADMIN nothing can be said of the kernel, and that is what is said.
Exit 77 (skipped) where this host has no cgroup2 hierarchy.
"""
import ctypes
import json
import os
import platform
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import Checks
from native import Native, cgroup2_root
from stack import BIN


def bpf_links():
    """How many BPF links the kernel holds; what the agent would leave behind is among them."""
    shown = subprocess.run(["bpftool", "-j", "link", "show"], capture_output=True, text=True, check=False)
    return len(json.loads(shown.stdout or "[]"))


def refuse_bpf():
    """In the child: loading a program fails with EPERM, for it and what it starts (seccomp(2), PR_SET_SECCOMP)."""
    number = {"x86_64": 321, "aarch64": 280}[platform.machine()]
    load, equal, answer = 0x20, 0x15, 0x06
    allow, refuse_eperm = 0x7FFF0000, 0x00050000 | 1
    prog_load, number_at, first_argument_at = 5, 0, 16
    code = b"".join(struct.pack("HBBI", *step) for step in (
        (load, 0, 0, number_at), (equal, 0, 3, number), (load, 0, 0, first_argument_at), (equal, 0, 1, prog_load),
        (answer, 0, 0, refuse_eperm), (answer, 0, 0, allow)))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    holder = ctypes.create_string_buffer(program, len(program))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, ctypes.c_void_p(ctypes.addressof(holder)), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


# Of root, and of what root starts.
POWERLESS = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]


def main():
    if cgroup2_root() is None:
        print("skipped: no cgroup2 hierarchy is mounted here")
        return 77
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder, Native(Path(folder) / "native") as native:
        config = Path(folder) / "agent.yaml"
        pins = native.options["pin_dir"]
        config.write_text(json.dumps({"state_dir": folder + "/state", "run_dir": folder + "/run", "pin_dir": pins,
                                      "cgroup": native.options["cgroup"], "console": "127.0.0.1:1",
                                      "watch": [folder]}), encoding="utf-8")
        before = bpf_links()
        check = subprocess.run([BIN / "modelwardd", "--config", config, "--check"], capture_output=True, text=True,
                               check=False, preexec_fn=refuse_bpf)
        start = subprocess.run([BIN / "modelwardd", "--config", config], capture_output=True, text=True, check=False,
                               timeout=120, preexec_fn=refuse_bpf)
        powerless = subprocess.run([*POWERLESS, BIN / "modelwardd", "--config", config], capture_output=True, text=True,
                                   check=False, timeout=120)
        said = start.stdout + start.stderr
        print(said.strip())
        checks.that("--check says no", check.returncode == 1, (check.returncode, check.stdout + check.stderr))
        checks.that("the agent ends with exit code 3", start.returncode == 3, start.returncode)
        checks.that("it names the three ways that were tried",
                    all(way in said.lower() for way in ("lsm", "fmod_ret", "fallback")), said)
        checks.that("it says that nothing is enforced", "enforce" in said, said)
        checks.that("without privileges it says so, and nothing of the kernel",
                    powerless.returncode == 4 and "privileges are missing" in powerless.stderr,
                    (powerless.returncode, powerless.stderr))
        checks.that("no BPF link stays", bpf_links() == before, (before, bpf_links()))
        checks.that("no pin stays", not os.path.exists(pins), pins)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
