# SPDX-License-Identifier: Apache-2.0
"""What must survive: a killed agent, a console that is away, a full disk, bad bundles, bad rules, hostile files.

usage (in a guest, as root): resilience_test.py [--disk FOLDER] [--stick MOUNT]
"""
import argparse
import json
import shutil
import struct
import subprocess
import sys
import time

from attempts import Attempt
from checks import Checks
from scenario import Scenario
from stack import BIN, Failure, run, wait_for

COPY = Attempt("cp", "removable", "cp $MODEL $STICK/")
REFUSALS = 1000
# REFUSALS processes, each refused once: like reports of one process are merged in the kernel, these may not be.
FLOOD = f"""/usr/bin/python3 -c '
import os, sys
open(sys.argv[1], "rb").read(1 << 20)
refused = 0
for number in range({REFUSALS}):
    child = os.fork()
    if child == 0:
        try:
            open(sys.argv[2] + "/flood", "wb")
        except PermissionError:
            os._exit(9)
        os._exit(0)
    refused += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
print(refused)
' $MODEL $STICK"""


def killed_agent(scenario, checks):
    before = scenario.last_incident()
    scenario.stack.kill_agent()
    done = scenario.shell(COPY.command)
    checks.that("with the agent killed, cp to the stick is still refused", scenario.verdict_of(done) == "block",
                done.stderr)
    checks.that("and nothing is on the stick", scenario.stick.contents() == (0, 0), scenario.stick.contents())
    scenario.stack.start_agent()
    wait_for("the incident of the time without an agent", lambda: scenario.block_since(before))
    time.sleep(3)    # a doubled event would arrive with the next batches
    blocks = [i for i in scenario.stack.incidents(before) if i["verdict"] == "block"]
    counts = [sum(event["count"] for event in scenario.stack.call("GET", f"/api/v1/incidents/{i['id']}")["events"])
              for i in blocks]
    checks.that("after the restart its incident is in the console, once", len(blocks) == 1, blocks)
    checks.that("and its count equals its events", [i["count"] for i in blocks] == counts, (blocks, counts))
    checks.that("the new agent took the enforcement over", scenario.stack.status()["sensor"]["adopted"],
                scenario.stack.status())


def console_away(scenario, checks):
    before = scenario.last_incident()
    started = time.monotonic()
    scenario.stack.stop_console()
    refused = scenario.shell(FLOOD).stdout.strip()
    checks.that(f"{REFUSALS} operations are refused while the console is away", refused == str(REFUSALS), refused)
    depth = scenario.stack.status()["spool"]["events"]
    checks.that("the events wait in the spool", depth >= REFUSALS, depth)
    time.sleep(max(0.0, 60 - (time.monotonic() - started)))
    scenario.stack.start_console()
    scenario.stack.sign_in()
    wait_for("the spool to drain", lambda: scenario.stack.status()["spool"]["events"] == 0, 120)
    blocks = [i for i in scenario.stack.incidents(before) if i["verdict"] == "block"]
    total = sum(i["count"] for i in blocks)
    checks.that("after a minute none is lost and none doubled", total == REFUSALS, total)
    lost = {name: value for name, value in scenario.stack.host()["counters"].items() if "lost" in name and value}
    checks.that("no loss counter moved", not lost, lost)


def full_disk(scenario, checks):
    """The agent's state folder is a small file system of its own, see main()."""
    before = scenario.last_incident()
    ballast = scenario.stack.agent_state / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    flood = scenario.shell(FLOOD)
    checks.that("with the disk full under the spool, everything is still refused",
                flood.stdout.strip() == str(REFUSALS), flood.stdout + flood.stderr)
    checks.that("the agent lives", scenario.stack.agent.poll() is None, scenario.stack.agent.poll())
    ballast.unlink()
    wait_for("the events of the full disk", lambda: sum(
        i["count"] for i in scenario.stack.incidents(before) if i["verdict"] == "block") >= REFUSALS, 120)
    total = sum(i["count"] for i in scenario.stack.incidents(before) if i["verdict"] == "block")
    checks.that("when there is room again, no block is missing or doubled", total == REFUSALS, total)


def bad_rules(scenario, checks):
    version = scenario.stack.bundle_version()
    broken = scenario.folder / "broken-pack"
    shutil.copytree(scenario.folder / "pack", broken)
    rule = next(broken.glob("removable*.yaml"))
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text.replace("artifact.class", "artifact.clas", 1), encoding="utf-8")
    line = text[:text.index("artifact.class")].count("\n") + 1
    published = run(BIN / "modelward", "rules", "publish", broken, check=False, env=scenario.stack.environment)
    said = published.stdout + published.stderr
    checks.that("a rule with a misspelt field is refused", published.returncode not in (0, None), said)
    checks.that("with file and line", f"{rule.name}:{line}" in said, said)
    checks.that("and what was meant", "artifact.class" in said, said)
    checks.that("the rules in force stay", scenario.stack.bundle_version() == version)


