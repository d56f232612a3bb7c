"""Find who publishes the call: a label, or the organisation beside a verb of publishing."""

import re
from functools import lru_cache
from typing import NamedTuple

from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.lexicon import Lexicon
from normalizers.text.letters import CAPITALS
from normalizers.values.labels import read_name
from normalizers.weights import weights
from schema.findings import Evidence
from schema.spans import Span

_LONGEST = 140
_RULE = "issuer"
_MOST = 80


class _NameGrammar(NamedTuple):
    """How names of organisations are printed in a language."""

    name: re.Pattern[str]
    rest: re.Pattern[str]
    """The second half of a name in small letters, up to the verb: ``Ministarstvo gospodarstva``
    *i održivog razvoja* ``objavilo je``."""
    small: frozenset[str]
    """Words with which no name ends."""


@lru_cache(maxsize=64)
def _grammar(lexicon: Lexicon) -> _NameGrammar:
    small = lexicon.words_in_order("inside", "small")
    joined = [re.escape(word[:-1]) + r"['’]\S+" for word in small if word.endswith("'")]
    alone = [re.escape(word) for word in small if not word.endswith("'")]
    more = lexicon.words_in_order("inside", "continues")
    stems = [re.escape(word).replace(r"\*", r"\w*") + ",?" for word in more]
    inside = "|".join((*joined, *alone, *stems)) or "(?!)"
    both = "|".join(map(re.escape, lexicon.words_in_order("inside", "and"))) or "(?!)"
    verbs = "|".join(map(re.escape, lexicon.words_in_order("inside", "auxiliary"))) or "(?!)"
    return _NameGrammar(
        re.compile(
            rf"[^\W\d_][\w'’.+-]*(?:(?:[ \xa0]|\n(?=\S))"
            rf"(?:[„“\"«(]?[{CAPITALS}][\w'’.”\"»)&+-]*|{inside}))*"
        ),
        re.compile(rf"(?P<name> (?:{both})(?: [^\W\d_]{{3,}}){{1,5}}) (?:(?:{verbs}) )?"),
        frozenset(alone),
    )


def claim_issuer(context: Context) -> Claim[str | None]:
    """Claim the issuer.

    The portal's file may name whose notices it publishes, and nobody else's; only a label says
    otherwise. Such a name has no words in the text.
    """
    labelled = context.labelled("issuer", read_name)
    told = find_issuers(context.annotated)
    portal = []
    if context.hints.issuer:
        points = weights("labels")["portal"]
        portal = [Candidate(points, 0, 0, context.hints.issuer, "portal", "the portal's own")]
    candidates = rank(labelled, rank(portal, told))
    chosen = prevailing(labelled, prevailing(portal, told))
    if portal and chosen is portal:
        proof = Evidence("", Span(0, 0), "portal:issuer")
        return Claim(portal[0].value, (proof,), candidates=candidates, chosen=portal)
    return context.claim_best(chosen, candidates)


def find_issuers(annotated: AnnotatedText) -> list[Candidate[str]]:
    """Return every organisation that may have issued the call, the best first."""
    found: list[Candidate[str]] = []
    for mark in annotated.marks_of("issuer_label"):
        colon = annotated.normalized.find(":", mark.end, mark.end + 3)
        sentence = annotated.sentence_at(mark.start)
        if colon < 0:
            continue
        start = colon + 1
        while start < len(annotated.text) and annotated.text[start].isspace():
            start += 1
        stop = annotated.text.find("\n", start)
        stop = min(len(annotated.text) if stop < 0 else stop, start + _LONGEST)
        name = annotated.text[start:stop].strip(" .;|")
        if len(name) > 2 and start - sentence.end < 4:
            found.append(Candidate(3.0, start, start + len(name), name, _RULE))
    verbs = annotated.marks_of("issues")
    grammar = _grammar(annotated.lexicon)
    for mark in annotated.marks_of("name.organisation")[:_MOST]:
        match = grammar.name.match(annotated.text, mark.start, mark.start + _LONGEST)
        if match is None or (annotated.text[mark.start].islower() and not mark.strong):
            continue
        start, end = match.start(), min(match.end(), match.start() + _LONGEST)
        end = _trim(annotated.text, start, end, grammar.small)
        if end - start < 4 or not annotated.text[start].isupper():
            continue
        points = 1.0 - 0.0006 * start
        sentence = annotated.sentence_at(start)
        for verb in verbs:
            if sentence.start <= verb.start < sentence.end + 2:
                gap = verb.start - end if verb.start >= end else start - verb.end
                if gap >= 0:
                    points += max(0.0, 1.2 - 0.01 * gap)
                    if (
                        rest := grammar.rest.fullmatch(annotated.text, end, max(end, verb.start))
                    ) is not None:
                        end = rest.end("name")
                    break
        found.append(Candidate(points, start, end, annotated.text[start:end], _RULE))
    return sorted(found, key=lambda item: (-item.points, item.start))


def _trim(text: str, start: int, end: int, small: frozenset[str]) -> int:
    while end > start:
        words = text[start:end].rsplit(None, 1)
        if len(words) == 2 and words[1].strip(".,;:()").lower() in small:
            end = start + len(text[start:end].rstrip()) - len(words[1])
            end = start + len(text[start:end].rstrip())
        elif text[end - 1] in " .,;:\n-–":
            end -= 1
        else:
            break
    return end
