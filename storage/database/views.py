"""Views: what is computed on read, above all a call's status at this moment.

"This moment" is the current time, unless the table ``clock`` has a row: in the demo, whose portals
stand in 2020, and wherever the configuration fixes ``now``.

A view is code, not data: ``Database.migrate`` drops and creates all of them, so a migration never
has to carry one along.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from schema.calls import DeadlineKind, Status
from storage.database.column_types import UtcMoment
from storage.database.tables import (
    call,
    call_deadline,
    call_document,
    call_value,
    crawl,
    link,
    notice,
    portal,
)


class this_moment(FunctionElement[datetime]):  # noqa: N801 - used like an SQL function
    """The moment at which the query runs, or the clock's, in the form in which it is stored."""

    type = UtcMoment()
    inherit_cache = True


_CLOCK = "(SELECT clock.now FROM clock)"


@compiles(this_moment)
def _standard_moment(element: this_moment, compiler: SQLCompiler, **_: Any) -> str:  # noqa: ARG001
    return f"coalesce({_CLOCK}, current_timestamp)"


@compiles(this_moment, "sqlite")
def _sqlite_moment(element: this_moment, compiler: SQLCompiler, **_: Any) -> str:  # noqa: ARG001
    # To the millisecond; no fraction at all at a full second, as UtcMoment writes it.
    current = "rtrim(rtrim(strftime('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.')"
    return f"coalesce({_CLOCK}, {current})"


def status_at(now: "ColumnElement[datetime] | datetime") -> ColumnElement[str]:
    """Return the SQL twin of ``Call.status``: same order, same verdict at every instant."""
    open_ended = [kind.value for kind in DeadlineKind if kind.is_open_ended]
    return case(
        (call.c.last_deadline_utc < now, literal(Status.CLOSED.value)),
        (call.c.declared_status == Status.CLOSED.value, literal(Status.CLOSED.value)),
        (call.c.opens_at_utc > now, literal(Status.FORTHCOMING.value)),
        (
            or_(call.c.last_deadline_utc.is_not(None), call.c.deadline_kind.in_(open_ended)),
            literal(Status.OPEN.value),
        ),
        else_=func.coalesce(call.c.declared_status, Status.UNKNOWN.value),
    )


def next_deadline_at(now: "ColumnElement[datetime] | datetime") -> ColumnElement[datetime]:
    """Return the last instant of the first deadline that has not passed."""
    return (
        select(func.min(call_deadline.c.deadline_utc, type_=UtcMoment()))
        .where(call_deadline.c.call_id == call.c.id, call_deadline.c.deadline_utc >= now)
        .correlate(call)
        .scalar_subquery()
    )


_AMOUNTS = [
    column.name.removesuffix("_cents") for column in call.c if column.name.endswith("_cents")
]


def _amount(cents: ColumnElement[int]) -> ColumnElement[Any]:
    """Return hundredths as a number of units, for reading; sums belong on the cents."""
    return cents.op("/")(literal_column("100.0"))


def _this_moment() -> Select[Any]:
    return select(this_moment().label("now"))


def _call_now() -> Select[Any]:
    columns = [column for column in call.c if column.name != "words"]
    return select(
        *columns,
        status_at(this_moment()).label("status"),
        next_deadline_at(this_moment()).label("next_deadline_utc"),
        *(_amount(call.c[f"{name}_cents"]).label(name) for name in _AMOUNTS),
    )


def _open_call() -> Select[Any]:
    return _call_now().where(
        call.c.is_call,
        call.c.withdrawn_at.is_(None),
        status_at(this_moment()) == Status.OPEN.value,
    )


def _call_source() -> Select[Any]:
    return select(
        link.c.call_id,
        link.c.number,
        link.c.role,
        link.c.reason,
        link.c.confidence,
        notice.c.id.label("notice_id"),
        notice.c.portal,
        portal.c.title.label("portal_title"),
        portal.c.country,
        notice.c.url,
        notice.c.title,
        notice.c.language,
        notice.c.first_seen_at,
        notice.c.last_seen_at,
        notice.c.changed_at,
        notice.c.withdrawn_at,
    ).select_from(
        link.join(notice, notice.c.id == link.c.notice_id).join(
            portal, portal.c.stem == notice.c.portal
        )
    )


