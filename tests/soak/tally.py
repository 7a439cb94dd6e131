# SPDX-License-Identifier: Apache-2.0
"""Whether the numbers of a run add up. Pure: numbers in, sentences about what is wrong out."""
from dataclasses import dataclass

# Each of these stays 0 while all is well.
NEVER = ("event_lost_ring_full", "label_refused_table_full", "meter_refused_table_full", "taint_refused_no_memory",
         "flow_crossed_table_full", "judged_without_policy", "event_undecodable", "event_sweep_failed", "hook_missed",
         "spool_events_lost", "meters_not_kept", "meters_not_restored", "console_events_missing", "console_spools_lost")
# Verdicts that were not sent at once but counted in a later report.
COUNTED_LATER = ("event_merged_repetition", "event_delayed", "event_merged_by_rule")


@dataclass(frozen=True)
class Tally:
    refused: int      # calls that returned EPERM, as those who made them counted
    blocked: int      # the sum of the counts of the console's blocks
    verdicts: int     # the same of all its incidents
    counters: dict    # the host's at the end
    before: dict      # and at the beginning


def problems(tally):
    found = []
    if tally.blocked != tally.refused:
        found.append(f"{tally.refused} calls were refused, the console counts {tally.blocked}")
    for name in NEVER:
        if name not in tally.counters:
            found.append(f"there is no counter {name}")
        elif tally.counters[name]:
            found.append(f"{name} is {tally.counters[name]}")
    # Every verdict was reported at once or counted for later; what was counted for later is one of them.
    moved = {name: tally.counters.get(name, 0) - tally.before.get(name, 0)
             for name in (*COUNTED_LATER, "console_events_accepted")}
    later = sum(moved[name] for name in COUNTED_LATER)
    if later > tally.verdicts:
        found.append(f"{later} verdicts were counted for later reports, but there were {tally.verdicts}")
    reports = moved["console_events_accepted"]
    if tally.verdicts > reports + later:
        found.append(f"{tally.verdicts} verdicts are more than {reports} reports and {later} counted for later")
    return found


def late_probes(probes, down):
    """The times without an agent in which nobody tried the stick. `probes`: (began, ended), `down`: the same."""
    return [(began, ended) for began, ended in down if not any(began <= p[0] and p[1] <= ended for p in probes)]
