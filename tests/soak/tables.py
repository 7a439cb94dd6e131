# SPDX-License-Identifier: Apache-2.0
"""How full the kernel's tables are, and how full they may be when all that filled them is gone.

    labels           none more than before: an inode's label goes with its last name and last user
    flows            of files: none more than before, for the same reason; of pipes too, but for the one that the
                     receiver outside keeps open, which lies in the same kernel and is told what came (world.py).
                     Of sockets and connections: they are named by address or port and stay until those are used
                     again; at most one for each that was made, and never more than the table holds (it throws out the
                     least recently used)
    channels         of files and pipes as flows; of sockets none more than before, for they go with their socket
    connections      as flows of sockets
    meters           one for each user and rule with a budget
    recent           one for each process, rule and target that a verdict was about, for an hour: at most the verdicts
    pieces_of_users  one for each user and class; the receiver outside is a user too
    sinks, servers   one for each disk and server that was seen: none more than before
    taints           lie with their processes and cannot be counted from outside: the kernel's own memory is watched
                     instead, where one that was not freed would stay
    all objects      maps, programs and links in the kernel: none more than before, or a swap of the rules or a restart of
                     the agent left some behind
"""
import json
import re
from pathlib import Path

from stack import run

FILES_BELOW = 0xfffffff0    # keys of files have smaller device numbers (bpf/keys.bpf.h)
PIPE = 0xfffffffe           # bpf/keys.bpf.h
SPARE_KERNEL_KIB = 32 * 1024    # what the kernel's own memory may grow: caches of processes, sockets, files
RECEIVER = 1    # its pipe, and it as a user
LIMIT = {"flows": 1 << 16, "connections": 1 << 16, "recent": 1 << 14}    # bpf/shared.h
COUNTED = ("labels", "meters", "recent", "pieces_of_users", "sinks", "servers", "connections")


def look(pins):
    """{what: number}."""
    found = {name: len(keys(pins, name)) for name in COUNTED}
    for name in ("flows", "channels"):
        found |= by_kind(name, (device_of(key) for key in keys(pins, name)))
    for kind in ("map", "prog", "link"):
        found[f"{kind} objects"] = len(json.loads(run("bpftool", "-j", kind, "list").stdout or "[]"))
    found["kernel KiB"] = int(re.search(r"SUnreclaim:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"))[1])
    return found


def keys(pins, name):
    return [entry["key"] for entry in json.loads(run("bpftool", "-j", "map", "dump", "pinned", f"{pins}/maps/{name}").stdout)]


def device_of(key):
    """Of a struct inode_key, as bpftool gives its bytes."""
    return int.from_bytes((int(byte, 16) for byte in key[8:12]), "little")


def by_kind(name, devices):
    count = {f"{name} of files": 0, f"{name} of pipes": 0, f"{name} of sockets": 0}
    for device in devices:
        kind = "files" if device < FILES_BELOW else "pipes" if device == PIPE else "sockets"
        count[f"{name} of {kind}"] += 1
    return count


def bounds(before, users, sockets, verdicts):
    """{what: the most there may be at the end}."""
    most = dict(before)
    for name in ("flows", "channels"):
        most[f"{name} of pipes"] += RECEIVER
    for name, table in (("flows of sockets", "flows"), ("connections", "connections")):
        most[name] = min(before[name] + sockets, LIMIT[table])
    most["meters"] += users    # one rule of the pack has a budget
    most["pieces_of_users"] += users + RECEIVER
    most["recent"] = min(before["recent"] + verdicts, LIMIT["recent"])
    most["kernel KiB"] += SPARE_KERNEL_KIB
    return most


def above(now, most):
    return [f"{name}: {now[name]}, at most {most[name]}" for name in most if now[name] > most[name]]
