# SPDX-License-Identifier: Apache-2.0
"""Which random operations there are, and the choice among them: a seed gives the same ones again. Needs no kernel."""
import random
from dataclasses import dataclass

FILES = 12                       # of one worker, by number
SIZES = (0, 1, 700, 4096, 20_000, 100_000, 262_144)
STEPS = 150                      # of one worker, then it ends

# Operation: how often it is chosen. What each does is in worker.py.
SHARED = {"write": 6, "append": 4, "read": 4, "rename": 3, "remove": 2, "pipe": 3, "unix_socket": 3, "loopback": 2,
          "fork": 2, "send_stream": 2, "send_datagram": 3, "create_on_stick": 3}
TAINTED = {**SHARED, "read_model": 1, "folder_on_stick": 2, "name_on_stick": 2, "overwrite_on_stick": 2}
# These make children that become tainted, each in another way; the worker itself does not.
UNTAINTED = {**SHARED, "handed_by_pipe": 1, "handed_by_unix_socket": 1, "handed_by_loopback": 1, "stick_opened_before": 1}


@dataclass(frozen=True)
class Step:
    operation: str
    file: int
    other: int
    size: int


def steps(seed, tainted, count=STEPS):
    """The operations of one worker."""
    choice = random.Random(f"{seed} {'tainted' if tainted else 'untainted'}")
    weights = TAINTED if tainted else UNTAINTED
    return [Step(choice.choices(list(weights), weights.values())[0], choice.randrange(FILES), choice.randrange(FILES),
                 choice.choice(SIZES)) for _ in range(count)]


@dataclass(frozen=True)
class Disturbance:
    pause: float     # seconds before it
    rules: int       # how often the rules are swapped, one right after the other
    kill: bool       # the agent is killed right after
    down: float      # seconds until it is started again


def disturbances(seed):
    """What happens to rules and agent meanwhile, without an end."""
    choice = random.Random(f"{seed} disturbances")
    while True:
        kill = choice.random() < 0.3
        yield Disturbance(choice.uniform(1, 6), choice.choice((0, 1, 3) if kill else (1, 1, 2, 5)), kill, choice.uniform(0, 4))
