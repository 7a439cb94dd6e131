# SPDX-License-Identifier: Apache-2.0
"""What the receiver outside counts is all that was sent, however soon the sender leaves: every verdict of the bypass
suite rests on it. Needs root, for namespaces of its own."""
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

from world import PLAIN_PORT, STRANGER, World

CONNECTIONS, PIECE = 24, 64 * 1024
HASTY = f"""
import socket
for _ in range({CONNECTIONS}):
    hasty = socket.socket()
    hasty.sendto(bytes({PIECE}), socket.MSG_FASTOPEN, ("{STRANGER}", {PLAIN_PORT}))
    hasty.close()
"""


class Settled(unittest.TestCase):
    def test_counts_what_nobody_had_accepted_when_it_was_called(self):
        with tempfile.TemporaryDirectory() as folder, World(folder, apart=True) as world:
            os.killpg(world.receiver.pid, signal.SIGSTOP)
            subprocess.run([*world.inside, sys.executable, "-c", HASTY], check=True)
            threading.Timer(1, os.killpg, (world.receiver.pid, signal.SIGCONT)).start()
            self.assertEqual(world.settled(), CONNECTIONS * PIECE)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit(77)
    unittest.main()
