# SPDX-License-Identifier: Apache-2.0
"""One file a technique: how bytes might leave, what should come of it, and how much may get out.

    name: dd to the raw stick
    what: Writes to the disk's node, under every file system.   one sentence
    attack: T1052.001                                           MITRE ATT&CK
    channel: block device                                       what carries the bytes
    sink: disk                                                  where they are counted, see SINKS
    needs: [ssh]                                                servers outside, see servers.py
    modules: [loop]                                             kernel modules
    kernels: ['6.1', '6.12']                                    where it exists, if not everywhere
    setup: ...                                                  bash; not judged, must succeed
    command: dd if=$FILE of=$RAW bs=1M                          bash; judged
    cleanup: ...                                                bash; runs whatever happened
    names: 1                                                    empty names that may stay on the stick
    control: 1MiB                                               what the unclassified control gets out at least
    seconds: 60                                                 time limit
    expect: {verdict: block, most: 0}
    where:                                                      exceptions, the last that fits wins
      - {sensor: fmod_ret, kernel: '6.1', verdict: allow, why: ..., alert: Restricted weights are read}

`verdict: allow` says that the technique is let through. It must carry `why`, one sentence, and `alert`, the title of
the rule whose alert still fires. Anything that is not on this page is refused.
"""
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

KIB = 1024
BUDGET = 256 * KIB    # of rules/packs/core/unapproved-network.yaml
# Sinks and what `most` is where a technique does not say: budgets hold for what reaches an address.
SINKS = {
    "stick": 0,          # names and bytes in the stick's file system
    "disk": 0,           # sectors of the second stick, written in whatever way
    "receiver": BUDGET,  # payload at the receiver outside: TCP on 9000, TLS on 9443
    "wire": BUDGET,      # what crossed the wire, whatever the protocol, without the IP and TCP or UDP headers
    "controller": 0,     # ACL data at a Bluetooth controller
    "serial": 0,         # characters at a serial port
}
SENSORS = ("lsm", "fmod_ret", "fallback")
KERNELS = ("5.10", "6.1", "6.12", "newest")
MANY = 1 << 30
UNITS = {"B": 1, "KiB": KIB, "MiB": KIB * KIB}
TEXT = {"name": True, "what": True, "attack": True, "channel": True, "sink": True, "command": True,
        "setup": False, "cleanup": False}
KEYS = {*TEXT, "needs", "modules", "kernels", "names", "control", "seconds", "expect", "where"}


class Mistake(Exception):
    """A technique's file says something that cannot be meant."""


@dataclass(frozen=True)
class Expectation:
    verdict: str          # "block" or "allow"
    most: int             # bytes that may get out when blocked
    why: str = ""
    alert: str = ""


@dataclass(frozen=True)
class Technique:
    name: str
    what: str
    attack: str
    channel: str
    sink: str
    command: str
    group: str
    setup: str = ":"
    cleanup: str = ""
    needs: tuple = ()
    modules: tuple = ()
    kernels: tuple = ()
    names: int = 0
    control: int = 1024 * KIB
    seconds: int = 60
    expect: Expectation = None
    where: tuple = ()     # of (conditions, Expectation)

    def names_with(self, sensor):
        """How many names may stay on the stick. The fallback holds an open after the kernel has made the name."""
        return MANY if sensor == "fallback" else self.names

    def expected(self, kernel, sensor):
        chosen = self.expect
        for conditions, expectation in self.where:
            if conditions.get("kernel", kernel) == kernel and conditions.get("sensor", sensor) == sensor:
                chosen = expectation
        return chosen


def size(value, key):
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = re.fullmatch(r"(\d+)(B|KiB|MiB)", value) if isinstance(value, str) else None
    if not match:
        raise Mistake(f"{key}: '{value}' is not a size; write bytes, or a number with B, KiB or MiB")
    return int(match[1]) * UNITS[match[2]]


def need(condition, text):
    if not condition:
        raise Mistake(text)


def known(mapping, keys, place):
    need(isinstance(mapping, dict), f"{place} is not a map")
    strange = [str(key) for key in mapping if key not in keys]
    need(not strange, f"{place}: unknown key {', '.join(strange)}")


