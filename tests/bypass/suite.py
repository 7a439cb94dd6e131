# SPDX-License-Identifier: Apache-2.0
"""Runs techniques against one console and one agent, and says what got out, one line a technique.

usage (in a guest, as root): suite.py --kernel NAME --results FOLDER [--sensor lsm|fmod_ret] [--only TEXT]...
                                      [--cases FOLDER] [--disk FOLDER]

Every technique runs twice, as a user of its own each time: with an unclassified file, which shows that it works, and
with the protected model. Exit 0 only if all was as expected. The results land in FOLDER as JSON.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from scenario import Scenario    # noqa: E402
from servers import Servers    # noqa: E402
from sinks import make_sinks    # noqa: E402
from stack import ROOT, Failure, run, wait_for    # noqa: E402
from technique import Mistake, read_all    # noqa: E402

PROGRAMS = ROOT / "build/release/bypass"
CGROUP = Path("/sys/fs/cgroup/modelward-bypass")
FIRST_USER = 200_000
FRAMING = 24 * 1024    # what a protocol's own handshakes and headers may add to a budget on the wire


@dataclass
class Run:
    """One of a technique's two runs."""
    began_ms: int
    ended_ms: int = 0
    names: int = 0
    bytes_out: int = 0
    said: str = ""
    trouble: str = ""      # the setup failed, or the sink could not be measured
    incidents: list = field(default_factory=list)

    def blocks(self):
        return [i for i in self.incidents if i["verdict"] == "block"]

    def alerts(self):
        return {i["title"] for i in self.incidents if i["verdict"] == "alert"}


