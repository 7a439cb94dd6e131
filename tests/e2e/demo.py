# SPDX-License-Identifier: Apache-2.0
"""The demonstration: a console, an enrolled agent, a protected model and an insider; one line an attempt.

usage: demo.py --disk FOLDER [--stick MOUNT] [--listen ADDRESS] [--native] [--once]
Exit 0 only if every verdict was as expected. Without --once the console stays up until Ctrl-C.
"""
import argparse
import signal
import sys

from scenario import Scenario
from stack import PEOPLE_PORT, Failure

WORDS = {"block": "blocked", "allow": "allowed", "error": "ERROR"}


def size(count):
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def show(outcome, first_of_its_kind):
    missed = outcome.expected == "allow" and outcome.attempt.missed and outcome.bytes_out > 0
    mark = f"UNEXPECTED, wanted {WORDS[outcome.expected]}" if not outcome.as_expected \
        else f"as expected: {outcome.attempt.missed}" if missed else "as expected"
    incident = outcome.incident["id"] if outcome.incident else "-"
    print(f"  {outcome.attempt.name[:76]:<76}  {WORDS[outcome.verdict]:<8} {size(outcome.bytes_out):>9} out"
          f"  {incident:<11} {mark}", flush=True)
    if outcome.told and first_of_its_kind:
        print("      On the person's terminal:\n        | " + outcome.told.strip().replace("\r", "").replace("\n", "\n        | ") + "\n",
              flush=True)
    if not outcome.as_expected:
        print("      " + outcome.output.replace("\n", "\n      "), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--disk", required=True)
    parser.add_argument("--stick")
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--native", action="store_true")
    parser.add_argument("--once", action="store_true")
    options = parser.parse_args()

    def stop(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    print("Starting the console and an agent, enrolling it ...", flush=True)
    with Scenario(options.disk, options.stick, options.listen, options.native) as scenario:
        host = scenario.stack.host()
        print(f"The agent on {host['name']} enforces through {host['sensor']} on kernel {host['kernel']}.")
        for gap in host["blind_spots"]:
            print(f"  it cannot see: {gap}")
        print(f"The console: https://localhost:{PEOPLE_PORT}/   user admin   password {scenario.stack.password}")
        print("Its certificate is signed by the demo's own authority, so a browser will ask.\n")
        print("Registering a real model (text recognition, safetensors) as restricted ...", flush=True)
        scenario.register()
        print("\nAn insider tries, then honest work goes on:", flush=True)
        outcomes = []
        for outcome in scenario.play_all():
            show(outcome, outcome.attempt.sink not in {earlier.attempt.sink for earlier in outcomes if earlier.told})
            outcomes.append(outcome)
        good = sum(outcome.as_expected for outcome in outcomes)
        print(f"\n{good} of {len(outcomes)} verdicts as expected.")
        if not options.stick:
            print("Left out: the attempts at removable media. They need a USB stick (--stick MOUNT) or a virtual machine "
                  "(--kernel 6.1).")
        if not options.once:
            print(f"The console stays up: https://localhost:{PEOPLE_PORT}/   user admin   password "
                  f"{scenario.stack.password}   (Ctrl-C ends the demo)", flush=True)
            try:
                signal.pause()
            except KeyboardInterrupt:
                print("\nStopping.")
        return 0 if good == len(outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
