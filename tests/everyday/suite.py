# SPDX-License-Identifier: Apache-2.0
"""A day's ordinary work beside a protected model: everything works, nothing is blocked, nobody is alarmed.

usage (in a guest, as root): suite.py --kernel NAME --results FOLDER [--sensor lsm|fmod_ret] [--only TEXT]...

One file a case, as those of tests/bypass: name, what, command, and optionally needs, modules, setup, cleanup, seconds.
The command must exit with 0. While it runs no incident may be a block or an alert of level high or critical.
"""
import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "bypass"), str(HERE.parent / "e2e")]

import yaml    # noqa: E402

from scenario import Scenario    # noqa: E402
from servers import Servers    # noqa: E402
from shells import Shells    # noqa: E402
from stack import Failure, run, wait_for    # noqa: E402
from technique import Mistake, known, need, texts    # noqa: E402

TEXT = {"name": True, "what": True, "command": True, "setup": False, "cleanup": False}


@dataclass(frozen=True)
class Case:
    name: str
    what: str
    command: str
    setup: str = ":"
    cleanup: str = ""
    needs: tuple = ()
    modules: tuple = ()
    seconds: int = 60


def read_case(text):
    """The case that a file's text holds; raises Mistake with the reason."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Mistake(f"not YAML: {error}") from error
    known(raw, {*TEXT, "needs", "modules", "seconds"}, "the file")
    for key, required in TEXT.items():
        need(key in raw or not required, f"{key} is missing")
        need(isinstance(raw.get(key, "."), str) and raw.get(key, ".").strip(), f"{key} is not a text")
    need(isinstance(raw.get("seconds", 1), int), "seconds is not a number")
    lists = {key: texts(raw[key], key) for key in ("needs", "modules") if key in raw}
    return Case(**{key: raw[key].strip() for key in TEXT if key in raw}, **lists, seconds=raw.get("seconds", 60))


def read_cases(folder):
    found = []
    for path in sorted(Path(folder).iterdir()):
        try:
            need(path.suffix == ".yaml", "a case's file ends in .yaml")
            found.append(read_case(path.read_text(encoding="utf-8")))
        except Mistake as mistake:
            raise Mistake(f"{path.name}: {mistake}") from mistake
    return found


def play(shells, case):
    """(what is wrong or empty, when it began and ended)."""
    shells.servers.need(case.needs)
    for module in case.modules:
        run("modprobe", module)
    began, user = time.time() * 1000, next(shells.users)
    # Neither part may be in a list with || or &&, where set -e means nothing.
    script = '(set -e; eval "$SETUP")\nif [[ $? != 0 ]]; then echo "(the setup failed)"; exit 99; fi\nset -e; eval "$COMMAND"'
    code = shells.finish(shells.spawn(["bash", "-c", script], str(shells.scenario.models / "model.safetensors"),
                                      user, environment={"SETUP": case.setup, "COMMAND": case.command}), case.seconds)
    wrong = "" if code == 0 else f"{'the time was up' if code is None else f'exit {code}'}: {shells.said()}"
    ended = time.time() * 1000
    shells.end_all()
    shells.clean(case.cleanup, "", user)
    return wrong, began, ended


def alarming(incident):
    return incident["verdict"] == "block" or incident["level"] in ("high", "critical")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--sensor")
    parser.add_argument("--results", required=True)
    parser.add_argument("--only", action="append")
    parser.add_argument("--disk", default="/mnt/disk")
    options = parser.parse_args()
    cases = [c for c in read_cases(HERE / "cases") if not options.only or any(text in c.name for text in options.only)]
    if not cases:
        raise Failure("no case has such a name")
    started = time.monotonic()
    # These kernels would take a stronger sensor.
    forced = {"sensor": "fallback"} if options.sensor == "fallback" else None
    with Scenario(options.disk, "/mnt/usb1", agent_options=forced) as scenario:
        sensor = scenario.stack.host()["sensor"]
        if options.sensor and sensor != options.sensor:
            raise Failure(f"the agent enforces through {sensor}, not {options.sensor}")
        scenario.register()
        servers = Servers(scenario.folder / "servers")
        shells = Shells(scenario, servers, "")
        try:
            played = []
            for case in cases:
                played.append((case, *play(shells, case)))
                print(f"... {case.name}: {played[-1][1] or 'done'}", file=sys.stderr, flush=True)
            wait_for("the agent to deliver its events", lambda: scenario.stack.status()["spool"]["events"] == 0, 120)
            time.sleep(1)
            incidents = scenario.stack.incidents()
        finally:
            shells.end_all()
            servers.stop()
    rows = []
    for case, wrong, began, ended in played:
        during = [i for i in incidents if began - 20 <= i["first_ms"] <= ended + 20]
        alarms = [f"{i['verdict']}, {i['level']}: {i['title']} ({i['process']['name']}, {i['path']})" for i in during if alarming(i)]
        wrong = "; ".join(filter(None, [wrong, *alarms]))
        print(f"{case.name[:60]:<60} {(ended - began) / 1000:4.1f} s  {len(during)} quiet incidents  {'UNEXPECTED' if wrong else 'ok'}"
              + (f"\n    {wrong}" if wrong else ""), flush=True)
        rows.append({"name": case.name, "what": case.what, "incidents": len(during), "wrong": wrong})
    # Between the cases, too: a false alarm that comes late is one.
    late = [i["title"] for i in incidents if alarming(i)]
    good = sum(not row["wrong"] for row in rows)
    print(f"{good} of {len(rows)} undisturbed, {len(late)} alarms in all, {time.monotonic() - started:.0f} s", flush=True)
    folder = Path(options.results)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{options.kernel}-{sensor}.json").write_text(json.dumps(
        {"kernel": options.kernel, "release": os.uname().release, "sensor": sensor, "results": rows}, indent=1) + "\n",
        encoding="utf-8")
    return 0 if good == len(rows) and not late else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failure, Mistake) as failure:
        print(f"everyday: {failure}", file=sys.stderr)
        sys.exit(2)
