# SPDX-License-Identifier: Apache-2.0
"""Random work beside a protected model while rules are swapped and the agent is killed: enforcement is never off, nothing
is lost, nothing leaks and the kernel does not complain.

usage (in a guest, as root): soak.py [--minutes N] [--seed N] [--disk FOLDER] [--stick MOUNT]

The seed gives the same operations in the same workers and the same disturbances in the same order; how many of them fit
into the time depends on the machine. operations.py has them, tables.py what may be left in the kernel's tables.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import operations    # noqa: E402
import tables    # noqa: E402
from checks import Checks    # noqa: E402
from kernel_log import KernelLog    # noqa: E402
from scenario import BUDGET, PINS, Scenario    # noqa: E402
from stack import Failure, wait_for    # noqa: E402
from tally import NEVER, Tally, late_probes, problems    # noqa: E402

AT_ONCE = (True, True, False, False)    # workers: tainted or not
USERS = 8
FIRST_USER = 300_000
PROGRESS_SECONDS = 30
PYTHON = ["/usr/bin/python3", "-B"]     # -B: what a tainted process would compile is no work of ours


class Workers:
    """As many at a time as AT_ONCE has, each followed by the next, until finish()."""

    def __init__(self, scenario, seed):
        self.scenario, self.seed = scenario, seed
        self.results = scenario.folder / "results"
        self.results.mkdir()
        self.started = self.done = 0
        self.refused = {True: 0, False: 0}
        self.sent = {True: 0, False: 0}
        self.wrong = []
        self.running = {}    # number: (process, tainted)

    def start(self, tainted):
        number = self.started
        self.started += 1
        folder = self.scenario.work / f"worker{number}"
        folder.mkdir()
        with open(self.results / f"{number}.log", "wb") as log:
            process = subprocess.Popen(
                [*PYTHON, HERE / "worker.py", "tainted" if tainted else "untainted", f"{self.seed}/{number}", folder,
                 self.results / f"{number}.json", str(FIRST_USER + number % USERS)],
                env=self.scenario.environment(), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.running[number] = process, tainted

    def look(self, replace):
        """Takes in who has ended."""
        if not self.running and replace:
            for tainted in AT_ONCE:
                self.start(tainted)
        for number, (process, tainted) in list(self.running.items()):
            if process.poll() is None:
                continue
            del self.running[number]
            self.take_in(number, process.returncode, tainted)
            if replace:
                self.start(tainted)

    def take_in(self, number, code, tainted):
        result = self.results / f"{number}.json"
        if code == 0:
            report = json.loads(result.read_text(encoding="utf-8"))
            self.refused[tainted] += report["refused"]
            self.sent[tainted] += report["sent"]
            if report["wrong"]:
                self.wrong.append(f"worker {number}: {report['wrong']} wrong: {report['example']}")
        else:
            self.wrong.append(f"worker {number} ended with {code}: {(self.results / f'{number}.log').read_text()[-500:]}")
        self.done += 1
        result.unlink(missing_ok=True)
        (self.results / f"{number}.log").unlink()
        shutil.rmtree(self.scenario.work / f"worker{number}")

    def finish(self):
        def ended():
            self.look(replace=False)
            return not self.running

        wait_for("the last workers to end", ended, 120)

    def end(self):
        for process, _ in self.running.values():
            process.kill()
            process.wait()


class Prober:
    def __init__(self, scenario):
        self.log = scenario.folder / "probes"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([*PYTHON, HERE / "prober.py"], env=scenario.environment(), cwd="/",
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end(self):
        self.process.terminate()
        self.process.wait(60)

    def probes(self):
        """(began, ended, what came of it) of each so far."""
        lines = [line.split(" ", 2) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [(float(began), float(ended), said) for began, ended, said in lines]


class Disturber(threading.Thread):
    """Swaps rules and kills the agent until told to stop; leaves the first rules and a running agent behind."""

    def __init__(self, stack, seed):
        super().__init__(daemon=True)
        self.stack, self.seed = stack, seed
        self.rules = stack.call("GET", "/api/v1/rules")
        del self.rules["bundle_version"]
        self.stopping = threading.Event()
        self.swaps = self.kills = 0
        self.down = []
        self.failure = None

    def run(self):
        try:
            for disturbance in operations.disturbances(self.seed):
                if self.stopping.wait(disturbance.pause):
                    break
                self.disturb(disturbance)
            self.stack.call("PUT", "/api/v1/rules", self.rules)
            wait_for("the agent to enforce the first rules again", self.stack.agent_is_current, 120)
        except Exception as error:    # pylint: disable=broad-except    # told by whoever waits for this thread
            self.failure = error

    def disturb(self, disturbance):
        for _ in range(disturbance.rules):
            self.swaps += 1
            self.stack.call("PUT", "/api/v1/rules", changed(self.rules, self.swaps))
        if disturbance.kill:
            self.stack.kill_agent()
            began = time.time()
            time.sleep(disturbance.down)
            self.kills += 1
            self.stack.start_agent()
            self.down.append((began, time.time()))

    def finish(self):
        self.stopping.set()
        self.join(600)
        if self.failure or self.is_alive():
            raise Failure(f"the disturbances ended: {self.failure or 'they did not'}")


def changed(rules, number):
    """The same verdicts by other tables: one more approved address, that nobody uses, and half the budget's window at times."""
    def edit(document):
        text = document["text"]
        if document["name"].endswith("approved-destinations.yaml"):
            text = f"{text.rstrip()}\n  - 203.0.113.{number % 250 + 1}/32\n"
        if number % 2:
            text = text.replace("window: 24h", "window: 12h")
        return {**document, "text": text}

    return {**rules, "rules": [edit(document) for document in rules["rules"]],
            "lists": [edit(document) for document in rules["lists"]]}


