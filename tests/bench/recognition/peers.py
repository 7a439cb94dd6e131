# SPDX-License-Identifier: Apache-2.0
"""What else could tell whose a file is, on the same files: SHA-256, ssdeep and TLSH."""
import hashlib
import subprocess

import tlsh

CUSTOMARY_DISTANCE = 100  # of TLSH; larger ones are usually taken for unrelated


class Peers:
    NAMES = ("SHA-256", "ssdeep", "TLSH")

    def __init__(self, registered, folder):
        """`registered`: {name: path}."""
        self.folder = folder
        self.sha256 = {hashlib.sha256(path.read_bytes()).digest(): name for name, path in registered.items()}
        self.tlsh = {name: tlsh.hash(path.read_bytes()) for name, path in registered.items()}
        self.known = folder / "ssdeep"
        self.known.write_bytes(self.ssdeep("-b", *registered.values()))
        self.of_file = {path.name: name for name, path in registered.items()}

    @staticmethod
    def ssdeep(*arguments):
        return subprocess.run(["ssdeep", "-s", *arguments], capture_output=True, check=False).stdout

    def found(self, path):
        """For each peer the names that it finds."""
        content = path.read_bytes()
        digest = self.sha256.get(hashlib.sha256(content).digest())
        matches = self.ssdeep("-b", "-m", self.known, path).decode().splitlines()
        hashed = tlsh.hash(content)
        near = {name for name, other in self.tlsh.items() if hashed and other and tlsh.diff(hashed, other) <= CUSTOMARY_DISTANCE}
        similar = {name for file, name in self.of_file.items() if any(f":{file} (" in line for line in matches)}
        return {"SHA-256": {digest} - {None}, "ssdeep": similar, "TLSH": near}
