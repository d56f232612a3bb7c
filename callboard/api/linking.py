"""Notices of several portals in, the calls that they announce out: no database needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from callboard.api.extraction import NoticeError, read_content
from linking import clustering
from linking.clustering import Cluster, LinkedNotice, Relation
from linking.merge import merge
from linking.source_rank import ROLES
from normalizers.normalise import Hints, normalise
from schema.calls import Call


@dataclass(frozen=True, slots=True)
class Notice:
    """What one portal printed at one address, as :func:`link` takes it."""

    id: str
    """Unique among the notices that are linked together."""
    portal: str
    """Who printed it; a stem such as ``it_lombardia``, whose second part names the owner."""
    text: str | None = None
    html: str | None = None
    """Exactly one of ``text`` and ``html`` is given, decoded."""
    url: str | None = None
    language: str | None = None
    """A hint (BCP 47)."""
    fetched_on: date | None = None
    """When it was first seen. The earliest notice gives a call its id; one without a day counts as
    the latest."""
    role: str = "original"
    """What the portal's notices are: ``original`` (its own calls), ``register`` (an official list)
    or ``relay`` (it passes on others' calls)."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One notice of a call, and why it is one."""

    notice: Notice
    call: Call
    """What this notice alone says."""
    role: str
    """For this call: a portal of role ``original`` may be a ``relay`` of another's call."""
    reason: str
    """One line: the code in common, or the evidence that was weighed."""
    confidence: str
    """``certain`` or ``strong``."""


@dataclass(frozen=True, slots=True)
class LinkedCall:
    """A call with all the notices that announce it."""

    id: str
    call: Call
    """Each value from the best of the notices; ``Evidence.source`` is that notice's id."""
    notices: tuple[Announcement, ...]
    """The leading one first."""
    related: tuple[Relation, ...]
    """Other editions of the call, and calls that may be the same, by call id."""


def link(notices: Iterable[Notice]) -> list[LinkedCall]:
    """Group notices into the calls that they announce, sorted by id.

    The order of the notices does not matter. A notice that announces no call (a result, a job) is
    in no group. Raises :class:`CallboardError` if an id occurs twice, a role does not exist, or a
    notice has not exactly one of text and html.
    """
    known: dict[str, Notice] = {}
    for notice in notices:
        if notice.id in known:
            raise NoticeError(f"notice {notice.id} was given twice")
        known[notice.id] = notice
    clusters = clustering.link(_read(each) for each in known.values())
    return [_linked_call(cluster, known) for cluster in clusters]


def _read(notice: Notice) -> LinkedNotice:
    if notice.role not in ROLES:
        raise NoticeError(f"{notice.id}: role {notice.role!r} is none of {', '.join(ROLES)}")
    original = read_content(notice.text, notice.html, notice.url)
    hints = Hints(language=notice.language, url=notice.url, today=notice.fetched_on)
    day = notice.fetched_on or date.max
    return LinkedNotice(
        notice_id=notice.id,
        portal=notice.portal,
        role=notice.role,
        first_seen_at=datetime.combine(day, time(), UTC),
        call=normalise(original, hints),
        text=original.text,
    )


def _linked_call(cluster: Cluster, notices: dict[str, Notice]) -> LinkedCall:
    announcements = tuple(
        Announcement(
            notices[reason.notice_id], read.call, reason.role, reason.reason, reason.confidence
        )
        for read, reason in zip(cluster.notices, cluster.links, strict=True)
    )
    return LinkedCall(cluster.call_id, merge(cluster), announcements, cluster.relations)
