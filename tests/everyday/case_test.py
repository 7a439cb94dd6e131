# SPDX-License-Identifier: Apache-2.0
"""What a case's file may say, and that the shipped ones say it. Needs no kernel."""
import unittest

from suite import HERE, Servers, alarming, read_case, read_cases
from technique import Mistake

SOUND = "name: copy\nwhat: Copies.\ncommand: cp a b\n"


class ReadCase(unittest.TestCase):
    def refused(self, text, reason):
        with self.assertRaises(Mistake) as caught:
            read_case(text)
        self.assertIn(reason, str(caught.exception))

    def test_a_sound_one(self):
        self.assertEqual(read_case(SOUND).command, "cp a b")

    def test_mistakes_are_refused(self):
        self.refused(SOUND + "expect: allow\n", "unknown key expect")
        self.refused("name: copy\nwhat: Copies.\n", "command is missing")
        self.refused(SOUND + "needs: ssh\n", "needs is not a list")
        self.refused(SOUND + "seconds: long\n", "seconds is not a number")


class Alarming(unittest.TestCase):
    def test_a_block_and_a_high_alert_are(self):
        self.assertTrue(alarming({"verdict": "block", "level": "low"}))
        self.assertTrue(alarming({"verdict": "alert", "level": "high"}))
        self.assertTrue(alarming({"verdict": "alert", "level": "critical"}))

    def test_the_record_of_a_read_is_not(self):
        self.assertFalse(alarming({"verdict": "alert", "level": "informational"}))


class ShippedCases(unittest.TestCase):
    def test_there_are_enough_and_their_servers_exist(self):
        cases = read_cases(HERE / "cases")
        self.assertGreaterEqual(len(cases), 30)
        self.assertEqual(len({case.name for case in cases}), len(cases))
        for case in cases:
            for name in case.needs:
                self.assertTrue(hasattr(Servers, "start_" + name), f"{case.name}: {name}")


if __name__ == "__main__":
    unittest.main()
