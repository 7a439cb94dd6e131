# SPDX-License-Identifier: Apache-2.0
"""What the kernel programs cost: the same operations without the agent, with it, and in a tainted process.

usage (in a guest started with --icount, as root): kernel.py KERNEL_OPERATIONS
Prints a table of instruction-counted nanoseconds and of ratios to "no agent", all of one boot.
"""
import json
import sys

sys.path.insert(0, str(__import__("pathlib").Path(__file__).resolve().parents[1] / "e2e"))
from scenario import Scenario  # noqa: E402
from stack import run  # noqa: E402


def measure(program, folder, *taint):
    return json.loads(run(program, folder, *taint).stdout)


def main():
    program = sys.argv[1]
    without = measure(program, "/mnt/disk")
    with Scenario("/mnt/disk", "/mnt/usb1") as scenario:
        scenario.register()
        sensor, kernel = scenario.stack.host()["sensor"], scenario.stack.host()["kernel"]
        untainted = measure(program, "/mnt/disk")
        tainted = measure(program, "/mnt/disk", scenario.models / "model.safetensors")
    print(f"kernel {kernel}, sensor {sensor}; instruction-counted ns an operation\n")
    print("| operation | no agent | untainted, unlabelled | ratio | tainted | ratio |\n|---|---|---|---|---|---|")
    for name, base in without.items():
        print(f"| {name} | {base:.0f} | {untainted[name]:.0f} | {untainted[name] / base:.3f} | {tainted[name]:.0f} |"
              f" {tainted[name] / base:.3f} |")


if __name__ == "__main__":
    main()
