"""Generate sentences full of values in many languages, translate them, and count what was harmed.

usage: python -m scripts.protected_values [SENTENCES] [--seed N]

Ten languages go through every engine that can be had without internet: the fixture models (which
alter digits, codes and addresses that they have not seen) and Apertium where it is installed. A
language that an engine does not know goes through its nearest neighbour's: nonsense, and all the
harder on the values. What is looked at is the text as it would be stored.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from schema.calls import Text
from translators import apertium, argos
from translators.engines import Translator
from translators.installation import install_package
from translators.protection import find_terms
from translators.texts import Rendering, translate_texts

MODELS = Path(__file__).parent.parent / "tests" / "fixtures" / "models"
LETTERS = "ABCDEFGHIJKLMNOPRSTUVWZ"
PHRASES: Mapping[str, Sequence[str]] = {
    "hr": ("Natječaj je otvoren do {}.", "Najviši iznos potpore je {}.", "Oznaka poziva je {}.",
           "Prijave se šalju na {} do {}.", "Potpora iznosi {} za {} projekata.",
           "Više informacija na {}"),
    "it": ("Il bando è aperto fino al {}.", "Il contributo massimo è di {}.",
           "Codice del bando {}.", "Le domande si inviano a {} entro il {}.",
           "Il contributo copre {} delle spese fino a {}.", "Maggiori informazioni su {}"),
    "sl": ("Razpis je odprt do {}.", "Najvišji znesek je {}.", "Vloge pošljite na {} do {}."),
    "de": ("Die Frist endet am {}.", "Der Höchstbetrag ist {}.", "Anträge an {} bis {}."),
    "fr": ("L'appel est ouvert jusqu'au {}.", "Le plafond est de {}.",
           "Dossiers à {} avant le {}."),
    "es": ("La convocatoria está abierta hasta el {}.", "El importe máximo es de {}.",
           "Las solicitudes se envían a {} antes del {}."),
    "pl": ("Nabór trwa do {}.", "Maksymalna kwota to {}.", "Wnioski na {} do {}."),
    "pt": ("O aviso está aberto até {}.", "O montante máximo é {}.",
           "Candidaturas para {} até {}."),
    "ro": ("Apelul este deschis până la {}.", "Valoarea maximă este {}.",
           "Cererile se trimit la {} până la {}."),
    "ca": ("La convocatòria és oberta fins al {}.", "L'import màxim és {}.",
           "Les sol·licituds s'envien a {} abans del {}."),
}  # fmt: skip
ROMANCE = {"it", "fr", "es", "pt", "ro", "ca"}


def _date(chance: random.Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(2014, 2030)
    shape = chance.choice(
        ("{d:02}.{m:02}.{y}", "{d}.{m}.{y}", "{d:02}/{m:02}/{y}", "{y}-{m:02}-{d:02}")
    )
    return shape.format(d=day, m=month, y=year)


def _amount(chance: random.Random) -> str:
    number = f"{chance.randint(1, 99_999) * chance.choice((1, 10, 1000)):,}".replace(",", ".")
    number += chance.choice(("", ",00", f",{chance.randint(10, 99)}"))
    return chance.choice(("{} EUR", "€ {}", "{} €", "{}", "{} kn")).format(number)


def _code(chance: random.Random) -> str:
    def letters(count: int) -> str:
        return "".join(chance.choices(LETTERS, k=count))

    number, digit, year = chance.randint(10, 99), chance.randint(1, 9), chance.randint(2014, 2030)
    return chance.choice(
        (
            f"{letters(3)}{chance.randint(10**10, 10**11 - 1)}",
            f"{letters(3)}-{letters(6)}-{year}-{digit}-{number}",
            f"{letters(2)}.{number}.{digit}.{digit}.{number}",
        )
    )


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghilmnoprstuvz", k=chance.randint(3, 9)))


VALUES: tuple[Callable[[random.Random], str], ...] = (
    _date,
    _amount,
    _code,
    lambda chance: f"{chance.randint(1, 100)} %",
    lambda chance: f"{chance.randint(1, 99)},{chance.randint(1, 9)}%",
    lambda chance: f"{_word(chance)}_{_word(chance)}@{_word(chance)}.eu",
    lambda chance: f"https://{_word(chance)}.eu/{_word(chance)}-{chance.randint(1, 999)}",
    lambda chance: f"{chance.randint(0, 23):02}:{chance.choice(('00', '30', '59'))}",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence and the values that were put into it."""

    text: Text
    values: tuple[str, ...]