def hostile_files(scenario, checks):
    model = (scenario.models / "model.safetensors").read_bytes()
    hostile = {
        "truncated.safetensors": model[:len(model) // 2 + 3],
        "endless.safetensors": struct.pack("<Q", 1 << 60) + model[8:],
        "million-million.gguf": b"GGUF" + struct.pack("<IQQ", 3, 1 << 40, 0) + bytes(64),
    }
    outside = scenario.folder / "hostile"
    outside.mkdir()
    for name, content in hostile.items():
        path = outside / name
        path.write_bytes(content)
        done = run(BIN / "modelward", "fingerprint", path, check=False)
        checks.that(f"{name} gives a clear error", done.returncode == 2 and name in done.stderr, (done.returncode, done.stderr))
        checks.note(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "(nothing said)")
        shutil.copyfile(path, scenario.models / name)    # and into a watched tree
    shutil.copyfile(scenario.models / "model.safetensors", scenario.models / "fresh.bin")
    scenario.stack.wait_scanned()
    checks.that("the agent survives them in a watched tree", scenario.stack.agent.poll() is None)
    outcome = scenario.play(Attempt("cp a copy that arrived with them", "removable", "cp $(dirname $MODEL)/fresh.bin $STICK/"), "block")
    checks.that("and goes on recognising", outcome.as_expected, outcome)


def refused_bundles(scenario, checks):
    """A console that was restored from a backup (older version), then one whose signing key was swapped."""
    stack = scenario.stack
    in_force = stack.host()["bundle_version"]
    stack.stop_console()
    backup = scenario.folder / "console-backup"
    shutil.copytree(stack.console_state, backup)
    stack.start_console()
    stack.sign_in()
    newer = stack.publish_again()
    checks.that("bundles are numbered upwards", newer > in_force, (in_force, newer))
    wait_for("the agent to take the newer bundle", lambda: stack.host()["bundle_version"] == newer, 60)
    stack.stop_console()
    shutil.rmtree(stack.console_state)
    shutil.copytree(backup, stack.console_state)
    stack.start_console()
    stack.sign_in()
    error = wait_for("the older bundle to be refused", lambda: stack.host()["bundle_error"], 60)
    checks.that("an older bundle is refused, and the console shows why", "older" in error or "version" in error, error)
    checks.that("the newer one stays in force", stack.host()["bundle_version"] == newer, stack.host())
    outcome = scenario.play(COPY, "block")
    checks.that("and is enforced", outcome.as_expected, outcome)

    stack.stop_console()
    other = scenario.folder / "other-console"
    run(BIN / "modelward-console", "init", "--state-dir", other, "--hostname", "localhost", "--admin-password-file",
        stack.folder / "admin-password", "--rules", scenario.folder / "pack")
    for key in other.glob("*bundle*"):
        shutil.copy2(key, stack.console_state / key.name)
    stack.start_console()
    stack.sign_in()
    while stack.publish_again() <= newer:
        pass
    error = wait_for("the forged bundle to be refused", lambda: "sign" in stack.host()["bundle_error"]
                     and stack.host()["bundle_error"], 60)
    checks.that("a bundle with a wrong key is refused, and the console shows why", bool(error), error)
    checks.that("the old one stays in force", stack.host()["bundle_version"] == newer, stack.host())
    checks.that("and is enforced", scenario.play(COPY, "block").as_expected)


class SmallStateScenario(Scenario):
    """The agent's state lies on a file system of 24 MiB, so that it can be filled."""

    def __enter__(self):
        state = self.folder / "stack/agent"
        state.mkdir(parents=True)
        run("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "modelward-state", state)
        self.closing.callback(subprocess.run, ["umount", "-l", str(state)], check=False)
        return super().__enter__()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--disk", default="/mnt/disk")
    parser.add_argument("--stick", default="/mnt/usb1")
    options = parser.parse_args()
    checks = Checks()
    with SmallStateScenario(options.disk, options.stick) as scenario:
        scenario.register()
        for part in (killed_agent, console_away, full_disk, bad_rules, hostile_files, refused_bundles):
            print(f"-- {part.__name__.replace('_', ' ')}", flush=True)
            try:
                part(scenario, checks)
            except (Failure, json.JSONDecodeError) as failure:
                checks.that(f"{part.__name__} ran to its end", False, failure)
                scenario.stack.show_logs()
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
