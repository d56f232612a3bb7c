"""The tables, column by column; ``docs/database.md`` is written from the comments here.

All but ``translation``, ``page_set_aside`` and ``clock`` is derived: it is rebuilt from the archive
by ``callboard process --all``. Views that compute a call's status stand in ``views.py``. Over 400
lines because a table is a list of columns, and all of them are looked up in one place.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from storage.database.column_types import StorableText, UtcMoment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

portal = Table(
    "portal",
    metadata,
    Column("stem", Text, primary_key=True, comment="Short name, e.g. it_lombardia"),
    Column("title", StorableText, nullable=False, comment="Name of the portal"),
    Column("publisher", StorableText, comment="Who runs it, in English"),
    Column("publisher_local", StorableText, comment="Who runs it, in their own language"),
    Column("country", Text, comment="ISO 3166-1 alpha-2; EU for the Union"),
    Column("languages", Text, comment="BCP 47, separated by spaces, the commonest first"),
    Column("zone", Text, comment="IANA zone in which the portal prints its hours"),
    Column("home", Text, comment="Address of the front page"),
    Column("access", Text, comment="Route taken: sitemap, wordpress, sedia, socrata ..."),
    Column("role", Text, comment="What its notices are: original, register, relay"),
    Column("schedule", Text, comment="Five-field cron expression"),
    Column("status", Text, comment="trial, released, refused or retired"),
    Column(
        "licence", StorableText, comment="SPDX identifier, or the licence's own name, or unknown"
    ),
    Column("attribution", StorableText, comment="What the licence asks to be named"),
    Column("may_republish", Boolean, comment="Whether texts may be shown in exports"),
    Column("may_translate", Boolean, comment="Whether translations may be shown in exports"),
    Column("expected_least", Integer, comment="Smallest plausible number of notices"),
    Column("expected_most", Integer, comment="Largest plausible number of notices"),
    Column("silent_days", Integer, comment="Days without news after which silence is suspicious"),
    comment="A portal, as its description in crawlers/spiders states it",
)

crawl = Table(
    "crawl",
    metadata,
    Column("id", Text, primary_key=True, comment="<portal>-<UTC start>; also the file's name"),
    Column("portal", Text, ForeignKey("portal.stem"), nullable=False, comment="Whose pages"),
    Column("started_at", UtcMoment, nullable=False, comment="UTC"),
    Column("finished_at", UtcMoment, nullable=False, comment="UTC"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="complete, partial, empty, blocked, unreachable or failed",
    ),
    Column("reason", StorableText, nullable=False, comment="One line for the operator"),
    Column("pages", Integer, nullable=False, comment="Responses archived"),
    Column("unchanged", Integer, nullable=False, comment="Pages that had not changed"),
    Column("seen", Integer, nullable=False, comment="Notices that were listed or read"),
    Column("announced", Integer, comment="Notices that the portal itself says there are"),
    Column("duplicates", Integer, nullable=False, comment="Notices met again while paging"),
    Index(None, "portal", "started_at"),
    comment="One crawl of one portal, and the verdict on it",
)

page = Table(
    "page",
    metadata,
    Column("id", Text, primary_key=True, comment="<crawl id>/<number>: where the archive has it"),
    Column("crawl_id", Text, ForeignKey("crawl.id"), nullable=False, comment="The crawl"),
    Column("number", Integer, nullable=False, comment="Of the request within the crawl, from 1"),
    Column(
        "kind", Text, nullable=False, comment="call, register, listing, sitemap, robots, document"
    ),
    Column("method", Text, nullable=False, comment="GET or POST"),
    Column("url", StorableText, nullable=False, comment="Address that answered"),
    Column("status", Integer, nullable=False, comment="HTTP status"),
    Column("fetched_at", UtcMoment, nullable=False, comment="UTC"),
    Column("leads_to", StorableText, comment="Address that a redirect names"),
    Column("content_type", StorableText, comment="As the portal declares it"),
    Column("bytes", Integer, nullable=False, comment="Length of the decoded body"),
    Column("sha256", Text, nullable=False, comment="Of the decoded body, hexadecimal"),
    Index(None, "crawl_id"),
    Index(None, "url"),
    comment="What lies in the archive: one row an archived answer",
)

notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True, comment="n- and a hash of portal and source_id"),
    Column("portal", Text, ForeignKey("portal.stem"), nullable=False, comment="Who printed it"),
    Column("source_id", StorableText, nullable=False, comment="The portal's own id, raw"),
    Column("url", StorableText, nullable=False, comment="Where it was read last"),
    Column("title", StorableText, nullable=False, comment="In the original language"),
    Column("language", Text, nullable=False, comment="BCP 47, of the body"),
    Column("is_call", Boolean, nullable=False, comment="Whether it announces a call at all"),
    Column("is_call_reason", Text, nullable=False, comment="call, result, job, procurement ..."),
    Column("versions", Integer, nullable=False, comment="How many versions there are"),
    Column(
        "baseline",
        Boolean,
        nullable=False,
        comment="Was there before the portal's first complete crawl ended: not news",
    ),
    Column("first_seen_at", UtcMoment, nullable=False, comment="UTC"),
    Column("last_seen_at", UtcMoment, nullable=False, comment="UTC; listed or read"),
    Column("changed_at", UtcMoment, nullable=False, comment="UTC; when its last version was read"),
    Column("read_in", Text, nullable=False, comment="Id of the crawl that read it last"),
    Column("missed", Integer, nullable=False, comment="Complete crawls in a row without it"),
    Column("withdrawn_at", UtcMoment, comment="UTC; since when it counts as withdrawn"),
    UniqueConstraint("portal", "source_id"),
    comment="What one portal printed at one address",
)

notice_version = Table(
    "notice_version",
    metadata,
    Column("notice_id", Text, ForeignKey("notice.id"), primary_key=True, comment="The notice"),
    Column("number", Integer, primary_key=True, comment="From 1; the highest is current"),
    Column("page_id", Text, ForeignKey("page.id"), nullable=False, comment="The page it is from"),
    Column("url", StorableText, nullable=False, comment="Address of that page"),
    Column("fetched_at", UtcMoment, nullable=False, comment="UTC; when the version appeared"),
    Column("superseded_at", UtcMoment, comment="UTC; when the next one did; empty if current"),
    Column("source_hash", Text, nullable=False, comment="SHA-256 of what the reader read"),
    Column(
        "text", StorableText, nullable=False, comment="Original text; every span points into it"
    ),
    Column(
        "facts",
        StorableText,
        nullable=False,
        comment="The call as known from then on, canonical JSON; values are never lost",
    ),
    Index(None, "page_id"),
    Index(None, "fetched_at"),
    comment="A notice as it stood from one moment to the next",
)

document = Table(
    "document",
    metadata,
    Column("sha256", Text, primary_key=True, comment="Of the file: page.sha256 says where it was"),
    Column("media", Text, nullable=False, comment="pdf, docx, odt or unknown"),
    Column("pages", Integer, comment="How many; empty where the format does not tell"),
    Column(
        "problem", Text, comment="unreadable_document or scanned_document; empty if it was read"
    ),
    Column("message", StorableText, comment="One line about the problem"),
    Column("reader", Text, nullable=False, comment="Version of the reader that read it"),
    Column(
        "text",
        StorableText,
        nullable=False,
        comment="Pages apart by form feeds; spans point into it",
    ),
    comment="A linked document that was read; kept while its reader stays the same",
)

notice_document = Table(
    "notice_document",
    metadata,
    Column("notice_id", Text, ForeignKey("notice.id"), primary_key=True, comment="The notice"),
    Column("url", StorableText, primary_key=True, comment="Address, as the notice links it"),
    Column("sha256", Text, ForeignKey("document.sha256"), comment="Empty: not (yet) fetched"),
    Index(None, "sha256"),
    comment="The documents that a notice links and that may state the rules of its call",
)

event = Table(
    "event",
    metadata,
    Column("id", Text, primary_key=True, comment="e- and a hash"),
    Column("notice_id", Text, ForeignKey("notice.id"), nullable=False, comment="Where it happened"),
    Column("at", UtcMoment, nullable=False, comment="UTC; when a crawl saw it"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="new, deadline_extended, budget_changed, corrected, withdrawn ...",
    ),
    Column("field", Text, comment="The field that changed; empty for the notice as a whole"),
    Column("old_value", StorableText, comment="Before; empty if it was not known"),
    Column("new_value", StorableText, comment="After"),
    Column("old_quote", StorableText, comment="The words behind the old value"),
    Column("new_quote", StorableText, comment="The words behind the new value"),
    Column("crawl_id", Text, ForeignKey("crawl.id"), nullable=False, comment="That saw it"),
    Column("page_id", Text, ForeignKey("page.id"), comment="That shows it"),
    Index(None, "at"),
    Index(None, "notice_id"),
    comment="A change, with both values and the words of both",
)

issue = Table(
    "issue",
    metadata,
    Column("id", Text, primary_key=True, comment="i- and a hash"),
    Column("portal", Text, comment="Whose"),
    Column("crawl_id", Text, ForeignKey("crawl.id"), nullable=False, comment="That met it"),
    Column("page_id", Text, ForeignKey("page.id"), comment="The page, where it is about one"),
    Column("notice_id", Text, ForeignKey("notice.id"), comment="The notice, if about one"),
    Column("at", UtcMoment, nullable=False, comment="UTC"),
    Column("kind", Text, nullable=False, comment="Stable and countable: unknown_status ..."),
    Column("severity", Text, nullable=False, comment="note, warning or error"),
    Column("message", StorableText, nullable=False, comment="What happened, and the remedy if any"),
    Column("url", StorableText, comment="The address"),
    Column("field", StorableText, comment="The field of the call that suffers"),
    Column("detail", StorableText, comment="The raw words"),
    Index(None, "crawl_id"),
    Index(None, "kind"),
    comment="What a portal or a page did that a person should know",
)


def _of_call() -> Column[str]:
    """Return the first column of every table that hangs on a call."""
    return Column(
        "call_id",
        Text,
        ForeignKey("call.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The call",
    )


def _number(*, key: bool = True) -> Column[int]:
    return Column(
        "number", Integer, primary_key=key, nullable=False, comment="Place in the order, from 1"
    )


call = Table(
    "call",
    metadata,
    Column("id", Text, primary_key=True, comment="c- and a hash"),
    Column("title", StorableText, nullable=False, comment="In the original language"),
    Column("title_english", StorableText, comment="Empty while a translation is pending"),
    Column(
        "title_status",
        Text,
        nullable=False,
        comment="original, translated, partial, gist, pending or failed",
    ),
    Column("language", Text, nullable=False, comment="BCP 47, of the body"),
    Column("is_call", Boolean, nullable=False, comment="Whether it is a call at all"),
    Column("is_call_reason", Text, nullable=False, comment="call, result, job, procurement ..."),
    Column("codes", StorableText, nullable=False, comment="Separated by spaces; see call_code"),
    Column("programme", StorableText, comment="COSME, ERDF ..."),
    Column("issuer", StorableText, comment="Who publishes the call"),
    Column("published_on", Date, comment="YYYY-MM-DD"),
    Column("opens_at", Text, comment="As printed, local: YYYY-MM-DD or YYYY-MM-DDTHH:MM"),
    Column("opens_at_utc", UtcMoment, comment="First instant at which it is open"),
    Column("first_deadline", Text, comment="As printed, local; see call_deadline"),
    Column("first_deadline_utc", UtcMoment, comment="Last instant of that deadline"),
    Column("last_deadline", Text, comment="As printed, local"),
    Column("last_deadline_utc", UtcMoment, comment="Last instant at which it is open"),
    Column(
        "deadline_kind",
        Text,
        nullable=False,
        comment="fixed, multiple, rolling, until_exhausted or none",
    ),
    Column("declared_status", Text, comment="What the portal itself says"),
    Column("budget_cents", BigInteger, comment="Total, in hundredths of budget_currency"),
    Column("budget_currency", Text, comment="ISO 4217, as printed"),
    Column("budget_eur_cents", BigInteger, comment="In euro where a rate is fixed by law"),
    Column("grant_min_cents", BigInteger, comment="Smallest grant, in hundredths"),
    Column("grant_min_currency", Text, comment="ISO 4217"),
    Column("grant_max_cents", BigInteger, comment="Largest grant, in hundredths"),
    Column("grant_max_currency", Text, comment="ISO 4217"),
    Column("intensity_max_pct", Double, comment="Highest co-financing rate, per cent"),
    Column("expected_projects", Integer, comment="Number of projects to be funded"),
    Column("applicant_types", Text, nullable=False, comment="Separated by spaces"),
    Column("eligible_areas", StorableText, nullable=False, comment="Separated by semicolons"),
    Column("min_partners", Integer, comment="Smallest consortium: partners"),
    Column("min_countries", Integer, comment="Smallest consortium: countries"),
    Column("lead_notice_id", Text, ForeignKey("notice.id"), comment="The notice that leads"),
    Column("lead_url", StorableText, comment="Its address"),
    Column("notices", Integer, nullable=False, comment="How many notices announce it"),
    Column("portals", Text, nullable=False, comment="Their portals, separated by spaces"),
    Column("first_seen_at", UtcMoment, comment="UTC; when the first of them was seen"),
    Column("changed_at", UtcMoment, comment="UTC; when the last of them changed"),
    Column("withdrawn_at", UtcMoment, comment="UTC; set when every notice is withdrawn"),
    Column(
        "words", StorableText, nullable=False, comment="Folded words of title, summary and codes"
    ),
    Index(None, "last_deadline_utc"),
    Index(None, "programme"),
    comment="A funding opportunity, from all its notices; call_now adds its status",
)

link = Table(
    "link",
    metadata,
    _of_call(),
    Column("notice_id", Text, ForeignKey("notice.id"), primary_key=True, comment="The notice"),
    _number(key=False),
    Column("role", Text, nullable=False, comment="original, register, relay ..."),
    Column("reason", StorableText, nullable=False, comment="Why the notice belongs to the call"),
    Column("confidence", Text, nullable=False, comment="certain, strong or weak"),
    Index(None, "notice_id"),
    comment="Which notices announce which call, and why we think so",
)

call_code = Table(
    "call_code",
    metadata,
    _of_call(),
    _number(),
    Column("code", StorableText, nullable=False, comment="As printed"),
    Index(None, "code"),
    comment="Identifiers of a call",
)

call_deadline = Table(
    "call_deadline",
    metadata,
    _of_call(),
    _number(),
    Column("role", Text, nullable=False, comment="single, stage-1, stage-2, cut-off, expression"),
    Column("deadline", Text, nullable=False, comment="As printed, local"),
    Column("zone", Text, nullable=False, comment="IANA zone of that time"),
    Column("deadline_utc", UtcMoment, nullable=False, comment="Its last instant"),
    Column("basis", Text, nullable=False, comment="stated or derived"),
    Index(None, "deadline_utc"),
    comment="Dates by which applications must be in",
)

call_applicant_type = Table(
    "call_applicant_type",
    metadata,
    _of_call(),
    _number(),
    Column("applicant_type", Text, nullable=False, comment="sme, ngo, university ..."),
    Index(None, "applicant_type"),
    comment="Who may apply",
)

call_area = Table(
    "call_area",
    metadata,
    _of_call(),
    _number(),
    Column(
        "area",
        StorableText,
        nullable=False,
        comment="ISO 3166 or NUTS code, or the place as printed",
    ),
    Index(None, "area"),
    comment="Where applicants must be",
)

call_text = Table(
    "call_text",
    metadata,
    _of_call(),
    Column("field", Text, primary_key=True, comment="title, summary or conditions"),
    _number(),
    Column("original", StorableText, nullable=False, comment="In its own language"),
    Column("language", Text, nullable=False, comment="BCP 47"),
    Column("english", StorableText, comment="Empty while a translation is pending"),
    Column(
        "status",
        Text,
        nullable=False,
        comment="original, translated, partial, gist, pending or failed",
    ),
    Column("engine", Text, comment="What translated it"),
    Column("text_hash", Text, nullable=False, comment="SHA-256 of the original: see translation"),
    Column("english_tag", Text, comment="BCP 47 of the English: en-t-hr is from Croatian"),
    Column("translated_at", UtcMoment, comment="UTC; when its latest sentence was translated"),
    Column("checks", StorableText, comment="What the checks found, separated by semicolons"),
    comment="Texts in the original and in English, side by side",
)

call_document = Table(
    "call_document",
    metadata,
    _of_call(),
    _number(),
    Column("label", StorableText, nullable=False, comment="As printed"),
    Column("url", StorableText, comment="Address; empty where it was lost"),
    Column("role", Text, comment="text of the call, form, faq ..."),
    Column("language", Text, comment="BCP 47"),
    Column("sha256", Text, comment="Of the file, hexadecimal"),
    Column(
        "english",
        StorableText,
        comment="The label in English; empty while a translation is pending",
    ),
    Column("status", Text, comment="Of the English, as in call_text; empty: not tried"),
    comment="Attachments",
)

call_contact = Table(
    "call_contact",
    metadata,
    _of_call(),
    _number(),
    Column("contact", StorableText, nullable=False, comment="As printed"),
    comment="Whom to ask",
)

call_value = Table(
    "call_value",
    metadata,
    _of_call(),
    Column("field", Text, primary_key=True, comment="Field of the call"),
    _number(),
    Column("value", StorableText, nullable=False, comment="The field's value, as text"),
    Column("quote", StorableText, nullable=False, comment="The exact words of the original"),
    Column("notice_id", Text, ForeignKey("notice.id"), comment="The notice that prints them"),
    Column(
        "source",
        Text,
        comment="Whose text the span points into: n-..., n-....<version> or sha256:...",
    ),
    Column("span_start", Integer, nullable=False, comment="First character of the words"),
    Column("span_end", Integer, nullable=False, comment="Character after the last"),
    Column("rule", Text, nullable=False, comment="The rule that read them"),
    Column("basis", Text, nullable=False, comment="stated or derived"),
    Index(None, "notice_id"),
    comment="The evidence: for each value the words it was read from",
)

call_absence = Table(
    "call_absence",
    metadata,
    _of_call(),
    Column("field", Text, primary_key=True, comment="Empty key field of the call"),
    Column(
        "reason",
        Text,
        nullable=False,
        comment="not_published, not_found, not_applicable or failed",
    ),
    comment="Why a value is missing",
)

call_record = Table(
    "call_record",
    metadata,
    _of_call(),
    Column("facts", StorableText, nullable=False, comment="The whole call as canonical JSON"),
    Column("fingerprint", Text, nullable=False, comment="SHA-256 of all that the rows came from"),
    comment="The call as one document, from which programs read it back exactly",
)

translation = Table(
    "translation",
    metadata,
    Column("text_hash", Text, primary_key=True, comment="SHA-256 of the original"),
    Column("source_language", Text, primary_key=True, comment="BCP 47"),
    Column("engine", Text, primary_key=True, comment="argos, apertium ..."),
    Column("engine_version", Text, primary_key=True, comment="Of the engine's model"),
    Column("original", StorableText, nullable=False, comment="The text"),
    Column("english", StorableText, comment="Empty where it failed"),
    Column("status", Text, nullable=False, comment="translated, partial, gist or failed"),
    Column("checks", StorableText, nullable=False, comment="What the checks found, as JSON"),
    Column("translated_at", UtcMoment, nullable=False, comment="UTC"),
    comment="The translation memory: not derived, never cleared",
)

page_set_aside = Table(
    "page_set_aside",
    metadata,
    Column("page_id", Text, primary_key=True, comment="<crawl id>/<number>, as in page"),
    Column("reason", StorableText, nullable=False, comment="What reading it does, in words"),
    Column("code", Text, nullable=False, comment="Fingerprint of the code that read it"),
    Column("tries", Integer, nullable=False, comment="In how many runs it was tried"),
    comment="Pages that end or hold up the process that reads them; runs try them again",
)

derivation = Table(
    "derivation",
    metadata,
    Column("portal", Text, primary_key=True, comment="Stem of the portal"),
    Column("code", Text, nullable=False, comment="Fingerprint of the code that made its rows"),
    comment="Which code each portal's rows come from: they are made again when it changes",
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Always 1"),
    Column("now", UtcMoment, nullable=False, comment="UTC; the moment that counts as now"),
    comment="A clock that stands still: one row in the demo or with a fixed now, else none",
)

KEPT = frozenset({translation.name, page_set_aside.name, clock.name})
"""Tables that are not derived from the archive."""
REUSED = frozenset({document.name})
"""Derived tables that a rebuild does not clear: each row names the code that it came from."""

for _table in metadata.tables.values():
    # Rows lie in the order of their keys, so a dump of the database is the same to the byte
    # whether it grew day by day or was rebuilt at once.
    _table.dialect_options["sqlite"]["with_rowid"] = False