def _value_source() -> Select[Any]:
    of_document = and_(
        call_document.c.call_id == call_value.c.call_id,
        call_value.c.source == literal("sha256:") + call_document.c.sha256,
    )
    return select(
        call_value.c.call_id,
        call_value.c.field,
        call_value.c.number,
        call_value.c.value,
        call_value.c.quote,
        call_value.c.rule,
        call_value.c.basis,
        notice.c.portal,
        call_document.c.label.label("document"),
        func.coalesce(call_document.c.url, notice.c.url).label("url"),
        call_value.c.source,
        call_value.c.span_start,
        call_value.c.span_end,
    ).select_from(
        call_value.outerjoin(notice, notice.c.id == call_value.c.notice_id).outerjoin(
            call_document, of_document
        )
    )


def _portal_now() -> Select[Any]:
    newest = (
        select(crawl.c.id)
        .where(crawl.c.portal == portal.c.stem)
        .order_by(crawl.c.started_at.desc(), crawl.c.id.desc())
        .limit(1)
        .correlate(portal)
        .scalar_subquery()
    )
    complete = (
        select(func.max(crawl.c.finished_at, type_=UtcMoment()))
        .where(crawl.c.portal == portal.c.stem, crawl.c.state == "complete")
        .correlate(portal)
        .scalar_subquery()
    )
    notices = select(func.count()).where(notice.c.portal == portal.c.stem).correlate(portal)
    return select(
        portal.c.stem,
        portal.c.title,
        portal.c.country,
        portal.c.status.label("portal_status"),
        crawl.c.id.label("crawl_id"),
        crawl.c.started_at,
        crawl.c.finished_at,
        crawl.c.state,
        crawl.c.reason,
        crawl.c.pages,
        crawl.c.unchanged,
        crawl.c.seen,
        complete.label("last_complete_at"),
        notices.scalar_subquery().label("notices"),
        notices.where(notice.c.withdrawn_at.is_(None)).scalar_subquery().label("standing"),
        select(func.max(notice.c.changed_at, type_=UtcMoment()))
        .where(notice.c.portal == portal.c.stem)
        .correlate(portal)
        .scalar_subquery()
        .label("last_news_at"),
    ).select_from(
        portal.outerjoin(crawl, and_(crawl.c.portal == portal.c.stem, crawl.c.id == newest))
    )


VIEWS = {
    "this_moment": (_this_moment, "The moment for which the views tell a status, as one row"),
    "call_now": (_call_now, "Every call with its status at this moment, amounts in units"),
    "open_call": (_open_call, "The calls of call_now that can be applied for now"),
    "call_source": (_call_source, "The notices of each call, with portal and address"),
    "value_source": (
        _value_source,
        "Each value of a call with its words, and the page or the document that prints them",
    ),
    "portal_now": (_portal_now, "Each portal with its latest crawl"),
}
"""Name to query and purpose. An order in which they can be created."""

COMPUTED = {
    "status": "forthcoming, open, closed or unknown, at this moment",
    "next_deadline_utc": "Last instant of the first deadline that has not passed",
    **{
        name: f"`{name}_cents` in units of its currency, for reading; sum the cents"
        for name in _AMOUNTS
    },
}
"""Columns that call_now and open_call add to those of call."""


def create_statements(dialect: Dialect) -> list[str]:
    """Return the statements that create the views in a database of this kind."""
    options = {"literal_binds": True}
    return [
        f"CREATE VIEW {name} AS {query().compile(dialect=dialect, compile_kwargs=options)}"
        for name, (query, _) in VIEWS.items()
    ]


def drop_statements() -> list[str]:
    """Return the statements that drop the views."""
    return [f"DROP VIEW IF EXISTS {name}" for name in reversed(VIEWS)]
