# SPDX-License-Identifier: Apache-2.0
"""Where no sensor can start, the agent says which were tried and why not, exits and leaves nothing behind.

usage (as root): unsupported_test.py     On a kernel that takes neither LSM nor fmod_ret programs; the fallback is kept
from starting by taking CAP_SYS_ADMIN away, without which there are no permission events and no BPF programs.
Exit 77 (skipped) where this host has no cgroup2 hierarchy.
"""
import json
import os
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
        check = subprocess.run([*POWERLESS, BIN / "modelwardd", "--config", config, "--check"], capture_output=True, text=True,
                               check=False)
        start = subprocess.run([*POWERLESS, BIN / "modelwardd", "--config", config], capture_output=True, text=True, check=False,
                               timeout=120)
        said = start.stdout + start.stderr
        print(said.strip())
        checks.that("--check says no", check.returncode == 1, (check.returncode, check.stdout + check.stderr))
        checks.that("the agent ends with exit code 3", start.returncode == 3, start.returncode)
        checks.that("it names the three ways that were tried",
                    all(way in said.lower() for way in ("lsm", "fmod_ret", "fallback")), said)
        checks.that("it says that nothing is enforced", "enforce" in said, said)
        checks.that("no BPF link stays", bpf_links() == before, (before, bpf_links()))
        checks.that("no pin stays", not os.path.exists(pins), pins)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
