# SPDX-License-Identifier: Apache-2.0
"""Plays one worker's random operations, with or without having read the model, and says in a small file how they went.

usage: worker.py tainted|untainted SEED FOLDER RESULT LOGIN     with MODEL, STICK and STRANGER in the environment

It is bounded: operations.FILES files of at most 512 KiB in FOLDER, three processes at a time, operations.STEPS steps.
Everything that it is refused is counted, by one call each, so that the counts can be compared with the console's.
"""
import errno
import json
import os
import socket
import sys
from pathlib import Path

import operations

PORT = 9000              # of the receiver outside, which counts
LARGEST_FILE = 512 * 1024
ENOUGH_TO_TAINT = 128 * 1024    # twice min_flow of the model's class
REFUSED, ALLOWED, BROKEN = 9, 0, 8    # exit codes of children


class Worker:
    def __init__(self, tainted, folder):
        self.tainted, self.folder = tainted, folder
        self.model, self.stick = os.environ["MODEL"], os.environ["STICK"]
        self.stranger = os.environ["STRANGER"]
        self.refused = self.sent = 0
        self.wrong = []
        self.name = f"{self.stick}/{folder.name}"

    def play(self, step):
        try:
            getattr(self, step.operation)(step)
        except OSError as error:
            self.wrong.append(f"{step.operation}: {error.strerror}")

    def expect(self, what, refused, wanted):
        """One call was refused or not; `wanted` is None where either may be."""
        self.refused += refused
        if wanted is not None and refused != wanted:
            self.wrong.append(f"{what}: {'refused' if refused else 'not refused'}")

    def attempt(self, what, call, wanted):
        try:
            call()
        except OSError as error:
            if error.errno != errno.EPERM:
                raise
            self.expect(what, True, wanted)
            return False
        self.expect(what, False, wanted)
        return True

    # --- files ---

    def path(self, number):
        return self.folder / f"file{number}"

    def write(self, step):
        self.path(step.file).write_bytes(os.urandom(step.size))

    def append(self, step):
        with open(self.path(step.file), "ab") as file:
            if file.tell() + step.size <= LARGEST_FILE:
                file.write(bytes(step.size))

    def read(self, step):
        if self.path(step.file).exists():
            self.path(step.file).read_bytes()

    def rename(self, step):
        if self.path(step.file).exists():
            self.path(step.file).rename(self.path(step.other))

    def remove(self, step):
        self.path(step.file).unlink(missing_ok=True)

    def read_model(self, step):
        with open(self.model, "rb") as file:
            file.read(step.size)

    # --- the stick: a name is enough for a refusal ---

    def create_on_stick(self, step):
        def create():
            with open(self.name, "wb") as file:
                file.write(bytes(step.size))
            os.unlink(self.name)

        self.attempt("creating on the stick", create, self.tainted)

    def folder_on_stick(self, _):
        self.attempt("a folder on the stick", lambda: os.mkdir(self.name), True)

    def name_on_stick(self, _):
        self.attempt("a name on the stick", lambda: os.rename(f"{self.stick}/kept", self.name), True)

    def overwrite_on_stick(self, _):
        self.attempt("overwriting on the stick", lambda: open(f"{self.stick}/kept", "wb", buffering=0).close(), True)

    # --- out ---

    def send_stream(self, step):
        with socket.create_connection((self.stranger, PORT), timeout=60) as outside:
            self.send("a stream", outside, step.size)

    def send_datagram(self, step):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
            outside.connect((self.stranger, PORT + step.file))
            self.send("a datagram", outside, min(step.size, 1200))

    def send(self, what, outside, size):
        # Within the budget a tainted process may, beyond it may not.
        def once():
            self.sent += outside.send(bytes(size))

        self.attempt(what, once, None if self.tainted else False)

    # --- between processes ---

    def child(self, do):
        process = os.fork()
        if process:
            return process
        code = BROKEN
        try:
            code = do() or ALLOWED
        finally:
            os._exit(code)

    def end_of(self, process):
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def fork(self, step):
        def do():
            (self.folder / "child").write_bytes(os.urandom(step.size))
            os.unlink(self.folder / "child")

        self.expect_sound(step, self.end_of(self.child(do)))

    def expect_sound(self, step, *codes):
        if any(codes):
            self.wrong.append(f"{step.operation}: children ended with {codes}")

    def exchange(self, step, receiving, sending):
        """A child takes what we send."""
        def take():
            os.close(sending)
            return ALLOWED if read_all(receiving) == step.size else BROKEN

        process = self.child(take)
        os.close(receiving)
        write_all(sending, os.urandom(step.size))
        os.close(sending)
        self.expect_sound(step, self.end_of(process))

    def pipe(self, step):
        self.exchange(step, *os.pipe())

    def unix_socket(self, step):
        self.exchange(step, *(end.detach() for end in socket.socketpair()))

    def loopback(self, step):
        self.exchange(step, *loopback_pair())

    # --- how a model goes from hand to hand; the last hand must not get it out ---

    def handed(self, step, receiving, sending):
        """One child reads the model and sends it to another, which wants it on the stick."""
        def give():
            os.close(receiving)
            with open(self.model, "rb") as file:
                write_all(sending, file.read(ENOUGH_TO_TAINT))

        def take():
            os.close(sending)
            if read_all(receiving) != ENOUGH_TO_TAINT:
                return BROKEN
            return refused_on(self.name)

        taker = self.child(take)
        giver = self.child(give)
        os.close(receiving)
        os.close(sending)
        self.expect_sound(step, self.end_of(giver))
        code = self.end_of(taker)
        self.expect(step.operation, code == REFUSED, True)

    def handed_by_pipe(self, step):
        self.handed(step, *os.pipe())

    def handed_by_unix_socket(self, step):
        self.handed(step, *(end.detach() for end in socket.socketpair()))

    def handed_by_loopback(self, step):
        self.handed(step, *loopback_pair())

    def stick_opened_before(self, step):
        def do():
            stick = os.open(self.name, os.O_WRONLY | os.O_CREAT)
            with open(self.model, "rb") as file:
                content = file.read(4096)
            try:
                os.write(stick, content)
            except PermissionError:
                return REFUSED
            return ALLOWED

        code = self.end_of(self.child(do))
        os.unlink(self.name)
        self.expect(step.operation, code == REFUSED, True)


def refused_on(name):
    try:
        open(name, "wb").close()
    except PermissionError:
        return REFUSED
    return ALLOWED


def loopback_pair():
    """Two connected descriptors: one to read from, one to write to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sending = socket.create_connection(listening.getsockname())
        return listening.accept()[0].detach(), sending.detach()


def read_all(descriptor):
    total = 0
    while part := os.read(descriptor, 1 << 16):
        total += len(part)
    return total


def write_all(descriptor, content):
    while content:
        content = content[os.write(descriptor, content):]


def main():
    kind, seed, folder, result, login = sys.argv[1:]
    # Budgets are by login: a bounded number of them, so that some workers are within theirs.
    Path("/proc/self/loginuid").write_text(login, encoding="ascii")
    worker = Worker(kind == "tainted", Path(folder))
    if worker.tainted:
        with open(worker.model, "rb") as file:
            file.read(1 << 20)
    for step in operations.steps(seed, worker.tainted):
        worker.play(step)
    # Small enough to carry no label to its reader.
    report = {"refused": worker.refused, "sent": worker.sent, "wrong": len(worker.wrong),
              "example": "; ".join(worker.wrong)[:300]}
    Path(result).write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
