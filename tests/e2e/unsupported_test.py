# SPDX-License-Identifier: Apache-2.0
"""On a kernel that takes neither LSM nor fmod_ret programs the agent says so, exits and leaves nothing behind.

usage (as root): unsupported_test.py     Where the kernel does take them, the same checks hold the other way round.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import Checks
from stack import BIN


def bpf_links():
    """How many BPF links the kernel holds; what the agent would leave behind is among them."""
    shown = subprocess.run(["bpftool", "-j", "link", "show"], capture_output=True, text=True, check=False)
    return len(json.loads(shown.stdout or "[]"))


def main():
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "agent.yaml"
        pins = "/sys/fs/bpf/modelward-unsupported-test"
        config.write_text(json.dumps({"state_dir": folder + "/state", "run_dir": folder + "/run", "pin_dir": pins,
                                      "console": "127.0.0.1:1", "watch": [folder]}), encoding="utf-8")
        before = bpf_links()
        check = subprocess.run([BIN / "modelwardd", "--config", config, "--check"], capture_output=True, text=True,
                               check=False)
        start = subprocess.run([BIN / "modelwardd", "--config", config], capture_output=True, text=True, check=False,
                               timeout=120)
        said = start.stdout + start.stderr
        print(said.strip())
        checks.that("--check says no", check.returncode == 1, (check.returncode, check.stdout + check.stderr))
        checks.that("the agent ends with exit code 3", start.returncode == 3, start.returncode)
        checks.that("it names both ways that were tried", "lsm" in said.lower() and "fmod_ret" in said, said)
        checks.that("it says that nothing is enforced", "enforce" in said, said)
        checks.that("no BPF link stays", bpf_links() == before, (before, bpf_links()))
        checks.that("no pin stays", not os.path.exists(pins), pins)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