def texts(value, key):
    need(isinstance(value, list) and all(isinstance(word, str) for word in value), f"{key} is not a list of names")
    return tuple(value)


def read_expectation(raw, sink, place, extra=()):
    known(raw, {"verdict", "most", "why", "alert", *extra}, place)
    verdict = raw.get("verdict")
    need(verdict in ("block", "allow"), f"{place}: verdict is block or allow, not '{verdict}'")
    for key in ("why", "alert"):
        text = raw.get(key, "")
        need(isinstance(text, str), f"{place}: {key} is not a text")
        need(bool(text.strip()) == (verdict == "allow"),
             f"{place}: {key} is required where the verdict is allow, and has no meaning elsewhere")
    need(verdict == "block" or "most" not in raw, f"{place}: most has no meaning where the verdict is allow")
    return Expectation(verdict, size(raw.get("most", SINKS[sink]), f"{place}: most"), raw.get("why", "").strip(),
                       raw.get("alert", "").strip())


def read_where(raw, sink):
    need(isinstance(raw, list), "where is not a list")
    found = []
    for number, entry in enumerate(raw, 1):
        place = f"where, entry {number}"
        expectation = read_expectation(entry, sink, place, ("sensor", "kernel"))
        conditions = {key: entry[key] for key in ("sensor", "kernel") if key in entry}
        need(conditions, f"{place} names neither a sensor nor a kernel")
        need(conditions.get("sensor", "lsm") in SENSORS, f"{place}: sensor is one of {', '.join(SENSORS)}")
        need(conditions.get("kernel", "6.1") in KERNELS, f"{place}: kernel is one of {', '.join(KERNELS)} (in quotes)")
        found.append((conditions, expectation))
    return tuple(found)


def read_technique(text, group="test"):
    """The technique that a file's text holds; raises Mistake with the reason."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Mistake(f"not YAML: {error}") from error
    known(raw, KEYS, "the file")
    for key, required in TEXT.items():
        need(key in raw or not required, f"{key} is missing")
        need(isinstance(raw.get(key, "."), str) and raw.get(key, ".").strip(), f"{key} is not a text")
    need(re.fullmatch(r"T\d{4}(\.\d{3})?", raw["attack"]), f"attack: '{raw['attack']}' is not an ATT&CK technique")
    need(raw["sink"] in SINKS, f"sink is one of {', '.join(SINKS)}, not '{raw['sink']}'")
    need("expect" in raw, "expect is missing")
    for key in ("names", "seconds"):
        need(isinstance(raw.get(key, 1), int) and raw.get(key, 1) >= 0, f"{key} is not a number")
    fields = {key: raw[key].strip() for key in TEXT if key in raw}
    fields |= {key: raw[key] for key in ("names", "seconds") if key in raw}
    fields |= {key: texts(raw[key], key) for key in ("needs", "modules", "kernels") if key in raw}
    if "control" in raw:
        fields["control"] = size(raw["control"], "control")
    need(set(fields.get("kernels", ())) <= set(KERNELS), f"kernels are of {', '.join(KERNELS)} (in quotes)")
    technique = Technique(**fields, group=group, expect=read_expectation(raw["expect"], raw["sink"], "expect"),
                          where=read_where(raw.get("where", []), raw["sink"]))
    most = max(e.most for e in (technique.expect, *(e for _, e in technique.where)))
    need(technique.control > most, "control is not more than what a blocked technique may get out, so it shows nothing")
    return technique


def read_all(folder):
    """Every technique under the folder, in the order of its files; raises Mistake with the file's name."""
    found, names = [], {}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_dir():
            continue
        place = path.relative_to(folder)
        try:
            need(path.suffix == ".yaml", "a technique's file ends in .yaml")
            technique = read_technique(path.read_text(encoding="utf-8"), str(place.parent))
            need(technique.name not in names, f"the name is that of {names.get(technique.name)} too")
        except Mistake as mistake:
            raise Mistake(f"{place}: {mistake}") from mistake
        names[technique.name] = place
        found.append(technique)
    return found