@dataclass(slots=True)
class Harm:
    """What became of the values."""

    sentences: int = 0
    values: int = 0
    lost: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    """Numbers of three digits or more that stand in the English and not in the source."""
    statuses: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    """Sentences of which a value was put back, that were translated in parts, or that have a value
    in brackets behind."""


class Forgetful:
    """A translation memory that stores nothing."""

    def recall(self, originals: Sequence[str], language: str) -> Mapping[str, Sequence[Rendering]]:  # noqa: ARG002
        """Return nothing."""
        return {}

    def remember(self, renderings: Sequence[Rendering], language: str) -> datetime:  # noqa: ARG002
        """Store nothing."""
        return datetime.now(UTC)


def sentences(count: int, chance: random.Random, languages: Sequence[str]) -> Iterator[Asked]:
    """Yield sentences with values, the languages in turn."""
    for at in range(count):
        language = languages[at % len(languages)]
        phrase = chance.choice(PHRASES[language])
        values = [chance.choice(VALUES)(chance) for _ in range(phrase.count("{}"))]
        yield Asked(Text(phrase.format(*values), language), tuple(values))


def check(asked: Iterable[Asked], engines: Sequence[Translator]) -> Harm:
    """Translate the sentences and look for every value in what would be stored."""
    asked = list(asked)
    harm = Harm()
    done = translate_texts([each.text for each in asked], engines, Forgetful())
    for each, text in zip(asked, done, strict=True):
        harm.sentences += 1
        harm.values += len(each.values)
        harm.statuses[text.status] += 1
        kinds = {check.partition(":")[0] for check in text.checks}
        harm.checks.update(kinds)
        harm.repaired += bool(kinds & {"restored", "split", "missing"})
        if text.english is None:  # the original is what is stored and shown
            continue
        for value in set(each.values):
            if text.english.count(value) < each.values.count(value):
                harm.lost.append(f"{value}: {text.english}")
        printed = {term.text for term in find_terms(text.original)}
        told = {check.partition(":")[2] for check in text.checks if check.startswith("invented:")}
        harm.altered += [
            f"{term.text}: {text.original} -> {text.english}"
            for term in find_terms(text.english)
            if term.text not in printed | told and sum(map(str.isdigit, term.text)) >= 3
        ]
    return harm


class _As:
    """An engine that takes the sentences of other languages as its own: a hostile translation."""

    def __init__(self, engine: Translator, own: str, languages: Iterable[str]) -> None:
        self._engine, self._own, self._languages = engine, own, frozenset(languages)
        self.name, self.version, self.status = engine.name, engine.version, engine.status
        self.close = engine.close

    def languages(self) -> frozenset[str]:
        return self._languages

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        own = language if language in self._engine.languages() else self._own
        return self._engine.translate(sentences, own)


def serving_all(engines: Iterable[Translator]) -> list[Translator]:
    """Return the engines so that each language has one: its own, else its nearest neighbour's."""
    found = list(engines)
    taken = {language for each in found for language in each.languages()}
    wider: list[Translator] = []
    for own, relatives in (("it", ROMANCE), ("hr", PHRASES.keys() - ROMANCE)):
        languages = {own, *(relatives - taken)}
        wider += [_As(each, own, languages) for each in found if own in each.languages()]
    return [*wider, *found]


def main() -> None:
    """Run both engines over the sentences and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    harmed = False
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "models"
        for file in sorted(MODELS.glob("*.argosmodel")):
            install_package(file, folder)
        fixtures, _ = argos.find_engines(folder, fixtures=True)
        runs = {
            "fixture models": serving_all(fixtures),
            "apertium": serving_all(apertium.find_engines(list(PHRASES))),
        }
        for name, engines in runs.items():
            if not engines:
                print(f"{name}: not installed")
                continue
            chance = random.Random(options.seed)  # noqa: S311 - reproducible, not secret
            harm = check(sentences(options.sentences, chance, list(PHRASES)), engines)
            for engine in engines:
                engine.close()
            print(
                f"{name}: {harm.sentences} sentences in {len(PHRASES)} languages, "
                f"{harm.values} values: {len(harm.lost)} lost, {len(harm.altered)} altered; "
                f"{harm.repaired} sentences repaired, in {harm.checks['invented']} a number that "
                "the source lacks is marked"
            )
            for title, counts in (("statuses", harm.statuses), ("checks", harm.checks)):
                print(f"    {title}: {', '.join(f'{n} {key}' for key, n in counts.most_common())}")
            for example in (harm.lost + harm.altered)[:5]:
                print(f"    {example}")
            harmed = harmed or bool(harm.lost or harm.altered)
    raise SystemExit(harmed)


if __name__ == "__main__":
    main()
