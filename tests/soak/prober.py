# SPDX-License-Identifier: Apache-2.0
"""Asks without a pause whether a classified file can be copied to the stick. One line each: when, and what came of it.

usage: prober.py     with MODEL and STICK in the environment; ends by SIGTERM

Each probe is a child that reads the model and creates a file; this process reads nothing and stays untainted.
"""
import os
import signal
import sys
import time

PAUSE = 0.1
REFUSED = 9


def probe(model, target):
    process = os.fork()
    if process == 0:
        code = 1
        try:
            with open(model, "rb") as file:
                content = file.read(1 << 16)
            with open(target, "wb") as file:
                file.write(content)
            code = 0
        except PermissionError:
            code = REFUSED
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main():
    ending = []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
    model, target = os.environ["MODEL"], os.environ["STICK"] + "/probe"
    while not ending:
        began = time.time()
        code = probe(model, target)
        print(f"{began:.3f} {time.time():.3f} {'refused' if code == REFUSED else f'NOT REFUSED (exit {code})'}", flush=True)
        time.sleep(PAUSE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