def settle(scenario):
    """All that happened is told, and what was deleted is gone."""
    os.sync()
    scenario.stack.wait_scanned()
    wait_for("the agent to deliver its events", lambda: scenario.stack.status()["spool"]["events"] == 0, 120)


def counted(incidents):
    return sum(i["count"] for i in incidents if i["verdict"] == "block"), sum(i["count"] for i in incidents)


def soak(scenario, checks, log, minutes, seed):
    scenario.register()
    (Path(scenario.stick_mount) / "kept").write_bytes(b"")
    # What is learned once (of a disk, of a rule) and one swap and one restart come before the beginning is measured, so
    # that it is of the same kind as the end.
    scenario.shell("cp $MODEL $WORK/warm; cp $MODEL $STICK/; rm $WORK/warm")
    scenario.stack.publish_again()
    scenario.stack.kill_agent()
    scenario.stack.start_agent()
    settle(scenario)
    pins = scenario.agent_options["pin_dir"]
    before, host, first = tables.look(pins), scenario.stack.host()["counters"], scenario.last_incident()
    print(f"at the beginning: {before}", flush=True)

    workers, prober, disturber = Workers(scenario, seed), Prober(scenario), Disturber(scenario.stack, seed)
    started = time.monotonic()
    try:
        disturber.start()
        told = 0
        while (passed := time.monotonic() - started) < minutes * 60:
            workers.look(replace=True)
            log.read()
            if passed >= told + PROGRESS_SECONDS:
                told += PROGRESS_SECONDS
                print(f"{told:5} s: {workers.done} workers done, {sum(workers.refused.values())} calls refused, "
                      f"{len(prober.probes())} probes, {disturber.swaps} swaps, {disturber.kills} kills, "
                      f"{len(log.found)} complaints of the kernel", flush=True)
            if not disturber.is_alive():
                break
            time.sleep(0.2)
        workers.finish()
        disturber.finish()
    finally:
        workers.end()
        prober.end()

    probes = prober.probes()
    escaped = [probe for probe in probes if probe[2] != "refused"]
    checks.that(f"each of {len(probes)} copies to the stick was refused", probes and not escaped, escaped[:5])
    unwatched = late_probes([probe[:2] for probe in probes], disturber.down)
    checks.that(f"some of them in each of the {disturber.kills} times without an agent", not unwatched, unwatched)
    checks.that("only the file that was there before is on the stick", scenario.stick.contents() == (1, 0),
                scenario.stick.contents())
    checks.that(f"{workers.done} workers saw no wrong verdict", not workers.wrong, "\n       ".join(workers.wrong[:10]))
    checks.that("untainted ones sent beyond any budget", workers.sent[False] > BUDGET, workers.sent)
    checks.that("tainted ones sent no more than their users' budgets", workers.sent[True] <= USERS * BUDGET, workers.sent)
    outside = scenario.world.settled()
    checks.that("and no more arrived outside", outside <= sum(workers.sent.values()), (outside, workers.sent))

    refused = sum(workers.refused.values()) + len(probes)
    settle(scenario)

    def all_told():
        return counted(scenario.stack.incidents(first))[0] >= refused

    try:
        wait_for("the last reports", all_told, 30, 1)
    except Failure:
        pass    # told below, with the numbers
    time.sleep(3)    # a doubled report would arrive with the next batches
    settle(scenario)
    blocked, verdicts = counted(scenario.stack.incidents(first))
    counters = wait_for("the host's counters", lambda: scenario.stack.host()["counters"], 30)
    wrong = problems(Tally(refused, blocked, verdicts, counters, host))
    checks.that(f"the counters add up: {refused} refused, {verdicts} verdicts", not wrong, "; ".join(wrong))
    checks.note(", ".join(f"{name} {value}" for name, value in sorted(counters.items()) if value and name not in NEVER))

    sockets = workers.done * operations.STEPS * 4    # at most: both ends, and the connection both ways
    most = tables.bounds(before, USERS, sockets, verdicts)
    try:
        wait_for("the tables to empty", lambda: not tables.above(tables.look(pins), most), 15, 1)
    except Failure:
        pass    # told below, with the numbers
    now = tables.look(pins)
    checks.that("the kernel's tables are no fuller than before, as far as tables.py says", not tables.above(now, most),
                "; ".join(tables.above(now, most)))
    checks.note(f"at the end: {now}")
    log.read()
    checks.that("the kernel did not complain", not log.found, "\n       ".join(log.found[:20]))
    checks.note(f"{workers.done} workers of {operations.STEPS} steps, {len(probes)} probes, {disturber.swaps} swaps of the "
                f"rules, {disturber.kills} kills of the agent in {time.monotonic() - started:.0f} s; seed {seed}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--disk", default="/mnt/disk")
    parser.add_argument("--stick", default="/mnt/usb1")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    checks, log = Checks(), KernelLog()
    with Scenario(options.disk, options.stick) as scenario:
        soak(scenario, checks, log, options.minutes, options.seed)
    return checks.finish()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"soak: {failure}", file=sys.stderr)
        sys.exit(2)
