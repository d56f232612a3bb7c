"""Which calls a digest tells of, and what happened to each."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exports.digest import DigestChange, DigestEntry, Group, Source
from exports.labels import change_words
from schema.calls import Status
from schema.events import EventKind
from storage.database.calls import CallFilter, StoredCall, find
from storage.database.events import LinkedEvent, since

ONE_RUN = timedelta(hours=12)
"""How long after a call was first met a notice still belongs to the same run: a run may take hours,
in any order of portals, and the next one starts a day later."""
GROUPS = {
    EventKind.NEW: Group.NEW,
    EventKind.REOPENED: Group.REOPENED,
    EventKind.DEADLINE_EXTENDED: Group.EXTENDED,
    EventKind.DEADLINE_SHORTENED: Group.SHORTENED,
    EventKind.BUDGET_CHANGED: Group.BUDGET_CHANGED,
    EventKind.CORRECTED: Group.CORRECTED,
    EventKind.CLOSED_EARLY: Group.CLOSED_EARLY,
    EventKind.WITHDRAWN: Group.WITHDRAWN,
}


def select_entries(
    connection: Connection, start: datetime, now: datetime, closing_within: timedelta
) -> list[DigestEntry]:
    """Return what happened from an aware moment until now, and what closes soon: an entry a call.

    A call is new if a notice of the run that first met it is. A notice that joins a call which was
    known before makes no new call, even in the first crawl of its portal. A call is withdrawn only
    when none of its notices stands any more.
    """
    changes: dict[str, list[DigestChange]] = defaultdict(list)
    stored = {each.id: each for each in find(connection, CallFilter(with_withdrawn=True), now)}
    happened = [
        (stored[linked.call_id], linked)
        for linked in since(connection, start, now)
        if linked.call_id in stored
    ]
    new = {
        call.id
        for call, linked in happened
        if linked.event.kind is EventKind.NEW and is_of_first_run(linked.event.at, call)
    }
    for call, linked in happened:
        event = linked.event
        if event.kind is EventKind.NEW and call.id not in new:
            continue
        if event.kind is EventKind.WITHDRAWN and call.withdrawn_at is None:
            continue
        changes[call.id].append(DigestChange(GROUPS[event.kind], event.at.date(), _words(linked)))
    for each in find(connection, CallFilter(closing_within=closing_within), now):
        if each.call.status(now) is Status.OPEN:
            changes[each.id].append(DigestChange(Group.CLOSING_SOON, now.date(), "closes soon"))
    return [_entry(stored[call_id], of_it) for call_id, of_it in sorted(changes.items())]


def is_of_first_run(at: datetime, call: StoredCall) -> bool:
    """Tell whether a moment lies in the run that first met a call."""
    return call.first_seen_at is not None and at - call.first_seen_at < ONE_RUN


def _words(linked: LinkedEvent) -> str:
    event = linked.event
    if event.kind is EventKind.NEW:
        return f"new on {linked.portal}"
    if event.kind in (EventKind.WITHDRAWN, EventKind.REOPENED):
        return f"{event.kind} on {linked.portal}"
    words = change_words(event.field, event.old_value, event.new_value)
    return f"{words} ({linked.portal})"


def _entry(stored: StoredCall, changes: list[DigestChange]) -> DigestEntry:
    return DigestEntry(
        call_id=stored.id,
        call=stored.call,
        sources=[Source(each.portal, each.url, each.role) for each in stored.sources],
        changes=changes,
        attribution="; ".join(
            dict.fromkeys(each.attribution for each in stored.sources if each.attribution)
        ),
        may_translate=all(each.may_translate for each in stored.sources[:1]),
    )
