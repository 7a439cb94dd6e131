# SPDX-License-Identifier: Apache-2.0
"""Runs techniques against one console and one agent, and says what got out, one line a technique.

usage (in a guest, as root): suite.py --kernel NAME --results FOLDER [--sensor lsm|fmod_ret] [--only TEXT]...
                                      [--cases FOLDER] [--disk FOLDER]

Every technique runs twice, as a user of its own each time: with an unclassified file, which shows that it works, and
with the protected model. Exit 0 only if all was as expected. The results land in FOLDER as JSON.
"""
import argparse
import hashlib
import json
import os
import select
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from scenario import Scenario    # noqa: E402
from servers import Servers    # noqa: E402
from sinks import make_sinks    # noqa: E402
from shells import PROGRAMS, Shells    # noqa: E402
from stack import BIN, Failure, run, wait_for    # noqa: E402
from technique import Mistake, read_all    # noqa: E402
from world import APPROVED    # noqa: E402

CONTROL = 1536 * 1024
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

    def seconds(self):
        return (self.ended_ms - self.began_ms) / 1000

    def blocks(self):
        return [i for i in self.incidents if i["verdict"] == "block"]

    def reported(self):
        """What an unclassified file set off, which says how marks came to it."""
        return "".join(f"\n{i['verdict']}: {i['title']}: {' '.join(i['process']['args'])[:80]}, {i['path']}, "
                       f"{(i['artifact'] or {}).get('label')}" for i in self.incidents)

    def alerts(self):
        return {i["title"] for i in self.incidents if i["verdict"] == "alert"}


class Workstation(Scenario):
    """The servers outside run under the same kernel, which follows the model's bytes into them. What they answer comes
    back here and is approved, or all of them would fall silent once they had answered for a budget."""

    def pack(self):
        pack = super().pack()
        with open(pack / "lists/approved-destinations.yaml", "a", encoding="utf-8") as approved:
            approved.write("  - 198.51.100.1/32\n")
        for rule in (HERE / "rules").glob("*.yaml"):
            shutil.copy(rule, pack)
        return pack


class Suite(Shells):
    def __init__(self, scenario, servers, disk):
        super().__init__(scenario, servers, disk)
        self.sinks = make_sinks(scenario, PROGRAMS, HERE / "programs", disk)
        # Larger than every budget, and no larger: each technique carries it once.
        self.control = scenario.models / "control.bin"
        self.control.write_bytes((scenario.models / "public.safetensors").read_bytes()[:CONTROL])

    def play(self, technique, file):
        this = Run(began_ms=int(time.time() * 1000))
        user = next(self.users)
        try:
            self.attempt(technique, file, user, this)
        except (Failure, OSError, ValueError) as failure:
            this.trouble = str(failure)
        this.ended_ms = int(time.time() * 1000)
        self.end_all()
        self.clean(technique.cleanup, file, user)
        return this

    def attempt(self, technique, file, user, this):
        """Setup and command share a mount namespace, which ends with them; the sink is measured from between them."""
        sink = self.sinks[technique.sink]
        sink.clear()
        ready, go = os.pipe(), os.pipe()
        # Neither part may be in a list with || or &&, where set -e means nothing.
        script = (f'(set -e; eval "$SETUP")\n[[ $? == 0 ]] || {{ echo x >&{ready[1]}; exit 1; }}\n'
                  f'echo >&{ready[1]}; read -u {go[0]}; exec {ready[1]}>&- {go[0]}<&-; eval "$COMMAND"')
        process = self.spawn(["bash", "-c", script], file, user, pass_fds=(ready[1], go[0]),
                             environment={"SETUP": technique.setup, "COMMAND": technique.command})
        try:
            os.close(ready[1])
            # Not its end of file: what the setup started holds it open too.
            prepared, _, _ = select.select([ready[0]], [], [], technique.seconds)
            if not prepared or os.read(ready[0], 1) != b"\n":
                self.finish(process, 1)
                raise Failure("the setup failed: " + self.said())
            sink.start()
            os.write(go[1], b"\n")
            if self.finish(process, technique.seconds) is None:
                this.said = "(the time was up) "
            this.said += self.said()
        finally:
            for end in (ready[0], *go):
                os.close(end)
        self.end_all()
        this.names, this.bytes_out = sink.measure()

    def together(self, technique):
        files = (self.control, self.scenario.models / "model.safetensors")
        try:
            self.servers.need(technique.needs)
            for module in technique.modules:
                run("modprobe", module)
            runs = [self.play(technique, str(file)) for file in files]
        except Failure as failure:    # one technique's server or module is missing: the others go on
            now = int(time.time() * 1000)
            runs = [Run(now, now, trouble=str(failure))] * 2
        return (technique, *runs)

    def collect(self, played):
        """Gives every run the incidents of its time; the agent may still be delivering them."""
        wait_for("the agent to deliver its events", lambda: self.scenario.stack.status()["spool"]["events"] == 0, 120)
        time.sleep(1)
        incidents = self.scenario.stack.incidents()
        for _, control, attempt in played:
            for this in (control, attempt):
                this.incidents = [i for i in incidents if this.began_ms - 20 <= i["first_ms"] <= this.ended_ms + 20]


