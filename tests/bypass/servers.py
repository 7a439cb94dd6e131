# SPDX-License-Identifier: Apache-2.0
"""Servers in the world outside, each started when the first technique needs it. They run in the network namespace of
tests/e2e/world.py, so that what reaches them has crossed its wire."""
import os
import subprocess
from pathlib import Path

from stack import Failure, run, wait_for
from world import APPROVED, NAMESPACE, STRANGER

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
        return {"ASK": str(PROGRAMS / "names.py"), "SERVERS": str(self.folder), "SSH": f"ssh -F {self.folder}/ssh_config", "SSHCONF": f"{self.folder}/ssh_config"}

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

    def start_names(self):
        """DNS, where every name is the approved address."""
        self.spawn("names", "/usr/bin/python3", PROGRAMS / "names.py", "serve", APPROVED)
        wait_for("names to be answered", lambda: ":53 " in self.outside("ss", "-Hlun").stdout, 60)

    def start_web(self):
        """HTTP on 8080 and HTTPS on 8443 that take anything, S3 and git-lfs among it."""
        tls = self.folder.parent / "world/receiver"
        for port, options in ((8080, ()), (8443, (f"{tls}.key", f"{tls}.pem"))):
            self.spawn(f"web-{port}", "/usr/bin/python3", PROGRAMS / "accepts_anything.py", STRANGER, port, *options)
            self.listens(f"web-{port}", port)

    def start_webdav(self):
        (self.folder / "webdav").mkdir()
        self.spawn("webdav", "rclone", "serve", "webdav", "--addr", f"{STRANGER}:8090", "--config", "/dev/null",
                   self.folder / "webdav")
        self.listens("webdav", 8090)

    def start_ftp(self):
        (self.folder / "ftp").mkdir()
        self.spawn("ftp", "/usr/bin/python3", "-m", "pyftpdlib", "-w", "-i", STRANGER, "-p", 2121, "-d", self.folder / "ftp")
        self.listens("ftp", 2121)

    def start_smtp(self):
        self.spawn("smtp", "/usr/bin/python3", "-W", "ignore", "-m", "smtpd", "-n", "-c", "smtpd.DebuggingServer", f"{STRANGER}:2525")
        self.listens("smtp", 2525)

    def start_rsyncd(self):
        (self.folder / "rsync").mkdir()
        (self.folder / "rsyncd.conf").write_text(
            f"uid = root\ngid = root\nuse chroot = no\nread only = no\n[there]\npath = {self.folder}/rsync\n", encoding="ascii")
        self.spawn("rsyncd", "rsync", "--daemon", "--no-detach", "--address", STRANGER, "--config", self.folder / "rsyncd.conf")
        self.listens("rsyncd", 873)

    def start_smb(self):
        share, state = self.folder / "smb", self.folder / "smb-state"
        share.mkdir()
        state.mkdir()
        places = "".join(f" {name} directory = {state}\n" for name in ("private", "lock", "state", "cache", "pid"))
        (self.folder / "smb.conf").write_text(
            f"[global]\n interfaces = {STRANGER}\n bind interfaces only = yes\n smb ports = 445\n map to guest = bad user\n"
            f" guest account = root\n disable netbios = yes\n load printers = no\n ncalrpc dir = {state}/rpc\n"
            f" server min protocol = SMB2\n{places}[there]\n path = {share}\n read only = no\n guest ok = yes\n force user = root\n",
            encoding="ascii")
        self.spawn("smbd", "smbd", "-F", "--no-process-group", "-s", self.folder / "smb.conf", "--debug-stdout")
        self.listens("smbd", 445)

    def start_nfs(self):
        """The kernel's own server, in the namespace outside."""
        share = self.folder / "nfs"
        share.mkdir()
        run("modprobe", "nfsd")
        os.makedirs("/var/lib/nfs/v4recovery", exist_ok=True)
        os.makedirs("/run/rpc_pipefs", exist_ok=True)
        # The first clients are made to wait until those of before have had their time: ten seconds are the shortest.
        script = (f"mount -t nfsd nfsd /proc/fs/nfsd; mount -t tmpfs none {share}\n"
                  "echo 10 > /proc/fs/nfsd/nfsv4leasetime; echo 10 > /proc/fs/nfsd/nfsv4gracetime\n"
                  f"exportfs -o rw,fsid=0,no_root_squash,insecure,no_subtree_check '*:{share}'\n"
                  f"rpc.nfsd --no-nfs-version 3 --host {STRANGER} 4 && echo Y > /proc/fs/nfsd/v4_end_grace\n"
                  "exec rpc.mountd --no-nfs-version 3 -F")
        self.spawn("nfs", "bash", "-c", script)
        self.listens("nfs", 2049)

    def start_tracker(self):
        self.spawn("tracker", "/usr/bin/python3", PROGRAMS / "tracker.py", STRANGER, 6969)
        self.listens("tracker", 6969)

    def start_mailbox(self):
        self.spawn("mailbox", "/usr/bin/python3", PROGRAMS / "mailbox.py", STRANGER, 4000)
        self.listens("mailbox", 4000)
