# SPDX-License-Identifier: Apache-2.0
"""What of the soak needs no kernel: the choice of operations, the counters' check, the tables' bounds, the kernel log."""
import itertools
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from kernel_log import complaints    # noqa: E402
from operations import FILES, SIZES, STEPS, TAINTED, UNTAINTED, disturbances, steps    # noqa: E402
from tables import above, bounds, by_kind, device_of    # noqa: E402
from tally import NEVER, Tally, late_probes, problems    # noqa: E402
from worker import Worker    # noqa: E402


class Choice(unittest.TestCase):
    def test_a_seed_gives_the_same_again_and_another_seed_others(self):
        self.assertEqual(steps("7/1", True), steps("7/1", True))
        self.assertNotEqual(steps("7/1", True), steps("7/2", True))
        self.assertEqual(list(itertools.islice(disturbances(7), 50)), list(itertools.islice(disturbances(7), 50)))

    def test_it_is_bounded(self):
        chosen = steps(1, True)
        self.assertEqual(len(chosen), STEPS)
        for step in chosen:
            self.assertIn(step.size, SIZES)
            self.assertLess(max(step.file, step.other), FILES)
        for disturbance in itertools.islice(disturbances(1), 200):
            self.assertTrue(disturbance.rules or disturbance.kill)
            self.assertLessEqual(max(disturbance.pause, disturbance.down, disturbance.rules), 6)

    def test_every_operation_is_chosen_and_exists(self):
        for tainted, operations in ((True, TAINTED), (False, UNTAINTED)):
            self.assertEqual({step.operation for step in steps(1, tainted, 2000)}, set(operations))
            for operation in operations:
                self.assertTrue(callable(getattr(Worker, operation)))

    def test_only_tainted_workers_read_the_model_themselves(self):
        self.assertNotIn("read_model", UNTAINTED)


class Counters(unittest.TestCase):
    def tally(self, refused=10, blocked=10, verdicts=30, **counters):
        sound = {name: 0 for name in NEVER} | {"event_merged_repetition": 15, "event_delayed": 2, "event_merged_by_rule": 1,
                                               "console_events_accepted": 112}
        return problems(Tally(refused, blocked, verdicts, sound | counters, {"console_events_accepted": 100}))

    def test_sound_ones(self):
        self.assertEqual(self.tally(), [])

    def test_a_lost_and_a_doubled_refusal_are_found(self):
        self.assertIn("10 calls were refused, the console counts 9", self.tally(blocked=9))
        self.assertIn("10 calls were refused, the console counts 11", self.tally(blocked=11))

    def test_a_loss_is_found(self):
        for name in NEVER:
            self.assertEqual(self.tally(**{name: 1}), [f"{name} is 1"])

    def test_a_missing_counter_is_found(self):
        self.assertIn("there is no counter hook_missed",
                      problems(Tally(0, 0, 0, {name: 0 for name in NEVER if name != "hook_missed"}, {})))

    def test_more_counted_for_later_than_there_were(self):
        self.assertEqual(len(self.tally(event_merged_repetition=60)), 1)

    def test_more_verdicts_than_reports_and_counted_ones(self):
        self.assertEqual(len(self.tally(verdicts=31)), 1)


class Probes(unittest.TestCase):
    def test_a_time_without_an_agent_needs_a_whole_probe(self):
        self.assertEqual(late_probes([(1, 2), (4, 6)], [(0.5, 3), (5, 7)]), [(5, 7)])
        self.assertEqual(late_probes([], []), [])


class Tables(unittest.TestCase):
    BEFORE = {"labels": 4, "meters": 1, "recent": 20, "pieces_of_users": 0, "sinks": 2, "flows of files": 3, "flows of pipes": 0,
              "flows of sockets": 5, "channels of files": 0, "channels of pipes": 0, "channels of sockets": 2, "connections": 65_000,
              "kernel KiB": 40_000}

    def most(self):
        return bounds(self.BEFORE, users=8, sockets=1000, verdicts=300)

    def test_as_before_is_well(self):
        self.assertEqual(above(self.BEFORE, self.most()), [])

    def test_what_stays_is_found(self):
        for name, more in (("labels", 1), ("flows of files", 1), ("flows of pipes", 2), ("channels of pipes", 2), ("sinks", 1),
                           ("meters", 9), ("pieces_of_users", 10), ("recent", 301), ("flows of sockets", 1001), ("channels of sockets", 1)):
            now = self.BEFORE | {name: self.BEFORE[name] + more}
            self.assertEqual(len(above(now, self.most())), 1, name)

    def test_a_table_holds_no_more_than_its_size(self):
        self.assertEqual(self.most()["connections"], 1 << 16)

    def test_keys_are_told_apart_by_their_device(self):
        file = ["0x01"] * 8 + ["0x02", "0x00", "0x80", "0x00"] + ["0x00"] * 4
        pipe = ["0x01"] * 8 + ["0xfe", "0xff", "0xff", "0xff"] + ["0x00"] * 4
        socket = ["0x01"] * 8 + ["0xff", "0xff", "0xff", "0xff"] + ["0x00"] * 4
        self.assertEqual(by_kind("flows", map(device_of, (file, pipe, socket, socket))),
                         {"flows of files": 1, "flows of pipes": 1, "flows of sockets": 2})


class Log(unittest.TestCase):
    def test_complaints_are_found(self):
        for line in ("WARNING: CPU: 1 PID: 77 at kernel/bpf/x.c:1 y+0x1/0x2", "BUG: unable to handle page fault",
                     "rcu: INFO: rcu_preempt self-detected stall on CPU", "INFO: task a:1 blocked for more than 120 seconds.",
                     "WARNING: possible circular locking dependency detected", "watchdog: BUG: soft lockup - CPU#0 stuck"):
            self.assertEqual(complaints([line]), [line])

    def test_ordinary_lines_are_not(self):
        self.assertEqual(complaints(["usb 1-1: new SuperSpeed device", "IOMMU is not available. This is not a bug.",
                                     "rcu: Hierarchical RCU implementation.", "EXT4-fs (vda): mounted filesystem",
                                     "rcu: \tRCU calculated value"]), [])


if __name__ == "__main__":
    unittest.main()