def judge(technique, expected, sensor, control, attempt):
    """(verdict, what is wrong or empty). Both from what was measured: a technique is blocked if at most the allowed
    bytes got out, a block is in the console, and the control shows that it would have worked."""
    most = expected.most + (FRAMING if technique.sink == "wire" and expected.most else 0)
    for this, name in ((control, "control"), (attempt, "attempt")):
        if this.trouble:
            return "error", f"{name}: {this.trouble}"
    if control.bytes_out < technique.control:
        return "error", f"the control got only {control.bytes_out} bytes out: {control.said}{control.reported()}"
    if control.blocks():
        return "error", f"the control was blocked ({control.blocks()[0]['title']})"
    through = attempt.bytes_out > most or (technique.sink == "stick" and attempt.names > technique.names_with(sensor))
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


def row_of(technique, expected, sensor, control, attempt):
    """What is kept of a technique."""
    verdict, wrong = judge(technique, expected, sensor, control, attempt)
    return {"group": technique.group, "name": technique.name, "what": technique.what, "attack": technique.attack,
            "channel": technique.channel, "sink": technique.sink, "verdict": verdict, "bytes_out": attempt.bytes_out,
            "control_bytes": control.bytes_out, "expected": expected.verdict, "most": expected.most,
            "why": expected.why, "alert": expected.alert, "as_expected": not wrong, "wrong": wrong,
            "control_seconds": control.seconds(), "attempt_seconds": attempt.seconds()}


def show(row):
    mark = "as expected" if row["as_expected"] else "UNEXPECTED"
    if row["as_expected"] and row["verdict"] == "allow":
        mark = "as expected: " + row["why"]
    print(f"{row['name'][:58]:<58} {row['verdict']:<7} {words(row['bytes_out']):>9} out, control "
          f"{words(row['control_bytes']):>9}  {row['control_seconds']:4.1f} s, {row['attempt_seconds']:4.1f} s  {mark}",
          flush=True)
    if row["wrong"]:
        print("    " + row["wrong"].replace("\n", "\n    "), flush=True)


def keep(path, kernel, sensor, rows):
    """Writes the results, with those of earlier runs of the same agent that this one did not repeat."""
    build = hashlib.sha256((BIN / "modelwardd").read_bytes()).hexdigest()[:12]
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if before.get("build") == build:
        new = {row["name"] for row in rows}
        rows = [row for row in before["results"] if row["name"] not in new] + rows
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"kernel": kernel, "release": os.uname().release, "sensor": sensor, "build": build,
                                "results": rows}, indent=1) + "\n", encoding="utf-8")


def second_stick():
    """The node of the second stick, without its file system."""
    nodes = os.environ.get("MODELWARD_USB", "").split()
    if len(nodes) < 2:
        raise Failure("the suite needs two USB sticks (tests/vm/run --usb 2)")
    run("umount", "/mnt/usb2", check=False)
    return nodes[1]


def chosen(options):
    techniques = [t for t in read_all(options.cases) if not t.kernels or options.kernel in t.kernels]
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
    # Whose answers the agent believes: servers.py answers there.
    Path("/etc/resolv.conf").write_text(f"nameserver {APPROVED}\n", encoding="ascii")
    started = time.monotonic()
    # These kernels would take a stronger sensor.
    forced = {"sensor": "fallback"} if options.sensor == "fallback" else None
    with Workstation(options.disk, "/mnt/usb1", agent_options=forced) as scenario:
        sensor = scenario.stack.host()["sensor"]
        if options.sensor and sensor != options.sensor:
            raise Failure(f"the agent enforces through {sensor}, not {options.sensor}")
        scenario.register()
        print(f"{len(techniques)} techniques on {options.kernel} ({os.uname().release}) through {sensor}; ready after "
              f"{time.monotonic() - started:.0f} s", flush=True)
        servers = Servers(scenario.folder / "servers")
        suite = Suite(scenario, servers, disk)
        try:
            played = []
            for technique in techniques:
                played.append(suite.together(technique))
                _, control, attempt = played[-1]
                print(f"... {technique.name}: {words(attempt.bytes_out)}, control {words(control.bytes_out)}, "
                      f"{control.seconds():.1f} s, {attempt.seconds():.1f} s",
                      file=sys.stderr, flush=True)
            suite.collect(played)
        finally:
            suite.end_all()
            servers.stop()
    rows = [row_of(t, t.expected(options.kernel, sensor), sensor, control, attempt) for t, control, attempt in played]
    # What is wrong comes first, where a log that is cut short still has it.
    for row in sorted(rows, key=lambda row: row["as_expected"]):
        show(row)
    surprises = [row["name"] for row in rows if not row["as_expected"]]
    print(f"{len(rows) - len(surprises)} of {len(rows)} as expected, {time.monotonic() - started:.0f} s"
          + "".join(f"\nUNEXPECTED: {name}" for name in surprises), flush=True)
    keep(Path(options.results) / f"{options.kernel}-{sensor}.json", options.kernel, sensor, rows)
    return 1 if surprises else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failure, Mistake) as failure:
        print(f"bypass: {failure}", file=sys.stderr)
        sys.exit(2)
