"""What a person reads in a terminal: a list of calls, one call with its proofs, portals' health.

Everything scraped is escaped: a title can't colour the terminal or send it control codes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from exports.labels import ABSENT, NAMES, change_words, plain
from processing.health import NEVER, Health
from schema.calls import Call, DeadlineKind, Moment, Status, Text, TextStatus
from schema.fields import FIELDS, KEY_FIELDS, Shape
from schema.findings import Basis
from schema.money import Money
from storage.database.calls import CallSource, StoredCall
from storage.database.events import LinkedEvent
from storage.database.notices import CurrentNotice
from storage.wording import value_text

STYLES = {
    Status.OPEN: "bold green",
    Status.FORTHCOMING: "cyan",
    Status.CLOSED: "dim",
    Status.UNKNOWN: "yellow",
}
QUOTE_LENGTH = 90


def shortened(text: str, length: int) -> str:
    """Return the text, cut at a word with an ellipsis where it is longer than the length."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def render_calls(found: Sequence[StoredCall], now: datetime) -> RenderableType:
    """Return the list of calls as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    table.add_column("Deadline", no_wrap=True)
    table.add_column("Left", justify="right", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Call", ratio=1)
    table.add_column("Budget", justify="right", no_wrap=True)
    table.add_column("Id", no_wrap=True)
    for stored in found:
        call, status = stored.call, stored.call.status(now)
        moment = next_moment(call, now)
        days = days_left(moment, now)
        hurry = "bold red" if days is not None and days <= 7 else ""
        table.add_row(
            Line(moment.isoformat().replace("T", " ") if moment else _no_deadline(call)),
            Line("" if days is None else f"{days} d", style=hurry),
            Line(status, style=STYLES[status]),
            _listed(stored),
            Line(str(call.budget_total or "")),
            Line(stored.id, style="dim"),
        )
    return table


def render_call(
    stored: StoredCall,
    notices: Mapping[str, CurrentNotice],
    events: Iterable[LinkedEvent],
    now: datetime,
) -> RenderableType:
    """Return one call: its facts with the words and the notice behind each, sources, history."""
    call = stored.call
    status = call.status(now)
    head = Line.assemble(
        (status, STYLES[status]), " · ", call.deadline_kind, " · ", call.language, " · ", stored.id
    )
    if stored.withdrawn_at:
        head.append(f" · withdrawn {stored.withdrawn_at:%Y-%m-%d}", style="red")
    parts: list[RenderableType] = [_title(call.title, "bold"), head]
    parts += _summary(call)
    parts.append(_section("Facts"))
    parts.append(_facts(call, stored.sources))
    absent = _absences(call)
    if absent:
        parts.append(Padding(Line(absent, style="dim"), (1, 0, 0, 2)))
    if call.conditions:
        parts.append(_section("Conditions"))
        parts += [Padding(_text(each), (0, 0, 0, 2)) for each in call.conditions[:8]]
    if call.documents:
        parts.append(_section("Documents"))
        for document in call.documents:
            parts.append(Line(f"  {plain(document.label)}  {plain(document.url) or 'no address'}"))
            name = document.name
            if name is not None and name.english and name.status is not TextStatus.ORIGINAL:
                parts.append(Line(f"    {plain(name.english)}{_mark(name)}", style="italic dim"))
    parts.append(_section("Announced by"))
    parts += _sources(stored.sources)
    if len(stored.sources) > 1:
        parts.append(_section("What each notice prints itself"))
        parts.append(_side_by_side(call, stored.sources, notices))
    history = [each for each in events if each.call_id == stored.id]
    if history:
        parts.append(_section("History"))
        parts += [_event(each) for each in history]
    if call.issues:
        parts.append(_section("Worth a look"))
        parts += [Line(f"  {issue.kind}: {plain(issue.message)}") for issue in call.issues]
    return Group(*parts)


def render_health(found: Iterable[Health], now: datetime) -> RenderableType:
    """Return each portal's health at a glance: its signs, and why; those to look at first."""
    styles = {"complete": "green"}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Portal", "Health", "Crawled", "Complete", "News"):
        table.add_column(name, no_wrap=True)
    table.add_column("Notices", justify="right", no_wrap=True)
    table.add_column("Why", ratio=1)
    waiting = []
    for each in found:
        if NEVER in each.signs:
            waiting.append(each.portal.stem)
            continue
        state = each.state
        signs = [Line(sign, style=styles.get(sign, "yellow")) for sign in each.signs]
        if each.signs[0] not in ("complete", "partial"):
            signs[0].stylize("bold red")
        table.add_row(
            state.stem,
            Line("\n").join(signs),
            _ago(state.finished_at, now),
            _ago(state.last_complete_at, now),
            _ago(state.last_news_at, now),
            str(state.standing),
            Line("\n").join(Line(plain(reason)) for reason in each.reasons),
        )
    if not waiting:
        return table
    return Group(table, Line(f"Never crawled: {', '.join(waiting)}", style="dim"))


