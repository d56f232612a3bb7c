"""Link synthetic notices of known truth: time, and precision and recall by pairs.

The calls are made up, so the figures rank versions of the linker; they are no claim about real
notices. A share of calls is announced twice, in another language, with facts left out; every
agency repeats its boilerplate, and half of the calls return the year after as an edition.
"""

import argparse
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

from linking.clustering import LinkedNotice, link
from schema.calls import Call, Deadline, DeadlineKind, Moment, Text
from schema.money import Money

TOPICS = {
    "en": ["excellence", "cluster", "tourism", "innovation", "research", "energy", "culture",
           "heritage", "youth", "agriculture", "fisheries", "education", "employment", "health",
           "water", "waste", "investment", "export", "cooperation", "infrastructure"],
    "hr": ["izvrsnost", "klastera", "turizma", "inovacije", "istraživanja", "energije", "kulture",
           "baštine", "mladih", "poljoprivrede", "ribarstva", "obrazovanja", "zapošljavanja",
           "zdravstva", "vode", "otpada", "ulaganja", "izvoza", "suradnje", "infrastrukture"],
    "it": ["eccellenza", "cluster", "turismo", "innovazione", "ricerca", "energetica", "cultura",
           "patrimonio", "giovani", "agricola", "pesca", "istruzione", "occupazione", "salute",
           "acqua", "rifiuti", "investimenti", "export", "cooperazione", "infrastrutture"],
}  # fmt: skip
CALL = {"en": "Call", "hr": "Javni poziv", "it": "Bando"}
PROGRAMMES = ["COSME", "LIFE", "Erasmus+", "Horizon Europe", "Interreg", "FESR", "CERV", None]
SYLLABLES = ["ba", "cor", "del", "fen", "gri", "lum", "mar", "nov", "pra", "qui", "ros", "tav"]


def synthetic(count: int, seed: int) -> Iterator[tuple[int, LinkedNotice]]:
    """Yield about ``count`` notices, each with the number of the call that it announces."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    made = call_number = 0
    while made < count:
        topics = chance.sample(range(20), 3)
        name = "".join(chance.choices(SYLLABLES, k=3)).title()
        mark = name + "".join(chance.choices(SYLLABLES, k=2)).title()
        programme = chance.choice(PROGRAMMES)
        agency = chance.randrange(200)
        start = date(2023, 1, 1) + timedelta(days=chance.randrange(900))
        for year in range(chance.choice([1, 2])):
            opened = start + timedelta(days=365 * year + chance.randrange(20))
            call_number += 1
            copies = chance.choice([1, 1, 2, 3])
            code = f"A{agency:03d}-{opened.year}-{call_number}"
            budget = Money(Decimal(chance.randrange(100, 9000) * 1000), "EUR")
            deadline = opened + timedelta(days=chance.randrange(30, 120))
            for copy in range(copies):
                language = chance.choice(["en", "hr", "it"])
                words = " ".join(TOPICS[language][topic] for topic in topics)
                keep = chance.random
                yield (
                    call_number,
                    notice(
                        f"n{made:06d}",
                        f"xx_agency{agency}" if copy == 0 else f"xx_relay{chance.randrange(50)}",
                        language,
                        f"{CALL[language]} {words} {name if keep() < 0.5 else ''} {opened.year}",
                        opened + timedelta(days=copy * chance.randrange(1, 15)),
                        code if keep() < 0.5 else None,
                        deadline if keep() < 0.8 else None,
                        budget if keep() < 0.6 else None,
                        programme,
                        f"{mark if keep() < 0.7 else ''} PortaleAgenzia{agency} „Pravilnik broj"
                        f" {agency}“ {words} " * 6,
                    ),
                )
                made += 1


def notice(
    notice_id: str,
    portal: str,
    language: str,
    title: str,
    published_on: date,
    code: str | None,
    deadline: date | None,
    budget: Money | None,
    programme: str | None,
    text: str,
) -> LinkedNotice:
    """Return a notice with these facts."""
    call = Call(
        is_call=True,
        is_call_reason="call",
        language=language,
        title=Text(title, language),
        codes=(code,) if code else (),
        programme=programme,
        published_on=published_on,
        deadlines=(Deadline(Moment(deadline)),) if deadline else (),
        deadline_kind=DeadlineKind.FIXED if deadline else DeadlineKind.NONE,
        budget_total=budget,
    )
    role = "original" if "agency" in portal else "relay"
    seen = datetime(published_on.year, published_on.month, published_on.day, tzinfo=UTC)
    return LinkedNotice(notice_id, portal, role, seen, call, text)


def main() -> None:
    """Run once and print one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    truth: dict[str, int] = {}
    notices = []
    for number, each in synthetic(options.notices, options.seed):
        truth[each.notice_id] = number
        notices.append(each)
    started, cpu = time.perf_counter(), time.process_time()
    clusters = link(notices)
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    merged = {
        pair
        for cluster in clusters
        for pair in combinations(sorted(each.notice_id for each in cluster.notices), 2)
    }
    by_call: dict[int, list[str]] = defaultdict(list)
    for notice_id, number in sorted(truth.items()):
        by_call[number].append(notice_id)
    wanted = {pair for ids in by_call.values() for pair in combinations(ids, 2)}
    right = len(merged & wanted)
    relations = sum(len(cluster.relations) for cluster in clusters) // 2
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    print(
        f"linking: {len(notices)} notices, {len(clusters)} calls, {relations} relations; "
        f"{elapsed:.1f} s ({cpu:.1f} s cpu, {len(notices) / cpu:.0f}/s), {memory} MB; "
        f"precision {right / max(len(merged), 1):.4f}, recall {right / max(len(wanted), 1):.4f} "
        f"({len(merged)} pairs merged, {len(wanted)} true)"
    )


if __name__ == "__main__":
    main()
