"""`python -m tests.simulation.run --minutes N [--seed S] [--db sqlite|postgres|memory]`: the simulation for as long as you like."""

from __future__ import annotations

import argparse
import secrets
import sys
import traceback

from tests.simulation.machine import MACHINES
from tests.simulation.play import EPISODES, play, play_on
from tests.simulation.tally import Tally


def main(arguments: list[str]) -> int:
    """Exit code 0 where everything held, 1 with a finding and the command that replays it."""
    wishes = _parser().parse_args(arguments)
    seed = secrets.randbelow(1_000_000_000) if wishes.seed is None else wishes.seed
    tally = Tally()
    tell(f"simulating on {wishes.db} from seed {seed}")
    if wishes.rounds:
        found = next(
            filter(
                None,
                (
                    play(wishes.db, seed + n, episodes=wishes.episodes, tally=tally, shrink=wishes.shrink)
                    for n in range(wishes.rounds)
                ),
            ),
            None,
        )
    else:
        found = play_on(wishes.db, seed, wishes.minutes, episodes=wishes.episodes, tally=tally, tell=tell)
    tell("\n".join(tally.lines()))
    tell(f"seed:     {seed}")
    if found is None:
        tell("verdict:  everything held")
        return 0
    traceback.print_exception(found.error)
    replay = f"--rounds 1 --seed {found.seed} --episodes {wishes.episodes} --db {wishes.db}"
    tell(f"verdict:  FOUND. Replay: nox -s simulate -- {replay}   (--shrink looks for the shortest way there)")
    return 1


def tell(line: str) -> None:
    """A line for whoever waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s simulate --", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default 1)")
    parser.add_argument("--rounds", type=int, default=0, help="so many rounds instead of a time")
    parser.add_argument("--episodes", type=int, default=EPISODES, help=f"of a round, each in a fresh house (default {EPISODES})")
    parser.add_argument("--seed", type=int, default=None, help="of the first round; each further one has the next number")
    parser.add_argument(
        "--db",
        choices=sorted(MACHINES),
        default="sqlite",
        help="the store (default sqlite); `claims` plays a service desk on one",
    )
    parser.add_argument("--shrink", action="store_true", help="with --rounds: look for the shortest way to the finding")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
