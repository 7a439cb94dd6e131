# SPDX-License-Identifier: Apache-2.0
"""Every attempt of attempts.py ends with its expected verdict, on the kernel this runs on.

usage (in a guest, as root): verdicts_test.py --sensor lsm|fmod_ret [--disk FOLDER] [--stick MOUNT]
"""
import argparse
import json
import sys

from checks import Checks
from scenario import Scenario
from stack import BIN, run


def check_notices(checks, scenario):
    """What `modelward notices` says to root, who made the attempts, and to somebody who did not."""
    scenario.folder.chmod(0o711)    # as /run is
    ask = [BIN / "modelward", "notices", "--json", "--config", scenario.stack.config]
    mine = json.loads(run(*ask).stdout)["notices"]
    checks.that("notices are kept", len(mine) >= 5 and all(notice["to_do"] for notice in mine), mine)
    theirs = json.loads(run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *ask).stdout)["notices"]
    checks.that("nobody reads another user's", theirs == [], theirs)
    text = run(*ask[:2], *ask[3:]).stdout
    checks.that("and are readable", "was stopped: it is not allowed to" in text, text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sensor", required=True)
    parser.add_argument("--disk", default="/mnt/disk")
    parser.add_argument("--stick", default="/mnt/usb1")
    parser.add_argument("--force", action="store_true", help="use the fallback sensor where a stronger one would start")
    options = parser.parse_args()
    checks = Checks()
    with Scenario(options.disk, options.stick,
                  agent_options={"sensor": "fallback"} if options.force else None) as scenario:
        sensor = scenario.stack.host()["sensor"]
        checks.that("the agent enforces through " + options.sensor, sensor == options.sensor, sensor)
        scenario.register()
        for outcome in scenario.play_all():
            checks.that(f"{outcome.attempt.name}: {outcome.expected}", outcome.as_expected,
                        f"{outcome.verdict}, {outcome.bytes_out} bytes and {outcome.names_out} names out, incident "
                        f"{outcome.incident}; {outcome.output}")
            if outcome.verdict == "block":
                checks.that(f"{outcome.attempt.name}: the person's terminal says so, and what to do",
                            "*** Modelward:" in outcome.told and "To read this again: modelward notices" in outcome.told,
                            repr(outcome.told))
            else:
                checks.that(f"{outcome.attempt.name}: the terminal is left alone", not outcome.told, repr(outcome.told))
            if outcome.incident:
                # Unless the console's clock and the kernel's differ, as they do not on one machine.
                delay = outcome.incident["received_ms"] - outcome.incident["first_ms"]
                checks.note(f"from the block to the console: {delay} ms")
        reads = [i for i in scenario.stack.incidents() if i["verdict"] == "alert" and i["sink"]["kind"] == "read"]
        checks.that("reading restricted weights raised alerts", bool(reads), "none")
        check_notices(checks, scenario)
        lost = {name: value for name, value in scenario.stack.host()["counters"].items() if "lost" in name and value}
        checks.that("no event was lost", not lost, lost)
        unexplained = scenario.counters_without_words()
        checks.that("the manual explains every counter", not unexplained, unexplained)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
