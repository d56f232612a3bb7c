"""Feed the extraction a million small notices made by a grammar and by noise; expect no error.

usage: python scripts/fuzz_extraction.py [--count N] [--seed N] [--languages hr,it]

Each input is made from its own number, so the same lexicons make it again with `--only NUMBER`.
Checked for every one: nothing is raised, every quote is the text at its span, and every key field
has evidence or the reason why it is empty. The exit code is 1 when anything was found.
"""

import argparse
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from normalizers.lexicon import Lexicon, languages, load  # noqa: E402 - the root must be importable first
from normalizers.normalise import Hints, normalise  # noqa: E402 - the root must be importable first
from normalizers.source_texts import read_html, read_text  # noqa: E402 - the root must be importable first
from schema.calls import Call  # noqa: E402 - the root must be importable first
from schema.fields import KEY_FIELDS  # noqa: E402

MOST_SHOWN = 20
EVERY = 50_000
SEPARATORS = (" ", " ", " ", ": ", ", ", "\n", "\n\n", "\n • ", " – ", " | ", "; ", ". ", "")
NOISE = (
    "0123456789.,:;()[]/-–—'\"’„“»«%‰€$£°ºª&@#*_~|\\<>+=?!\t\r\n \u00a0\u200b\ufeff\u202e\u0301"
    "abcšđčćžłßœæțşéàüñİıŒ中ب\U0001f4b6\ud7ff"
)
CODES = ("KK.03.2.1.19", "UP.02.1.1.05.", "HORIZON-CL5-2024-D3-01", "AGEF 2306", "NN 46/15",
         "KLASA: 302-02/18-01/55", "2014/C 382/01", "A648087", "RLJ12020012345")  # fmt: skip
TAGS = ("p", "li", "h2", "td", "th", "dt", "dd", "del", "strong", "summary", "div", "br")


class Grammar:
    """The words that one language gives to made-up notices."""

    def __init__(self, lexicon: Lexicon) -> None:
        table = lexicon.table
        self.code = lexicon.code
        self.phrases: list[str] = [
            phrase
            for section in ("cues", "applicants", "kinds")
            for phrases in table[section].values()
            for phrase in phrases
        ]
        dates = table["dates"]
        self.months = [name for names in lexicon.months for name in names]
        self.days = [name for names in lexicon.weekdays for name in names] or [""]
        self.links: list[str] = [
            word
            for key in ("until", "since", "joiner", "year_word", "hour_before", "hour_after")
            for word in dates.get(key, ())
        ]
        numbers = table["numbers"]
        self.scales: list[str] = [*numbers["scales"], ""]
        self.words: list[str] = list(numbers["words"])
        self.currencies: list[str] = list(numbers["currencies"])
        self.percent: list[str] = ["%", " %", "\u00a0%", *numbers.get("percent", ())]


def make_text(chance: random.Random, grammar: Grammar) -> str:
    """Return one short notice: facts and phrases of the language, at times damaged."""
    makers = (_phrase, _phrase, _date, _date, _money, _money, _rate, _code, _noise, _link)
    parts: list[str] = []
    for _ in range(chance.randint(1, 9)):
        parts += [chance.choice(makers)(chance, grammar), chance.choice(SEPARATORS)]
    text = "".join(parts)
    if chance.random() < 0.25:
        text = _damaged(chance, text)
    return text


def make_html(chance: random.Random, text: str) -> str:
    """Return the text as a page whose tags are not balanced."""
    parts = []
    for line in text.split("\n"):
        tag = chance.choice(TAGS)
        parts.append(f"<{tag}>{line}" + (f"</{tag}>" if chance.random() < 0.8 else ""))
    return "".join(parts)


def _phrase(chance: random.Random, grammar: Grammar) -> str:
    """Return one of the lexicon's phrases as it may be printed."""
    phrase = chance.choice(grammar.phrases)
    while (inner := re.search(r"\(([^()]*)\)(\??)", phrase)) is not None:
        option = "" if inner[2] and chance.random() < 0.5 else chance.choice(inner[1].split("|"))
        phrase = phrase[: inner.start()] + option + phrase[inner.end() :]
    ending: str = chance.choice(("", "a", "e", "om"))
    return phrase.replace("*", ending).replace("_", chance.choice(grammar.links))


def _date(chance: random.Random, grammar: Grammar) -> str:
    day, month = chance.randint(0, 32), chance.randint(0, 13)
    year = chance.choice((2019, 2024, 2026, 24, 1899, 20245, 0))
    name, link = chance.choice(grammar.months), chance.choice(grammar.links)
    roman = chance.choice(("I", "II", "IV", "IX", "XI", "XII", "XIII"))
    forms = (
        f"{day}.{month}.{year}.",
        f"{day:02}/{month:02}/{year} {chance.randint(0, 25)}:{chance.randint(0, 70):02}",
        f"{year}-{month:02}-{day:02}T{chance.randint(0, 25)}:00",
        f"{day}. {name}",
        f"{chance.choice(grammar.days)}, {name} {day}, {year}",
        f"{day}. {roman}. {year}.",
        f"{day}. {link} {chance.randint(0, 32)}. {name} {year}",
        f"{link} {day} {name} {year}, {chance.randint(0, 25)} {chance.choice(grammar.links)}",
    )
    return chance.choice(forms)


