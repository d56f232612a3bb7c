"""Change saved pages of every portal in one place, for as long as one likes, and read them.

    python -m scripts.mutate_pages [COUNT [SEED]]

Prints what raised, and what Issues the changes gave; exit code 1 if anything raised. In CI
``tests/crawlers/test_mutations.py`` does 5,000 with a fixed seed. A seed always gives the same
changes.
"""

import random
import sys
import time
from itertools import islice

from tests.support.mutations import Reader, mutations


def main(count: int, seed: int) -> int:
    """Try mutations; return how many raised."""
    reader, started, told = Reader(), time.process_time(), 0
    for mutation in islice(mutations(seed), count):
        reader.try_out(mutation)
        for line in reader.tally.raised[told:]:
            print(line)
        told = len(reader.tally.raised)
    tally, seconds = reader.tally, time.process_time() - started
    print(f"seed {seed}: {tally.done} changes of {len(tally.portals)} portals, {seconds:.0f} s CPU")
    for kind, pages in tally.kinds.most_common():
        print(f"{pages:8} {kind}")
    return told


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    chosen = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)  # noqa: S311
    sys.exit(1 if main(wanted, chosen) else 0)
