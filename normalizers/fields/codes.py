"""Find the identifiers of the call: by family (EU topics, KK., RL…) and by label.

The surprise: most numbers that look like codes are acts, gazettes and protocols, so a number with
no family needs a label, and a label of another kind right before it takes it away.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from normalizers import limits
from normalizers.absences import why_empty
from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, rank
from normalizers.context import Context
from normalizers.lexicon import Lexicon
from normalizers.text.places import matches_at
from normalizers.values.dates import PrintedDate
from normalizers.values.labels import read_words
from schema.spans import Span

_BEGINNING = re.compile(
    r"[A-Z0-9](?<![\w./–-].)(?:(?<=[0-9])(?=[0-9]*[A-Z/])|(?<=[A-Z])(?=[A-Z0-9]))"
)
"""Where a family's code may begin: at a number that a capital or ``/`` follows, or at a word of a
capital and another or a digit."""


@lru_cache(maxsize=1)
def _families() -> tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]]:
    """Return what any family matches, and each family with what it is not."""
    source = (files("normalizers") / "lexicons" / "codes.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(source)["family"]
    families = tuple(
        (entry["name"], _code(entry["pattern"]), re.compile(entry["not"])) for entry in entries
    )
    return _code("|".join(entry["pattern"] for entry in entries)), families


_LONGEST = 80
"""Characters of an identifier that stands alone under a label."""


def _code(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./–-])(?:{pattern})(?!\w)")


@lru_cache(maxsize=64)
def _after_label(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of the identifier behind a label, and of the word for its number."""
    words = "|".join(map(re.escape, lexicon.words_in_order("codes", "number"))) or "(?!)"
    number = rf"[nN](?:\s?[.°º][°º.]{{0,2}}(?:{words})?|(?=\s?\d))|№|#|\(?(?i:{words})\.?\)?"
    return re.compile(
        rf"[\s:=.)º°]{{0,5}}(?:(?:{number})[\s.:]{{0,3}}){{0,2}}"
        r"[„“\"'«(]?(?P<code>(?:[A-Z]{1,8}[ ]?)?[A-Z0-9][A-Za-z0-9]*(?:[./_–-]{1,2}[A-Za-z0-9()]+)*(?:[ ]\d{4}(?!\d))?)"  # noqa: E501
    )


def claim_codes(context: Context) -> Claim[tuple[str, ...]]:
    """Claim the identifiers: those under labels, then what else the text names, each once."""
    annotated = context.annotated
    found = find_codes(annotated, context.dates)
    told = choose_codes(found)
    labelled = context.labelled("codes", _read_code)
    chosen: dict[str, Candidate[str]] = {}
    for each in (*labelled, *told):
        chosen.setdefault(each.value, each)
    return Claim(
        tuple(chosen),
        tuple(context.evidence_of(each) for each in chosen.values()),
        why_empty(annotated),
        candidates=rank(labelled, found),
        chosen=tuple(chosen.values()),
        in_prose=bool(told),
    )


def _read_code(annotated: AnnotatedText, span: Span) -> str | None:
    words = read_words(annotated, span)
    return words if words and len(words) <= _LONGEST and " " not in words else None


def find_codes(annotated: AnnotatedText, dates: Sequence[PrintedDate]) -> list[Candidate[str]]:
    """Return every identifier that a family or a label names, the best first."""
    text = annotated.text
    found: list[Candidate[str]] = []
    any_family, families = _families()
    begun = (match.start() for match in _BEGINNING.finditer(text))
    places = [place for place in begun if any_family.match(text, place)]
    for name, pattern, other in families:
        for match in matches_at(places, pattern, text):
            code = re.sub(r"(?<=[-–]) ", "", match[0]).rstrip(".-")
            if (
                other.search(code)
                or _is_other(annotated, match.start())
                or _in_address(text, match.start(), match.end())
            ):
                continue
            end = match.start() + len(match[0].rstrip(".-"))
            why = f"family {name}"
            found.append(Candidate(3.0, match.start(), end, code, why, why))
    days = {item.start for item in dates}
    after_label = _after_label(annotated.lexicon)
    for mark in annotated.marks_of("code_label"):
        labelled = after_label.match(text, mark.end)
        if (
            labelled is None
            or not any(c.isdigit() for c in labelled["code"])
            or len(labelled["code"]) < 3
        ):
            continue
        start = labelled.start("code")
        named = annotated.has(start, labelled.end("code"), "code_not")  # "codice ATECO 2007"
        if start in days or named or _is_other(annotated, mark.start):
            continue
        code = labelled["code"].rstrip(".-")
        if ")" in code and "(" not in code:
            code = code[: code.index(")")]
        if re.fullmatch(r"20\d\d", code) and not mark.strong:
            continue
        words = " ".join(text[mark.start : mark.end].split())
        points, why = 2.5 if mark.strong else 1.5, f"label “{words}”"
        found.append(Candidate(points, start, start + len(code), code, why, why))
    if len(found) > limits.CODES:
        annotated.limits["codes"] = None
    return sorted(found, key=lambda item: (-item.points, item.start))[: limits.CODES]


def choose_codes(found: Sequence[Candidate[str]]) -> list[Candidate[str]]:
    """Return the identifiers, each once, in the order in which they are printed.

    Families come first; a shorter reading of the same words is dropped.
    """
    chosen: list[tuple[str, Candidate[str]]] = []
    for item in found:
        key = "".join(filter(str.isalnum, item.value.upper()))
        if any(
            known.startswith(key)
            or (item.points < other.points and key.startswith(known))
            or (item.start < other.end and other.start < item.end)
            for known, other in chosen
        ):
            continue
        chosen.append((key, item))
    return sorted((item for _, item in chosen), key=lambda item: item.start)


def _is_other(annotated: AnnotatedText, start: int) -> bool:
    """Tell whether words right before say that this is an act, a protocol or a tax number."""
    sentence = annotated.sentence_at(start)
    near = annotated.marks_in(max(sentence.start, start - 28), start, "code_not")
    return bool(near) and not annotated.has(near[-1].end, start + 1, "code_label")


def _in_address(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 60) : start].rsplit(None, 1)
    head = before[-1] if before else ""
    return "://" in head or head.startswith("www.") or text[end : end + 1] == "@"