def render_documented(stored: StoredCall) -> RenderableType:
    """Return a call's title and the facts that its pages lack and a linked document states."""
    facts = _facts(stored.call, stored.sources, documented_fields(stored.call))
    return Group(_title(stored.call.title, "bold"), facts)


def documented_fields(call: Call) -> list[str]:
    """Return the fields whose words stand in a linked document, not on a page."""
    sources = {f"sha256:{each.sha256}" for each in call.documents}
    return [
        field
        for field in NAMES
        if any(proof.source in sources for proof in call.evidence.get(field, ()))
    ]


def next_moment(call: Call, now: datetime) -> Moment | None:
    """Return the next deadline, or the last one when all have passed."""
    moments = sorted((each.moment for each in call.deadlines), key=lambda moment: moment.ends_at())
    coming = [moment for moment in moments if moment.ends_at() >= now]
    return coming[0] if coming else (moments[-1] if moments else None)


def days_left(moment: Moment | None, now: datetime) -> int | None:
    """Return the whole days to a deadline that has not passed."""
    if moment is None or moment.ends_at() < now:
        return None
    return (moment.on - now.date()).days


def money(value: Money | None) -> str:
    """Return an amount with thin grouping, and its value in euro where the law fixes a rate."""
    if value is None:
        return ""
    euro = value.in_eur()
    also = f" (= {euro})" if euro is not None and euro.currency != value.currency else ""
    return f"{value}{also}"


def _listed(stored: StoredCall) -> Line:
    """Return title, English title and the portals that announce it, a line each."""
    portals = ", ".join(dict.fromkeys(source.portal for source in stored.sources))
    return _title(stored.call.title).append(f"\n{portals}", style="dim")


def _title(title: Text, style: str = "") -> Line:
    line = Line(plain(title.original), style=style)
    if title.status is TextStatus.ORIGINAL or not title.original:
        return line
    if title.english:
        line.append(f"\n{plain(title.english)}{_mark(title)}", style="italic dim")
    return line


