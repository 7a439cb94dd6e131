# SPDX-License-Identifier: Apache-2.0
"""Counts what held and what did not, and closes with one line."""


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def that(self, name, holds, seen=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok  ' if holds else 'FAIL'} {name}" + ("" if holds else f"\n       seen: {seen}"), flush=True)

    @staticmethod
    def note(text):
        print(f"     {text}", flush=True)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0
