"""One changed place in a saved page of any portal: it costs itself, and nothing ever raises.

``CALLBOARD_MUTATIONS=100000`` tries more, ``CALLBOARD_MUTATION_SEED=7`` others;
``scripts/mutate_pages.py`` does so for as long as one likes.
"""

import os
from itertools import islice

from crawlers import registry
from tests.support.mutations import Reader, mutations

COUNT = int(os.environ.get("CALLBOARD_MUTATIONS", "5000"))
SEED = int(os.environ.get("CALLBOARD_MUTATION_SEED", "20201116"))


def test_a_page_with_one_changed_place_costs_only_itself() -> None:
    reader = Reader()
    for mutation in islice(mutations(SEED), COUNT):
        reader.try_out(mutation)
    tally = reader.tally
    assert tally.raised == []
    assert tally.done == COUNT
    assert tally.portals == set(registry.load())
    # The changes are felt: else this would show nothing.
    assert tally.kinds["unfit_field"] > COUNT / 100
    assert tally.kinds["unreadable_row"] > COUNT / 100
