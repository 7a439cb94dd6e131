# SPDX-License-Identifier: Apache-2.0
"""Plays the attempts against a running stack and reports what was observed. Shared by the demo and the tests."""
import json
import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from attempts import HONEST, INSIDER
from native import Native
from at_terminal import at_terminal
from stack import PACK, ROOT, Failure, Stack, wait_for
from world import APPROVED, STRANGER, Stick, World

BUDGET = 256 * 1024    # of the network rule in rules/packs/core
MODELS = ROOT / "build/models"
WORDS = [f"word{number}" for number in range(50_000)]
PINS = "/sys/fs/bpf/modelward-demo"    # of its own: an installed agent is left alone


@dataclass(frozen=True)
class Outcome:
    attempt: object
    expected: str          # "block" or "allow"
    verdict: str           # what happened: "block", "allow", or "error" with output saying why
    bytes_out: int
    names_out: int
    incident: dict         # the console's incident, or None
    output: str            # what the person at the terminal saw
    names_allowed: int     # on the stick after a refusal
    bytes_allowed: int
    told: str              # what the agent wrote to the person's terminal

    @property
    def as_expected(self):
        if self.verdict != self.expected:
            return False
        if self.expected == "allow":
            return self.incident is None
        within = self.bytes_out == self.bytes_allowed and self.names_out == self.names_allowed if self.attempt.sink == "removable" \
            else self.bytes_out <= BUDGET
        return within and self.incident is not None


class Scenario:
    """A workstation with a protected model, a stick and a world outside. Use as a context manager.

    Without a stick the attempts at removable media are left out. `native`: the fallback sensor, with what happens here
    in a cgroup of its own.
    """

    def __init__(self, disk, stick, listen="127.0.0.1", native=False, agent_options=None, agent_cgroup=None):
        self.own_place = native
        self.folder = Path(tempfile.mkdtemp(prefix="modelward-", dir=disk))
        self.models, self.work = self.folder / "models", self.folder / "work"
        self.stick_mount, self.listen = stick, listen
        self.agent_options, self.agent_cgroup = {"pin_dir": PINS, **(agent_options or {})}, agent_cgroup
        self.closing = ExitStack()

    def __enter__(self):
        try:
            self.closing.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.models.mkdir()
            self.work.mkdir()
            for source, name in (("model.safetensors", "model.safetensors"), ("model-f16.gguf", "old-export.gguf"),
                                 ("other.safetensors", "public.safetensors")):
                shutil.copyfile(MODELS / source, self.models / name)
            self.write_data_sets()
            self.stick = Stick(self.stick_mount) if self.stick_mount else None
            options = self.agent_options
            self.native = None
            if self.own_place:
                self.native = self.closing.enter_context(Native(self.folder / "native"))
                options = self.native.options
            self.world = self.closing.enter_context(World(self.folder / "world", self.own_place))
            self.stack = self.closing.enter_context(
                Stack(self.folder / "stack", [self.models, self.work], self.pack(), options, self.listen,
                      self.agent_cgroup))
        except BaseException:
            self.closing.close()
            raise
        return self

    def __exit__(self, *exception):
        return self.closing.__exit__(*exception)

    def pack(self):
        """The shipped rules; the approved list additionally names this world's metrics server."""
        pack = self.folder / "pack"
        shutil.copytree(PACK, pack)
        approved = pack / "lists/approved-destinations.yaml"
        approved.write_text(approved.read_text(encoding="utf-8").rstrip() + f"\n  - {APPROVED}/32\n", encoding="utf-8")
        return pack

    @property
    def sensor(self):
        return self.stack.host()["sensor"]

    def write_data_sets(self):
        """One as JSONL, half of it shuffled as CSV, and another as CSV."""
        random = Random(7)
        rows, others = ([{"id": first + row, "text": " ".join(random.choices(WORDS, k=8))} for row in range(4000)]
                        for first in (0, 100_000))
        (self.models / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        for name, of in (("half.csv", random.sample(rows, 2000)), ("others.csv", others)):
            (self.models / name).write_text("".join(f"{row['id']},\"{row['text'].capitalize()}\"\n" for row in of))

    def register(self):
        self.stack.register(self.models / "model.safetensors", "reader-7", "restricted")
        self.stack.register(self.models / "rows.jsonl", "conversations-3", "restricted", kind="dataset")

    def told_counters(self):
        """How many notices reached a terminal, and why the others did not."""
        return {name: value for name, value in self.stack.host()["counters"].items() if name.startswith("notices_")}

    def counters_without_words(self):
        """The counters that an admin sees and docs/operations.md does not explain."""
        manual = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        return sorted(name for name in self.stack.host()["counters"] if f"`{name}`" not in manual)

    def environment(self):
        return {**os.environ, "MODEL": str(self.models / "model.safetensors"),
                "PLAIN": str(self.models / "public.safetensors"), "GGUF": str(self.models / "old-export.gguf"),
                "WORK": str(self.work), "STICK": str(self.stick_mount),
                "ROWS": str(self.models / "half.csv"), "OTHER_ROWS": str(self.models / "others.csv"), "STRANGER": STRANGER, "APPROVED": APPROVED,
                "CA": str(self.world.certificate), "LC_ALL": "C"}

    def shell(self, command, watch=None):
        """At a terminal of its own; watch() is called while the terminal is still there."""
        # stdin is closed and the working folder is neutral, so that an attempt sees only its own files.
        return at_terminal([*self.world.inside, "bash", "-c", command], watch, env=self.environment(), cwd="/", timeout=300,
                           preexec_fn=self.native.enter if self.native else None)

    def play(self, attempt, expected):
        prepared = self.shell(attempt.prepare)
        if prepared.returncode != 0:
            raise Failure(f"preparing '{attempt.name}' failed: {prepared.stderr}")
        before_incidents = self.last_incident()
        before_bytes = self.world.received()
        incidents = []

        def judge(done):
            os.sync()
            if self.verdict_of(done) == "block":
                incidents.append(wait_for("the incident", lambda: self.block_since(before_incidents), 30))
            else:
                incidents.append(self.block_since(before_incidents))

        done = self.shell(attempt.command, judge)
        verdict, incident = self.verdict_of(done), incidents[0]
        names = 0
        if attempt.sink == "removable":
            names, bytes_out = self.stick.contents()
            self.stick.empty()
        else:
            bytes_out = self.world.settled() - before_bytes
        for leftover in self.work.iterdir():
            leftover.unlink()
        return Outcome(attempt, expected, verdict, bytes_out, names, incident, done.stderr.strip(),
                       attempt.names_with(self.sensor), attempt.bytes_with(self.sensor), done.told)

    def verdict_of(self, done):
        if done.returncode == 0:
            return "allow"
        refusals = ["Operation not permitted"]
        if self.sensor == "fallback":    # which ends a connection instead of refusing a write; curl's last words
            refusals += ["Connection reset by peer", "Broken pipe", "Couldn't connect to server"]
        return "block" if any(words in done.stderr for words in refusals) else "error"

    def last_incident(self):
        return max((incident["number"] for incident in self.stack.incidents()), default=0)

    def block_since(self, number):
        blocks = [incident for incident in self.stack.incidents(number) if incident["verdict"] == "block"]
        return blocks[-1] if blocks else None

    def play_all(self):
        for attempt in INSIDER + HONEST:
            if (self.stick or attempt.sink != "removable") and attempt.only in ("", self.sensor):
                yield self.play(attempt, "allow" if attempt in HONEST else attempt.expected_of(self.sensor))
