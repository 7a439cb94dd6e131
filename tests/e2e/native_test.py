# SPDX-License-Identifier: Apache-2.0
"""The fallback sensor on this host: verdicts, and what becomes of them when the agent dies, returns and is removed.

usage (as root): native_test.py     Exit 77 (skipped) where this host has no cgroup2 hierarchy.
"""
import os
import subprocess
import sys
import tempfile

from checks import Checks
from native import cgroup2_root
from scenario import Scenario
from stack import BIN, run, wait_for
from world import STRANGER

# Reads the file named first (if any), then for each line on its input tries to connect and says how that went.
PROBE = """
import socket, sys
if sys.argv[2]: open(sys.argv[2], "rb").read()
print("ready", flush=True)
for line in sys.stdin:
    try:
        socket.create_connection((sys.argv[1], 9000), timeout=10).close()
        print("connected", flush=True)
    except OSError as error:
        print(error.strerror, flush=True)
"""
# Past any budget to a stranger, from wherever it runs.
SEND = ("import socket,sys; w=open(sys.argv[2],'rb').read(); s=socket.create_connection((sys.argv[1],9000)); "
        "s.sendall(w); s.close()")


class Probe:
    """A process that lives on while the agent comes and goes."""

    def __init__(self, scenario, path):
        self.process = subprocess.Popen(
            [*scenario.world.inside, sys.executable, "-c", PROBE, STRANGER, str(path)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, preexec_fn=scenario.native.enter)
        self.process.stdout.readline()

    def connect(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)


def links():
    return subprocess.run(["bpftool", "-j", "link", "show"], capture_output=True, text=True, check=True).stdout


def check(checks, scenario):
    model = scenario.models / "model.safetensors"
    scenario.register()
    for outcome in scenario.play_all():
        checks.that(f"{outcome.attempt.name}: {outcome.expected}", outcome.as_expected,
                    f"{outcome.verdict}, {outcome.bytes_out} bytes out, incident {outcome.incident}; {outcome.output}")
        checks.that(f"{outcome.attempt.name}: the terminal is told if it was stopped",
                    ("*** Modelward:" in outcome.told) == (outcome.verdict == "block"),
                    f"{outcome.told!r}, {scenario.told_counters()}")
    counters = scenario.stack.host()["counters"]
    lost = {name: value for name, value in counters.items() if ("lost" in name or "late" in name) and value}
    checks.that("nothing was lost or late", not lost, lost)
    unexplained = scenario.counters_without_words()
    checks.that("the manual explains every counter", not unexplained, unexplained)
    spots = scenario.stack.status()["blind_spots"]
    of_root = [spot for spot in spots if spot.startswith("Root against the agent:")]
    checks.that("it says that this sensor has no guard, not that the guard is off",
                of_root == ["Root against the agent: the sensor fallback cannot guard it."], spots)
    checks.that("opens were held and judged", counters["opens_judged"] > 0, counters)
    incident = scenario.stack.incidents()[0]
    checks.that("an incident names who started it", bool(incident), incident)

    outside = subprocess.run([*scenario.world.inside, sys.executable, "-c", SEND, STRANGER, str(model)],
                             capture_output=True, text=True, check=False)
    checks.that("a process outside the cgroup is not judged", outside.returncode == 0, outside.stderr)

    # The uploads above have used the budget up: connections of a tainted process are refused for a minute.
    tainted, innocent = Probe(scenario, model), Probe(scenario, "")
    refused = "Operation not permitted"
    seen = tainted.connect()
    checks.that("a tainted process cannot connect", seen == refused, seen)
    seen = innocent.connect()
    checks.that("another one can", seen == "connected", seen)

    scenario.stack.kill_agent()
    seen = tainted.connect()
    checks.that("the agent is killed: a process that was tainted stays refused", seen == refused, seen)
    late = Probe(scenario, model)
    seen = late.connect()
    checks.that("the agent is killed: who reads now is not tainted, as is written in docs/assurance.md",
                seen == "connected", seen)
    late.end()

    scenario.stack.start_agent()
    status = [BIN / "modelward", "status", "--config", scenario.stack.config]
    wait_for("the agent to answer", lambda: subprocess.run(status, capture_output=True, check=False).returncode == 0)
    scenario.stack.wait_scanned()
    checks.that("the next agent takes enforcement over", scenario.stack.status()["sensor"]["adopted"])
    later = Probe(scenario, model)
    seen = later.connect()
    checks.that("and holds opens of labelled files again", seen == refused, seen)
    for probe in (tainted, innocent, later):
        probe.end()

    scenario.stack.agent.terminate()
    scenario.stack.agent.wait(30)
    run(BIN / "modelwardd", "--config", scenario.stack.config, "--remove")
    checks.that("removed: no pin stays", not os.path.exists(scenario.native.options["pin_dir"]))


def main():
    if cgroup2_root() is None:
        print("skipped: no cgroup2 hierarchy is mounted here")
        return 77
    checks = Checks()
    before = links()
    with tempfile.TemporaryDirectory() as folder, Scenario(folder, None, native=True) as scenario:
        sensor = scenario.sensor
        checks.that("the agent enforces through fallback", sensor == "fallback", sensor)
        check(checks, scenario)
    checks.that("no BPF link stays", links() == before, links())
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
