# SPDX-License-Identifier: Apache-2.0
"""Root against a guarded agent: what is refused, what a maintenance token opens, and what root can still do.

usage (in a guest, as root): guard_test.py [--disk FOLDER] [--stick MOUNT]
"""
import argparse
import json
import sys
from pathlib import Path

from attempts import Attempt
from checks import Checks
from scenario import PINS, Scenario
from stack import BIN, Failure, run, wait_for

COPY = Attempt("cp", "removable", "cp $MODEL $STICK/")
CGROUP = Path("/sys/fs/cgroup/modelward-agent")
TAMPERING = "Tampering with the Modelward agent"


def tampering(scenario, since, operation):
    return [i for i in scenario.stack.incidents(since)
            if i["title"] == TAMPERING and i["operation"] == operation and i["verdict"] == "block"]


def said(scenario, text):
    host = scenario.stack.host()["id"]
    return any(text in event["reason"] for event in scenario.stack.call("GET", f"/api/v1/hosts/{host}/events")["events"])


def ended(scenario, since, agent):
    """The incident of an agent that did not end itself."""
    return wait_for("the incident", lambda: [
        i for i in scenario.stack.incidents(since)
        if i["title"] == TAMPERING and i["operation"] == "ended" and i["level"] == "high" and i["process"]["pid"] == agent], 30)


def refused(checks, scenario, what, operation, *command):
    before = scenario.last_incident()
    done = run(*command, check=False)
    checks.that(f"root cannot {what}", done.returncode != 0, done.stdout + done.stderr)
    try:
        found = wait_for("the incident", lambda: tampering(scenario, before, operation), 30)
        checks.that(f"and the console has an incident of it ({operation})", found[0]["level"] == "high", found)
        return found[0]
    except Failure:
        checks.that(f"and the console has an incident of it ({operation})", False, scenario.stack.incidents(before))
    return None


def attacks(scenario, checks):
    agent = scenario.stack.agent.pid
    state = scenario.stack.agent_state
    checks.that("the guard is on", scenario.stack.status()["guard"]["on"], scenario.stack.status()["guard"])
    incident = refused(checks, scenario, "kill the agent", "kill", "/bin/kill", "-9", agent)
    checks.that("which names the culprit", incident and incident["process"]["name"] in ("kill", "busybox"), incident)
    refused(checks, scenario, "remove the pins", "unlink", "/bin/rm", "-rf", "/sys/fs/bpf/modelward-demo/links")
    refused(checks, scenario, "mount over the pins", "mount", "/bin/mount", "-t", "tmpfs", "none", "/sys/fs/bpf")
    refused(checks, scenario, "read the agent's key", "read", "/bin/cat", state / "host.pem")
    refused(checks, scenario, "change the configuration", "write", "/bin/sh", "-c", f"echo >>{scenario.stack.config}")
    refused(checks, scenario, "kill its control group", "write", "/bin/sh", "-c", f"echo 1 >{CGROUP}/cgroup.kill")
    refused(checks, scenario, "freeze its control group", "write", "/bin/sh", "-c", f"echo 1 >{CGROUP}/cgroup.freeze")
    for words in (["--stop"], ["--remove"]):
        done = run(BIN / "modelwardd", "--config", scenario.stack.config, *words, check=False)
        checks.that(f"modelwardd {words[0]} takes a token", done.returncode == 1, (done.returncode, done.stderr))
    other = scenario.folder / "other.json"
    other.write_text(json.dumps({"pin_dir": PINS}))
    done = run(BIN / "modelwardd", "--config", other, "--remove", check=False)
    checks.that("and so it does with another configuration", done.returncode == 1, (done.returncode, done.stderr))
    checks.that("the agent lives", scenario.stack.agent.poll() is None)


