# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over every tracked translation unit of a build but the tests; one that passed is not looked at again until it changes.

usage: tidy.py BUILD_FOLDER [PATH_PREFIX...]

"Changes" means its preprocessed text, .clang-tidy or the tool's version. What passed is remembered outside the
repository (XDG_CACHE_HOME/modelward/tidy), for every checkout on the machine.
"""
import hashlib
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = "clang-tidy-19"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "modelward/tidy"


def units(build, prefixes):
    """Compile commands of the tracked sources under the prefixes, each source once."""
    tracked = set(subprocess.run(["git", "ls-files", "*.cc"], capture_output=True, text=True, check=True).stdout.split())
    root = Path.cwd()
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(entry["file"])
        if path.is_relative_to(root) and (name := str(path.relative_to(root))) in tracked:
            if name.endswith("_test.cc") or name.startswith("tests/"):
                continue
            if not prefixes or name.startswith(tuple(prefixes)):
                found.setdefault(name, entry)
    return found


def preprocessed(entry):
    """What the compiler sees, without line markers."""
    words, command = iter(shlex.split(entry["command"])), []
    for word in words:
        if word in ("-o", "-MF", "-MT"):
            next(words)
        elif word not in ("-c", "-MD") and not word.endswith("ccache"):
            command.append(word)
    done = subprocess.run([*command, "-E", "-P"], capture_output=True, cwd=entry["directory"], check=True)
    return done.stdout.replace(os.fsencode(str(Path.cwd())), b"")


def check(build, settings, name, entry):
    """Returns what clang-tidy objects to, or the empty string."""
    mark = CACHE / hashlib.sha256(settings + name.encode() + preprocessed(entry)).hexdigest()
    if mark.exists():
        return ""
    done = subprocess.run([TIDY, "-p", build, "--quiet", "--warnings-as-errors=*", name], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        return done.stdout + (done.stderr if not done.stdout else "")
    mark.touch()
    return ""


def main():
    build = Path(sys.argv[1])
    CACHE.mkdir(parents=True, exist_ok=True)
    settings = Path(".clang-tidy").read_bytes() + subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    found = units(build, sys.argv[2:])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objections = list(pool.map(lambda item: check(build, settings, *item), found.items()))
    print(*filter(None, objections), sep="\n", end="")
    bad = sum(map(bool, objections))
    print(f"clang-tidy: {len(found)} units, {bad} with objections")
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main())
