"""What a user writes from the usual libraries: langdetect, dateparser, price-parser, patterns.

Run by `benchmarks/extraction.py` with the Python of a throw-away environment; reads notices as
JSON lines on standard input and writes predictions, then the seconds taken, on standard output.
"""

import json
import re
import sys
import time
from typing import Any

from dateparser.search import search_dates
from langdetect import DetectorFactory, detect
from price_parser import Price

DEADLINE = re.compile(
    r"(?i)rok|scaden|scade|entro|deadline|closing|frist|limite|plazo|termin|prazo"
)
OPENING = re.compile(r"(?i)otvor|počet|apertura|dal |opening|ouvert|abre|abert|nabór")
PUBLISHED = re.compile(r"(?i)objav|pubblic|publish|publi|veröffent|public")
AMOUNT = re.compile(
    r"(?i)(?:€|eur|euro)\s?\d[\d.,  ]*|\d[\d.,  ]*\s?(?:€|eur\b|eura|euro|kn\b|kuna|zł|lei|£)"
)
BUDGET = re.compile(r"(?i)ukup|raspolož|dotazion|stanzi|budget|risorse|alloc|sredst")
PERCENT = re.compile(r"(\d{1,3})\s?%")
CODE = re.compile(r"\b[A-Z]{2,}(?:[-.][A-Z0-9]+){2,}\b")
TYPES = {
    "sme": r"(?i)\bpmi\b|\bmsp|\bsmes?\b|\bkmu\b|\bpme\b|pyme",
    "ngo": r"(?i)udrug|associazion|terzo settore|charit|verein|associat|asociac|organizacje",
    "local_authority": r"(?i)jedinic\w+ lokaln|comuni\b|enti locali|local authorit|gemeinde|gmin",
    "enterprise_any": r"(?i)trgovačk|poduzeć|imprese|compan|unternehmen|entreprises|empresas",
}


def facts(notice: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of one notice."""
    text = notice["text"]
    try:
        language = detect(text)
    except Exception:  # noqa: BLE001 - what the library raises on a text without letters
        language = "en"
    found: dict[str, Any] = {
        "id": notice["id"],
        "is_call": True,
        "language": language,
        "deadlines": [],
    }
    place = 0
    for words, moment in search_dates(text, languages=[language]) or []:
        place = text.find(words, place)
        before = text[max(0, place - 60) : place]
        if DEADLINE.search(before):
            found["deadlines"].append(moment.date().isoformat())
        elif OPENING.search(before):
            found.setdefault("opens", moment.date().isoformat())
        elif PUBLISHED.search(before):
            found.setdefault("published", moment.date().isoformat())
    for match in AMOUNT.finditer(text):
        price = Price.fromstring(match[0])
        if price.amount is None:
            continue
        value = {"amount": float(price.amount), "currency": "HRK" if "k" in match[0] else "EUR"}
        name = (
            "budget_total"
            if BUDGET.search(text[max(0, match.start() - 60) : match.start()])
            else "grant_max"
        )
        found.setdefault(name, value)
    rates = [int(rate) for rate in PERCENT.findall(text) if int(rate) <= 100]
    found["intensity_max_pct"] = max(rates, default=None)
    found["codes"] = CODE.findall(text)
    found["applicant_types"] = [name for name, words in TYPES.items() if re.search(words, text)]
    found["deadline_kind"] = "fixed" if found["deadlines"] else "none"
    return found


def main() -> None:
    """Read all notices, then time the work alone."""
    DetectorFactory.seed = 0
    notices = [json.loads(line) for line in sys.stdin if line.strip()]
    started = time.process_time()
    answers = [facts(notice) for notice in notices]
    taken = time.process_time() - started
    for answer in answers:
        sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.write(json.dumps({"seconds": taken}) + "\n")


if __name__ == "__main__":
    main()
