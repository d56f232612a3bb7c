"""Recognise the funding programme by its name; names are data in ``lexicons/programmes.toml``."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.text.places import ByWord, begins, matches_at
from normalizers.values.labels import read_name
from schema.spans import Span
from vocabulary.matching import normalize_for_match


def claim_programme(context: Context) -> Claim[str | None]:
    """Claim the programme.

    A programme's label names a fund as often as a programme: it counts where the text has none.
    """
    told = find_programmes(context.annotated, context.title)
    labelled = context.labelled("programme", _read_programme, "programme")
    return context.claim_best(prevailing(labelled, told), rank(told, labelled))


def _read_programme(annotated: AnnotatedText, span: Span) -> str | None:
    """Read the name of a programme; the issuer's own money is none."""
    name = read_name(annotated, span)
    return None if name and normalize_for_match(name) in annotated.lexicon.own_funds else name


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[str, str], ByWord[bool], frozenset[str]]:
    """Return the pattern of all names, their programmes, first words, and exact names."""
    source = (files("normalizers") / "lexicons" / "programmes.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)["programmes"]
    names = {
        normalize_for_match(form): name for name, forms in table.items() for form in (name, *forms)
    }
    pairs = "|".join(
        re.escape(form).replace(r"\ ", r"\s{1,2}") for form in sorted(names, key=len, reverse=True)
    )
    exact = frozenset(name for name in table if name.isupper() and len(name) <= 5)
    return re.compile(rf"(?<![\w/.-])(?:{pairs})(?!\w)"), names, begins(names), exact


def find_programmes(annotated: AnnotatedText, title: Span | None) -> list[Candidate[str]]:
    """Return every programme named, the best first: in the title, after a label, then by order."""
    pattern, names, first_words, exact = _table()
    places = annotated.words.places(first_words)
    found = []
    for match in matches_at(places, pattern, annotated.normalized):
        name = names[re.sub(r"\s+", " ", match[0])]
        printed = annotated.text[match.start() : match.end()]
        plain = (
            name in exact
            and not printed.isupper()
            and normalize_for_match(printed) == normalize_for_match(name)
        )
        if plain and (not printed[:1].isupper() or name == "LIFE"):
            continue
        points = 2.0 - 0.0008 * match.start() + 0.01 * (match.end() - match.start())
        if title is not None and title.start <= match.start() < title.end:
            points += 1.0
        sentence = annotated.sentence_at(match.start())
        if annotated.has(max(sentence.start, match.start() - 40), match.start(), "programme_label"):
            points += 0.8
        if name in ("EAFRD", "ERDF", "ESF+", "EMFAF", "NextGenerationEU"):
            points -= 1.5  # a fund stands behind a programme
        found.append(Candidate(points, match.start(), match.end(), name, "programme"))
    return sorted(found, key=lambda item: (-item.points, item.start))