class Suite:
    def __init__(self, scenario, servers, sinks):
        self.scenario, self.servers, self.sinks = scenario, servers, sinks
        self.users = iter(range(FIRST_USER, 1 << 30))

    def environment(self, file):
        return {**self.scenario.environment(), **self.servers.environment(), "FILE": file, "P": str(PROGRAMS),
                "PY": f"/usr/bin/python3 {HERE}/programs", "RAW": self.sinks["disk"].node,
                "SERIAL": "/dev/ttyS0", "OUTSIDE": "ip netns exec modelward-outside", "HOME": str(self.scenario.work)}

    def shell(self, script, file, user, seconds):
        """In a control group, so that all it started can be ended, and under a login of its own, so that no other
        technique has used up its budget."""
        def enter():
            (CGROUP / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
            Path("/proc/self/loginuid").write_text(str(user), encoding="ascii")

        process = subprocess.Popen(script, env=self.environment(file), cwd="/", stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=enter,
                                   start_new_session=True)
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            (CGROUP / "cgroup.kill").write_text("1", encoding="ascii")
            said, _ = process.communicate()
            said += b"\n(time is up)"
        return process.returncode, said.decode(errors="replace").strip()[-2000:]

    def end_all(self):
        (CGROUP / "cgroup.kill").write_text("1", encoding="ascii")
        wait_for("what the technique started to end", lambda: "populated 0" in
                 (CGROUP / "cgroup.events").read_text(encoding="ascii"), 30, 0.02)

    def play(self, technique, file):
        sink = self.sinks[technique.sink]
        user = next(self.users)
        sink.start()
        this = Run(began_ms=int(time.time() * 1000))
        try:
            # Mounts of a technique are its own and end with it.
            marker = "(the setup failed)"
            script = f"bash -ec \"$SETUP\" || {{ echo '{marker}'; exit 99; }}; exec bash -c \"$COMMAND\""
            os.environ.update(SETUP=technique.setup, COMMAND=technique.command)
            code, this.said = self.shell(["unshare", "-m", "bash", "-c", script], file, user, technique.seconds)
            if code == 99 and marker in this.said:
                this.trouble = this.said
            self.end_all()
            this.names, this.bytes_out = sink.measure()
        except (Failure, OSError, ValueError) as failure:
            this.trouble = str(failure)
        this.ended_ms = int(time.time() * 1000)
        self.clean(technique, file, user)
        return this

    def clean(self, technique, file, user):
        if technique.cleanup:
            self.shell(["bash", "-c", technique.cleanup], file, user, 30)
            self.end_all()
        for left in self.scenario.work.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()

    def together(self, technique):
        self.servers.need(technique.needs)
        for module in technique.modules:
            run("modprobe", module)
        started = time.monotonic()
        runs = [self.play(technique, str(self.scenario.models / name)) for name in ("public.safetensors", "model.safetensors")]
        return (technique, *runs, time.monotonic() - started)

    def collect(self, played):
        """Gives every run the incidents of its time; the agent may still be delivering them."""
        wait_for("the agent to deliver its events", lambda: self.scenario.stack.status()["spool"]["events"] == 0, 120)
        time.sleep(1)
        incidents = self.scenario.stack.incidents()
        for _, control, attempt, _ in played:
            for this in (control, attempt):
                this.incidents = [i for i in incidents if this.began_ms - 20 <= i["first_ms"] <= this.ended_ms + 20]


def judge(technique, expected, control, attempt):
    """(verdict, what is wrong or empty). Both from what was measured: a technique is blocked if at most the allowed
    bytes got out, a block is in the console, and the control shows that it would have worked."""
    most = expected.most + (FRAMING if technique.sink == "wire" and expected.most else 0)
    for this, name in ((control, "control"), (attempt, "attempt")):
        if this.trouble:
            return "error", f"{name}: {this.trouble}"
    if control.bytes_out < technique.control:
        return "error", f"the control got only {control.bytes_out} bytes out: {control.said}"
    if control.blocks():
        return "error", f"the control was blocked ({control.blocks()[0]['title']})"
    through = attempt.bytes_out > most or (technique.sink == "stick" and attempt.names > technique.names)
    verdict = "allow" if through else "block" if attempt.blocks() else "nothing"
    if verdict != expected.verdict:
        return verdict, f"wanted {expected.verdict}; {attempt.names} names; {attempt.said}"
    if expected.verdict == "allow" and expected.alert not in attempt.alerts():
        return verdict, f"the alert '{expected.alert}' did not fire, only {sorted(attempt.alerts())}"
    return verdict, ""


def words(count):
    for unit, size in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def report(technique, expected, control, attempt, seconds):
    verdict, wrong = judge(technique, expected, control, attempt)
    mark = "as expected" if not wrong else "UNEXPECTED"
    if not wrong and verdict == "allow":
        mark = "as expected: " + expected.why
    print(f"{technique.name[:58]:<58} {verdict:<7} {words(attempt.bytes_out):>9} out, control {words(control.bytes_out):>9}"
          f"  {seconds:4.1f} s  {mark}", flush=True)
    if wrong:
        print("    " + wrong.replace("\n", "\n    "), flush=True)
    return {"group": technique.group, "name": technique.name, "what": technique.what, "attack": technique.attack,
            "channel": technique.channel, "sink": technique.sink, "verdict": verdict, "bytes_out": attempt.bytes_out,
            "control_bytes": control.bytes_out, "expected": expected.verdict, "most": expected.most,
            "why": expected.why, "alert": expected.alert, "as_expected": not wrong, "wrong": wrong,
            "seconds": round(seconds, 1)}


def second_stick():
    """The node of the second stick, without its file system."""
    nodes = os.environ.get("MODELWARD_USB", "").split()
    if len(nodes) < 2:
        raise Failure("the suite needs two USB sticks (tests/vm/run --usb 2)")
    run("umount", "/mnt/usb2", check=False)
    return nodes[1]


def chosen(options):
    techniques = read_all(options.cases)
    if options.only:
        techniques = [t for t in techniques if any(text in f"{t.group}/{t.name}" for text in options.only)]
    if not techniques:
        raise Failure("no technique has such a name")
    return techniques


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--sensor")
    parser.add_argument("--results", required=True)
    parser.add_argument("--cases", default=HERE / "techniques")
    parser.add_argument("--only", action="append")
    parser.add_argument("--disk", default="/mnt/disk")
    options = parser.parse_args()
    techniques = chosen(options)
    disk = second_stick()
    CGROUP.mkdir(exist_ok=True)
    started = time.monotonic()
    with Scenario(options.disk, "/mnt/usb1") as scenario:
        sensor = scenario.stack.host()["sensor"]
        if options.sensor and sensor != options.sensor:
            raise Failure(f"the agent enforces through {sensor}, not {options.sensor}")
        scenario.register()
        print(f"{len(techniques)} techniques on {options.kernel} ({os.uname().release}) through {sensor}; ready after "
              f"{time.monotonic() - started:.0f} s", flush=True)
        servers = Servers(scenario.folder / "servers")
        suite = Suite(scenario, servers, make_sinks(scenario, PROGRAMS, HERE / "programs", disk))
        try:
            played = []
            for technique in techniques:
                print(f"... {technique.name}", file=sys.stderr, flush=True)
                played.append(suite.together(technique))
            suite.collect(played)
        finally:
            suite.end_all()
            servers.stop()
    rows = [report(t, t.expected(options.kernel, sensor), control, attempt, seconds)
            for t, control, attempt, seconds in played]
    good = sum(row["as_expected"] for row in rows)
    print(f"{good} of {len(rows)} as expected, {time.monotonic() - started:.0f} s", flush=True)
    folder = Path(options.results)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{options.kernel}-{sensor}.json").write_text(json.dumps(
        {"kernel": options.kernel, "release": os.uname().release, "sensor": sensor, "complete": not options.only,
         "results": rows}, indent=1) + "\n", encoding="utf-8")
    return 0 if good == len(rows) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failure, Mistake) as failure:
        print(f"bypass: {failure}", file=sys.stderr)
        sys.exit(2)