def _money(chance: random.Random, grammar: Grammar) -> str:
    amount = chance.choice(
        (
            f"{chance.randrange(10**7):,}",
            f"{chance.randrange(10**7):,}".replace(",", "."),
            f"{chance.randrange(10**9):,}".replace(",", " "),
            f"{chance.random() * 10**6:.2f}",
            f"{chance.randrange(10**4)},{chance.randrange(100):02}",
            "1.2345.67", "400.00000", "000,00", chance.choice(grammar.words), "9" * 40,
        )
    )  # fmt: skip
    currency = chance.choice(grammar.currencies)
    scale = chance.choice(grammar.scales)
    glue = chance.choice((" ", "", "\u00a0", "\n"))
    if chance.random() < 0.3:
        return f"{currency}{glue}{amount} {scale}"
    if chance.random() < 0.2:
        return f"{chance.randint(0, 99)} - {amount} {scale}{glue}{currency}"
    return f"{amount}{glue}{scale}{glue}{currency}"


def _rate(chance: random.Random, grammar: Grammar) -> str:
    number = chance.choice(("0", "50", "85", "45-85", "33,33", "100", "150", "7.5", "99999999999"))
    return number + chance.choice(grammar.percent)


def _code(chance: random.Random, grammar: Grammar) -> str:  # noqa: ARG001 - one shape for all makers
    return chance.choice(CODES)


def _noise(chance: random.Random, grammar: Grammar) -> str:  # noqa: ARG001 - one shape for all makers
    repeated = chance.choice(NOISE) * chance.choice((1, 1, 2, 30))
    return repeated + "".join(chance.choices(NOISE, k=chance.randint(0, 12)))


def _link(chance: random.Random, grammar: Grammar) -> str:
    return chance.choice(grammar.links)


def _damaged(chance: random.Random, text: str) -> str:
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(text))
        cut = chance.randint(0, 3)
        text = text[:place] + chance.choice(NOISE) * chance.randint(0, 2) + text[place + cut :]
    return text.upper() if chance.random() < 0.2 else text


def faults(call: Call, text: str) -> list[str]:
    """Return what is wrong with a call read from a text."""
    found = [
        f"{name}: the quote is not the text at its span"
        for name, proofs in call.evidence.items()
        for proof in proofs
        if proof.source is None and text[proof.span.start : proof.span.end] != proof.quote
    ]
    for name in KEY_FIELDS:
        empty = getattr(call, name) in (None, (), "")
        if empty and name not in call.absence:
            found.append(f"{name}: empty without a reason")
        if not empty and name in call.absence:
            found.append(f"{name}: a value and a reason for its absence")
    return found


def run_one(seed: int, number: int, grammars: list[Grammar]) -> tuple[str, str, list[str]]:
    """Make the input of a number, read it, and return its language, text and faults."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - made again from its seed, no secret
    grammar = grammars[number % len(grammars)]
    text = make_text(chance, grammar)
    alone = chance.random() < 0.98
    hints = Hints(language=grammar.code, languages=(grammar.code,)) if alone else Hints()
    try:
        paged = chance.random() < 0.05
        original = read_html(make_html(chance, text)) if paged else read_text(text)
        return grammar.code, text, faults(normalise(original, hints), original.text)
    except Exception as error:  # noqa: BLE001 - anything raised is a finding
        return grammar.code, text, [f"{type(error).__name__}: {error}"]


def main() -> int:
    """Run; return the exit code."""
    parser = argparse.ArgumentParser(description="fuzz the extraction")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--languages", default=",".join(languages()))
    parser.add_argument("--only", type=int, help="make and read this one input again")
    options = parser.parse_args()
    grammars = [Grammar(load(code)) for code in options.languages.split(",")]
    if options.only is not None:
        language, text, found = run_one(options.seed, options.only, grammars)
        print(language, repr(text), *(found or ["nothing wrong"]), sep="\n")
        return 1 if found else 0
    begun = time.monotonic()
    kinds: Counter[str] = Counter()
    slowest = (0.0, 0)
    for number in range(options.count):
        before = time.monotonic()
        language, text, found = run_one(options.seed, number, grammars)
        slowest = max(slowest, (time.monotonic() - before, number))
        for fault in found:
            kinds[fault] += 1
            if kinds[fault] <= 3 and len(kinds) <= MOST_SHOWN:
                print(f"{number} {language}: {fault}: {text!r}", flush=True)
        if (number + 1) % EVERY == 0:
            rate = (number + 1) / (time.monotonic() - begun)
            print(f"{number + 1} inputs, {rate:.0f}/s, {kinds.total()} faults", flush=True)
    took = time.monotonic() - begun
    rate = options.count / took
    print(f"{options.count} inputs in {took:.0f} s ({rate:.0f}/s), seed {options.seed}")
    print(f"slowest: {slowest[0] * 1000:.0f} ms (input {slowest[1]})")
    print(f"{kinds.total()} faults of {len(kinds)} kinds")
    for fault, times in kinds.most_common(MOST_SHOWN):
        print(f"{times:8} {fault}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
