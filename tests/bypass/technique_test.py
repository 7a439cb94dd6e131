# SPDX-License-Identifier: Apache-2.0
"""What a technique's file may and may not say, and that the shipped ones say it. Needs no kernel."""
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from coverage import table    # noqa: E402
from servers import Servers    # noqa: E402
from technique import BUDGET, Mistake, read_all, read_technique    # noqa: E402

SOUND = """
name: dd to the raw stick
what: Writes to the disk's node.
attack: T1052.001
channel: block device
sink: disk
command: dd if=$FILE of=$RAW
expect: {verdict: block}
"""


class ReadTechnique(unittest.TestCase):
    def refused(self, text, reason):
        with self.assertRaises(Mistake) as caught:
            read_technique(text)
        self.assertIn(reason, str(caught.exception))

    def test_a_sound_one(self):
        technique = read_technique(SOUND)
        self.assertEqual((technique.sink, technique.expect.verdict, technique.expect.most), ("disk", "block", 0))

    def test_what_reaches_an_address_has_the_rules_budget(self):
        self.assertEqual(read_technique(SOUND.replace("sink: disk", "sink: receiver")).expect.most, BUDGET)

    def test_unknown_keys_are_refused_wherever_they_are(self):
        self.refused(SOUND + "colour: red\n", "unknown key colour")
        self.refused(SOUND.replace("block}", "block, wy: x}"), "expect: unknown key wy")
        self.refused(SOUND + "where: [{sensor: lsm, verdict: block, colour: red}]\n", "unknown key colour")

    def test_every_required_key_is_missed(self):
        for line in SOUND.strip().splitlines():
            self.refused(SOUND.replace(line + "\n", ""), f"{line.split(':')[0]} is missing")

    def test_let_through_needs_a_reason_and_an_alert(self):
        self.refused(SOUND.replace("block}", "allow, alert: Weights are read}"), "why is required")
        self.refused(SOUND.replace("block}", "allow, why: No hook sees it.}"), "alert is required")
        self.refused(SOUND.replace("block}", "allow, why: ' ', alert: Weights are read}"), "why is required")
        self.refused(SOUND + "where: [{sensor: fallback, verdict: allow}]\n", "why is required")

    def test_blocked_needs_no_reason(self):
        self.refused(SOUND.replace("block}", "block, why: No hook sees it.}"), "has no meaning elsewhere")

    def test_values_are_checked(self):
        self.refused(SOUND.replace("T1052.001", "X1052"), "not an ATT&CK technique")
        self.refused(SOUND.replace("sink: disk", "sink: sky"), "sink is one of")
        self.refused(SOUND.replace("{verdict: block}", "{verdict: maybe}"), "verdict is block or allow")
        self.refused(SOUND.replace("block}", "block, most: 3 apples}"), "is not a size")
        self.refused(SOUND.replace("block}", "block, most: -1}"), "is not a size")
        self.refused(SOUND.replace("block}", "block, most: true}"), "is not a size")
        self.refused(SOUND + "needs: ssh\n", "needs is not a list")
        self.refused(SOUND + "seconds: soon\n", "seconds is not a number")
        self.refused(SOUND + "where: [{verdict: block}]\n", "neither a sensor nor a kernel")
        self.refused(SOUND + "where: [{sensor: eyes, verdict: block}]\n", "sensor is one of")
        self.refused(SOUND + "where: [{kernel: 6.1, verdict: block}]\n", "kernel is one of")
        self.refused("[1, 2]", "not a map")
        self.refused("name: [", "not YAML")

    def test_a_control_that_shows_nothing_is_refused(self):
        self.refused(SOUND + "control: 0B\n", "shows nothing")
        self.refused(SOUND.replace("sink: disk", "sink: receiver") + "control: 256KiB\n", "shows nothing")

    def test_the_last_exception_that_fits_wins(self):
        technique = read_technique(SOUND + """
where:
  - {sensor: fmod_ret, verdict: allow, why: Skipped., alert: Weights are read}
  - {sensor: fmod_ret, kernel: newest, verdict: block, most: 4KiB}
""")
        self.assertEqual(technique.expected("6.1", "lsm").verdict, "block")
        self.assertEqual(technique.expected("6.1", "fmod_ret").why, "Skipped.")
        self.assertEqual(technique.expected("newest", "fmod_ret").most, 4096)


class ShippedTechniques(unittest.TestCase):
    techniques = read_all(HERE / "techniques")

    def test_there_are_enough(self):
        self.assertGreaterEqual(len(self.techniques), 90)

    def test_they_need_servers_that_exist(self):
        for technique in self.techniques:
            for name in technique.needs:
                self.assertTrue(hasattr(Servers, "start_" + name), f"{technique.name}: {name}")

    def test_they_tell_the_model_from_its_control(self):
        for technique in self.techniques:
            said = technique.setup + technique.command
            self.assertRegex(said, r"\$\{?FILE", technique.name)
            self.assertNotIn("MODEL", said, technique.name)


class CoverageTable(unittest.TestCase):
    row = {"group": "raw", "name": "dd", "channel": "block device", "attack": "T1052.001", "verdict": "block",
           "bytes_out": 0, "expected": "block", "why": "", "alert": "", "as_expected": True}

    def run_of(self, sensor, **changes):
        return {"kernel": "6.1", "release": "6.1.0", "sensor": sensor, "build": "abc",
                "results": [{**self.row, **changes}]}

    def test_a_run_says_what_it_ran_on(self):
        self.assertIn("6.1 lsm is 6.1.0 (agent abc), 1 of 1 as expected", table([self.run_of("lsm")]))

    def test_a_cell_says_verdict_and_bytes(self):
        self.assertIn("| dd | block device | T1052.001 | blocked, 0 B |", table([self.run_of("lsm")]))

    def test_what_is_let_through_is_listed_with_its_reason(self):
        text = table([self.run_of("lsm"), self.run_of("fmod_ret", verdict="allow", expected="allow", bytes_out=3 << 20,
                                                      why="No hook sees it.", alert="Weights are read")])
        self.assertIn("blocked, 0 B | **let through**, 3.0 MiB |", text)
        self.assertIn("- **dd** (6.1 fmod_ret): No hook sees it. What still fires: *Weights are read*.", text)

    def test_the_unexpected_is_marked(self):
        self.assertIn("error, 0 B (unexpected)", table([self.run_of("lsm", verdict="error", as_expected=False)]))

    def test_what_one_run_lacks_was_not_run(self):
        other = self.run_of("fmod_ret", name="cp")
        self.assertIn("| dd | block device | T1052.001 | blocked, 0 B | not run |", table([self.run_of("lsm"), other]))


if __name__ == "__main__":
    unittest.main()
