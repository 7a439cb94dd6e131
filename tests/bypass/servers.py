# SPDX-License-Identifier: Apache-2.0
"""Servers in the world outside, each started when the first technique needs it. They run in the network namespace of
tests/e2e/world.py, so that what reaches them has crossed its wire."""
import os
import subprocess
from pathlib import Path

from stack import Failure, run, wait_for
from world import NAMESPACE, STRANGER

PROGRAMS = Path(__file__).with_name("programs")


class Servers:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.running, self.processes = set(), []

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()

    def need(self, names):
        for name in names:
            if name not in self.running:
                getattr(self, "start_" + name)()
                self.running.add(name)

    def spawn(self, name, *command, **options):
        log = self.folder / f"{name}.log"
        with open(log, "ab") as out:
            self.processes.append(subprocess.Popen(
                ["ip", "netns", "exec", NAMESPACE, *map(str, command)], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                cwd=self.folder, start_new_session=True, **options))
        return self.processes[-1]

    def outside(self, *command):
        return run("ip", "netns", "exec", NAMESPACE, *command)

    def listens(self, name, port):
        def found():
            if self.processes[-1].poll() is not None:
                raise Failure(f"{name} ended: " + (self.folder / f"{name}.log").read_text(errors="replace"))
            return f":{port} " in self.outside("ss", "-Hltn").stdout
        wait_for(f"{name} to listen", found, 60)

    def environment(self):
        return {"SERVERS": str(self.folder), "SSH": f"ssh -F {self.folder}/ssh_config", "SSHCONF": f"{self.folder}/ssh_config"}

    # --- one function a server ---

    def start_ssh(self):
        """sshd for root with a key; also what scp, sftp, rsync and git go through."""
        for name in ("host_key", "user_key"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name)
        os.makedirs("/run/sshd", exist_ok=True)
        (self.folder / "sshd_config").write_text(
            f"HostKey {self.folder}/host_key\nAuthorizedKeysFile {self.folder}/user_key.pub\nPermitRootLogin yes\n"
            "StrictModes no\nUsePAM no\nUseDNS no\nSubsystem sftp internal-sftp\nGatewayPorts yes\nPidFile none\n"
            "MaxStartups 100\n", encoding="ascii")
        # Compression off: bytes are compared with what was read.
        (self.folder / "ssh_config").write_text(
            f"Host *\n User root\n IdentityFile {self.folder}/user_key\n StrictHostKeyChecking no\n"
            f" UserKnownHostsFile /dev/null\n LogLevel ERROR\n Compression no\n IdentitiesOnly yes\n", encoding="ascii")
        self.spawn("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", self.folder / "sshd_config", "-o", f"ListenAddress={STRANGER}")
        self.listens("sshd", 22)