def beyond(scenario, checks):
    """What root can still do: the console notices, and enforcement goes on."""
    elsewhere = Path("/sys/fs/cgroup/elsewhere")
    elsewhere.mkdir()
    (elsewhere / "cgroup.procs").write_text(str(scenario.stack.agent.pid))
    (elsewhere / "cgroup.freeze").write_text("1")
    wait_for("the console to miss the host", lambda: not scenario.stack.host()["online"], 120)
    checks.that("an agent that was moved to another control group and frozen is missed by the console", True)
    done = scenario.shell(COPY.command)
    checks.that("and cp to the stick is still refused", scenario.verdict_of(done) == "block", done.stderr)
    (elsewhere / "cgroup.freeze").write_text("0")
    if not comes_back(scenario):    # frozen for longer than an agent may hang: it ended itself
        scenario.stack.start_agent()
        (elsewhere / "cgroup.procs").write_text(str(scenario.stack.agent.pid))

    before, killed = scenario.last_incident(), scenario.stack.agent.pid
    (elsewhere / "cgroup.kill").write_text("1")
    scenario.stack.agent.wait(30)
    wait_for("the console to miss the host", lambda: not scenario.stack.host()["online"], 120)
    checks.that("one that was killed with its control group is missed as well", True)
    done = scenario.shell(COPY.command)
    checks.that("and cp is still refused", scenario.verdict_of(done) == "block", done.stderr)
    done = run(BIN / "modelwardd", "--config", scenario.stack.config, "--remove", check=False)
    checks.that("without an agent, --remove still takes a token", done.returncode == 1, (done.returncode, done.stderr))
    done = run("/bin/rm", "-rf", "/sys/fs/bpf/modelward-demo/links", check=False)
    checks.that("and the pins stay", done.returncode != 0 and Path("/sys/fs/bpf/modelward-demo/links/file_open").exists())
    scenario.stack.start_agent()
    checks.that("the next agent is not locked out", scenario.stack.status()["sensor"]["adopted"])
    checks.that("and makes an incident of how the last one ended", ended(scenario, before, killed))

    before, killed = scenario.last_incident(), scenario.stack.agent.pid
    Path(f"/proc/{killed}/oom_score_adj").write_text("1000")
    Path("/proc/sysrq-trigger").write_text("f")
    scenario.stack.agent.wait(60)
    scenario.stack.start_agent()
    found = ended(scenario, before, killed)
    checks.that("also when root had the kernel kill it for want of memory", len(found) == 1, found)

    done = run("/bin/unshare", "-m", "/bin/sh", "-c", "mount -t tmpfs none /sys/fs/bpf && ls /sys/fs/bpf", check=False)
    checks.that("in a mount namespace of its own, root hides the pins from itself only", done.returncode == 0
                and Path("/sys/fs/bpf/modelward-demo/links/file_open").exists(), done.stderr)


def comes_back(scenario):
    try:
        return wait_for("the host", lambda: scenario.stack.agent.poll() is not None or scenario.stack.host()["online"],
                        60) and scenario.stack.agent.poll() is None
    except Failure:
        return False


def maintenance(scenario, checks):
    stack = scenario.stack
    host = stack.host()["id"]
    made = run(BIN / "modelward", "maintenance-token", host, "--for", "10m", "--reason", "a new disk", check=False,
               env=stack.environment)
    token = made.stdout.strip()
    checks.that("the console makes a token", token.startswith("mwm1."), made.stdout + made.stderr)
    wrong = run(BIN / "modelward", "maintenance", "--config", stack.config, "--token", token[:-8] + "AAAAAAAA", check=False)
    checks.that("a changed token is refused", wrong.returncode == 2, wrong.stderr)
    right = run(BIN / "modelward", "maintenance", "--config", stack.config, "--token", token, check=False)
    checks.that("the token opens the guard", right.returncode == 0, right.stderr)
    again = run(BIN / "modelward", "maintenance", "--config", stack.config, "--token", token, check=False)
    checks.that("and not twice", again.returncode == 2, again.stderr)
    wait_for("the console to hear of it", lambda: said(scenario, "a new disk"), 30)
    checks.that("the console hears of it, with the reason", True)
    stop = run(BIN / "modelwardd", "--config", stack.config, "--stop", "--why", "a test", check=False)
    checks.that("the agent stops", stop.returncode == 0 and stack.agent.wait(30) == 0, stop.stderr)
    wait_for("the console to hear of it", lambda: said(scenario, "The agent stops (a test)"), 30)
    checks.that("which is an event too", True)
    end = run(BIN / "modelwardd", "--config", stack.config, "--remove", check=False)
    checks.that("and enforcement ends", end.returncode == 0 and not Path("/sys/fs/bpf/modelward-demo").exists(), end.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--disk", default="/mnt/disk")
    parser.add_argument("--stick", default="/mnt/usb1")
    options = parser.parse_args()
    checks = Checks()
    CGROUP.mkdir(exist_ok=True)
    with Scenario(options.disk, options.stick, agent_options={"guard": "on"}, agent_cgroup=CGROUP) as scenario:
        scenario.register()
        for part in (attacks, beyond, maintenance):
            print(f"-- {part.__name__}", flush=True)
            try:
                part(scenario, checks)
            except Failure as failure:
                checks.that(f"{part.__name__} ran to its end", False, failure)
                scenario.stack.show_logs()
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
