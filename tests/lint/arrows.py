# SPDX-License-Identifier: Apache-2.0
"""Holds the arrows of docs/architecture.md: which folder may include which.

Reads the #include "..." lines of every tracked C and C++ file. Prints each forbidden arrow as FILE:LINE and exits 1.
"""
import re
import subprocess
import sys
from pathlib import Path

# folder -> folders whose headers it may include, besides its own
ALLOWED = {
    "base": set(),
    "bpf": set(),
    "fingerprint": {"base"},
    "rules": {"base"},
    "wire": {"base"},
    "agent/sensor": {"base", "rules", "bpf"},
    "agent/fallback": {"base", "rules", "bpf", "agent/sensor"},
    "agent/config": {"base", "wire"},
    "agent/control": {"base", "agent"},
    "agent/enroll": {"base", "wire"},
    "agent/scanner": {"base", "fingerprint", "agent"},
    "agent": {"base", "fingerprint", "rules", "wire", "agent/sensor", "agent/fallback", "agent/config", "agent/control",
              "agent/enroll", "agent/scanner"},
    "cli": {"base", "fingerprint", "rules", "wire", "agent/config", "agent/control", "agent/enroll", "agent/scanner"},
    "console/server": {"base", "fingerprint", "rules", "wire"},
}
# Only these headers may be included from another room.
DOORS = {"bpf": {"bpf/shared.h", "bpf/device_numbers.h", "bpf/name_packet.h", "bpf/modelward.skel.h", "bpf/fallback/shared.h", "bpf/fallback.skel.h",
                 "bpf/fallback_old.skel.h"}}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def room(path):
    """The longest room that holds the path, or None for a path outside all rooms."""
    fitting = [name for name in ALLOWED if path.startswith(name + "/")]
    return max(fitting, key=len) if fitting else None


def forbidden(path, text):
    """Yields (line number, included path, reason) for each include of `text` that breaks an arrow."""
    here = room(path)
    if here is None:
        return
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        there = room(found[1])
        if there is None or there == here:
            continue
        if there not in ALLOWED[here]:
            yield number, found[1], f"{here} may not include {there}"
        elif there in DOORS and found[1] not in DOORS[there]:
            yield number, found[1], f"of {there} only {', '.join(sorted(DOORS[there]))} may be included"


def main():
    files = subprocess.run(["git", "ls-files", "*.cc", "*.h", "*.c"], capture_output=True, text=True, check=True)
    bad = 0
    for path in files.stdout.split():
        for number, included, reason in forbidden(path, Path(path).read_text(encoding="utf-8")):
            print(f'{path}:{number}: "{included}": {reason}')
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