def render_texts(title: str, text: Text) -> RenderableType:
    """Return a text and its English side by side, line by line; the English may be pending."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(text.language, ratio=1)
    english = text.english or ""
    heading = Line(f"{text.english_tag or 'en'}{_mark(text)}")
    table.add_column(heading, ratio=1, style="italic")
    lines = text.original.splitlines()
    for left, right in zip_longest(lines, english.splitlines(), fillvalue=""):
        table.add_row(plain(left), plain(right))
    return table


def _mark(text: Text) -> str:
    """Return what the reader must know of an English text: a gist, in part, by a fixture."""
    if (text.engine or "").startswith("fixture"):
        return " [fixture]"
    return "" if text.status is TextStatus.TRANSLATED else f" [{text.status}]"


def _text(text: Text) -> Line:
    line = Line(f"– {shortened(plain(text.original), 300)}")
    if text.english and text.status is not TextStatus.ORIGINAL:
        english = shortened(plain(text.english), 300)
        line.append(f"\n  {english}{_mark(text)}", style="italic dim")
    return line


def _summary(call: Call) -> list[RenderableType]:
    title = call.title.status
    pending: list[RenderableType] = []
    if title is TextStatus.PENDING:
        pending.append(Line("English pending: no offline engine for this language", style="yellow"))
    if call.summary is None:
        return pending
    words = shortened(plain(call.summary.original), 400)
    body = Line(words)
    if call.summary.english and call.summary.status is not TextStatus.ORIGINAL:
        english = shortened(plain(call.summary.english), 400)
        body.append(f"\n{english}{_mark(call.summary)}", style="italic dim")
    return [*pending, Line(""), body]


def _section(name: str) -> RenderableType:
    return Padding(Line(name, style="bold underline"), (1, 0, 0, 0))


def _facts(call: Call, sources: Sequence[CallSource], fields: Iterable[str] = NAMES) -> Table:
    printed_by = {source.notice_id: source.portal for source in sources} | {
        f"sha256:{each.sha256}": f"document “{plain(each.label)}”"
        for each in call.documents
        if each.sha256
    }
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=2)
    table.add_column(ratio=3)
    for field in fields:
        shown = _shown(call, field)
        if not shown:
            continue
        proofs = []
        for proof in call.evidence.get(field, ())[:3]:
            words = shortened(plain(proof.quote), QUOTE_LENGTH)
            where = printed_by.get(proof.source or "", "")
            derived = " (worked out)" if proof.basis is Basis.DERIVED else ""
            said = f"“{words}”" if words else "(named by the portal's description)"
            proofs.append(f"{said}{derived} {where}".rstrip())
        table.add_row(
            f"  {NAMES[field]}", Line(shown), Line("\n".join(dict.fromkeys(proofs)), style="dim")
        )
    return table


def _shown(call: Call, field: str) -> str:
    value: Any = getattr(call, field)
    if isinstance(value, Money):
        return money(value)
    text = plain(value_text(value))
    if _SHAPES[field] is Shape.PERCENT and text:
        return f"{text} %"
    return text.replace("T", " ") if _SHAPES[field] in _TIMED else text


_SHAPES = {each.name: each.shape for each in FIELDS}
_TIMED = (Shape.MOMENT, Shape.DEADLINES)


def _absences(call: Call) -> str:
    reasons: dict[str, list[str]] = {}
    for field in KEY_FIELDS:
        if field in call.absence:
            reasons.setdefault(call.absence[field], []).append(NAMES[field].lower())
    return "\n".join(f"{ABSENT[reason]}: {', '.join(names)}" for reason, names in reasons.items())


def _sources(sources: Sequence[CallSource]) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for source in sources:
        gone = f" · withdrawn {source.withdrawn_at:%Y-%m-%d}" if source.withdrawn_at else ""
        lines.append(
            Line.assemble(
                f"  {source.role}: ", (source.portal, "bold"), f" · {source.language}{gone}"
            )
        )
        # Never wrapped: a wrapped address can't be clicked or copied.
        lines.append(Line(f"    {plain(source.url)}", no_wrap=True, overflow="ignore"))
        if len(sources) > 1:
            why = Line(f"{source.confidence}: {plain(source.reason)}", style="dim")
            lines.append(Padding(why, (0, 0, 0, 4)))
    return lines


def _side_by_side(
    call: Call, sources: Sequence[CallSource], notices: Mapping[str, CurrentNotice]
) -> Table:
    """Show each field as each notice has it, so that what was filled in from elsewhere is seen."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("  Field", no_wrap=True)
    present = [source for source in sources if source.notice_id in notices]
    for source in present:
        table.add_column(source.portal, ratio=1)
    for field, name in NAMES.items():
        if not _shown(call, field):
            continue
        givers = {proof.source for proof in call.evidence.get(field, ())}
        taken = dict.fromkeys(each.portal for each in present if each.notice_id in givers)
        filled = f" ← {', '.join(taken)}" if taken else ""
        cells = []
        for source in present:
            theirs = notices[source.notice_id].call
            shown = _shown(theirs, field)
            absent = ABSENT.get(theirs.absence.get(field, ""), "not printed")
            cells.append(Line(shown) if shown else Line(absent + filled, style="dim italic"))
        table.add_row(f"  {name}", *cells)
    return table


def _event(linked: LinkedEvent) -> Line:
    event = linked.event
    what = event.kind.replace("_", " ")
    line = Line.assemble(f"  {event.at:%Y-%m-%d}  ", (what, "bold"), f"  {linked.portal}")
    if event.field or event.old_value:
        line.append(f"  {change_words(event.field, event.old_value, event.new_value)}")
    return line


def _no_deadline(call: Call) -> str:
    return {
        DeadlineKind.ROLLING: "rolling",
        DeadlineKind.UNTIL_EXHAUSTED: "while funds last",
    }.get(call.deadline_kind, "—")


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    days = (now.date() - moment.date()).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
