"""The first tables.

Over 400 lines because a migration states its tables in full and follows no later code.
"""

import sqlalchemy as sa
from alembic import op

from storage.database.column_types import StorableText, UtcMoment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    op.create_table(
        "derivation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Always 1"),
        sa.Column(
            "code", sa.Text(), nullable=False, comment="Fingerprint of the code that made all rows"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivation")),
        comment="Which code the derived rows come from: one row",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "portal",
        sa.Column("stem", sa.Text(), nullable=False, comment="Short name, e.g. it_lombardia"),
        sa.Column("title", StorableText(), nullable=False, comment="Name of the portal"),
        sa.Column("publisher", StorableText(), nullable=True, comment="Who runs it, in English"),
        sa.Column(
            "publisher_local",
            StorableText(),
            nullable=True,
            comment="Who runs it, in their own language",
        ),
        sa.Column(
            "country", sa.Text(), nullable=True, comment="ISO 3166-1 alpha-2; EU for the Union"
        ),
        sa.Column(
            "languages",
            sa.Text(),
            nullable=True,
            comment="BCP 47, separated by spaces, the commonest first",
        ),
        sa.Column(
            "zone",
            sa.Text(),
            nullable=True,
            comment="IANA zone in which the portal prints its hours",
        ),
        sa.Column("home", sa.Text(), nullable=True, comment="Address of the front page"),
        sa.Column(
            "access",
            sa.Text(),
            nullable=True,
            comment="Route taken: sitemap, wordpress, sedia, socrata ...",
        ),
        sa.Column(
            "role",
            sa.Text(),
            nullable=True,
            comment="What its notices are: original, register, relay",
        ),
        sa.Column("schedule", sa.Text(), nullable=True, comment="Five-field cron expression"),
        sa.Column(
            "status", sa.Text(), nullable=True, comment="trial, released, refused or retired"
        ),
        sa.Column(
            "licence",
            StorableText(),
            nullable=True,
            comment="SPDX identifier, or the licence's own name, or unknown",
        ),
        sa.Column(
            "attribution",
            StorableText(),
            nullable=True,
            comment="What the licence asks to be named",
        ),
        sa.Column(
            "may_republish",
            sa.Boolean(),
            nullable=True,
            comment="Whether texts may be shown in exports",
        ),
        sa.Column(
            "may_translate",
            sa.Boolean(),
            nullable=True,
            comment="Whether translations may be shown in exports",
        ),
        sa.Column(
            "expected_least",
            sa.Integer(),
            nullable=True,
            comment="Smallest plausible number of notices",
        ),
        sa.Column(
            "expected_most",
            sa.Integer(),
            nullable=True,
            comment="Largest plausible number of notices",
        ),
        sa.Column(
            "silent_days",
            sa.Integer(),
            nullable=True,
            comment="Days without news after which silence is suspicious",
        ),
        sa.PrimaryKeyConstraint("stem", name=op.f("pk_portal")),
        comment="A portal, as its description in crawlers/spiders states it",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "translation",
        sa.Column("text_hash", sa.Text(), nullable=False, comment="SHA-256 of the original"),
        sa.Column("source_language", sa.Text(), nullable=False, comment="BCP 47"),
        sa.Column("engine", sa.Text(), nullable=False, comment="argos, apertium ..."),
        sa.Column("engine_version", sa.Text(), nullable=False, comment="Of the engine's model"),
        sa.Column("original", StorableText(), nullable=False, comment="The text"),
        sa.Column("english", StorableText(), nullable=True, comment="Empty where it failed"),
        sa.Column(
            "status", sa.Text(), nullable=False, comment="translated, partial, gist or failed"
        ),
        sa.Column(
            "checks", StorableText(), nullable=False, comment="What the checks found, as JSON"
        ),
        sa.Column("translated_at", UtcMoment(), nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint(
            "text_hash", "source_language", "engine", "engine_version", name=op.f("pk_translation")
        ),
        comment="The translation memory: not derived, never cleared",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "crawl",
        sa.Column(
            "id", sa.Text(), nullable=False, comment="<portal>-<UTC start>; also the file's name"
        ),
        sa.Column("portal", sa.Text(), nullable=False, comment="Whose pages"),
        sa.Column("started_at", UtcMoment(), nullable=False, comment="UTC"),
        sa.Column("finished_at", UtcMoment(), nullable=False, comment="UTC"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="complete, partial, empty, blocked, unreachable or failed",
        ),
        sa.Column("reason", StorableText(), nullable=False, comment="One line for the operator"),
        sa.Column("pages", sa.Integer(), nullable=False, comment="Responses archived"),
        sa.Column("unchanged", sa.Integer(), nullable=False, comment="Pages that had not changed"),
        sa.Column("seen", sa.Integer(), nullable=False, comment="Notices that were listed or read"),
        sa.Column(
            "announced",
            sa.Integer(),
            nullable=True,
            comment="Notices that the portal itself says there are",
        ),
        sa.Column(
            "duplicates", sa.Integer(), nullable=False, comment="Notices met again while paging"
        ),
        sa.ForeignKeyConstraint(["portal"], ["portal.stem"], name=op.f("fk_crawl_portal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl")),
        comment="One crawl of one portal, and the verdict on it",
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_crawl_portal_started_at"), "crawl", ["portal", "started_at"], unique=False
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), nullable=False, comment="n- and a hash of portal and source_id"),
        sa.Column("portal", sa.Text(), nullable=False, comment="Who printed it"),
        sa.Column("source_id", StorableText(), nullable=False, comment="The portal's own id, raw"),
        sa.Column("url", StorableText(), nullable=False, comment="Where it was read last"),
        sa.Column("title", StorableText(), nullable=False, comment="In the original language"),
        sa.Column("language", sa.Text(), nullable=False, comment="BCP 47, of the body"),
        sa.Column(
            "is_call", sa.Boolean(), nullable=False, comment="Whether it announces a call at all"
        ),
        sa.Column(
            "is_call_reason",
            sa.Text(),
            nullable=False,
            comment="call, result, job, procurement ...",
        ),
        sa.Column("versions", sa.Integer(), nullable=False, comment="How many versions there are"),
        sa.Column(
            "baseline",
            sa.Boolean(),
            nullable=False,
            comment="Was there before the portal's first complete crawl ended: not news",
        ),
        sa.Column("first_seen_at", UtcMoment(), nullable=False, comment="UTC"),
        sa.Column("last_seen_at", UtcMoment(), nullable=False, comment="UTC; listed or read"),
        sa.Column(
            "changed_at", UtcMoment(), nullable=False, comment="UTC; when its last version was read"
        ),
        sa.Column(
            "read_in", sa.Text(), nullable=False, comment="Id of the crawl that read it last"
        ),
        sa.Column(
            "missed", sa.Integer(), nullable=False, comment="Complete crawls in a row without it"
        ),
        sa.Column(
            "withdrawn_at",
            UtcMoment(),
            nullable=True,
            comment="UTC; since when it counts as withdrawn",
        ),
        sa.ForeignKeyConstraint(["portal"], ["portal.stem"], name=op.f("fk_notice_portal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("portal", "source_id", name=op.f("uq_notice_portal_source_id")),
        comment="What one portal printed at one address",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Text(), nullable=False, comment="c- and a hash"),
        sa.Column("title", StorableText(), nullable=False, comment="In the original language"),
        sa.Column(
            "title_english",
            StorableText(),
            nullable=True,
            comment="Empty while a translation is pending",
        ),
        sa.Column(
            "title_status",
            sa.Text(),
            nullable=False,
            comment="original, translated, partial, gist, pending or failed",
        ),
        sa.Column("language", sa.Text(), nullable=False, comment="BCP 47, of the body"),
        sa.Column("is_call", sa.Boolean(), nullable=False, comment="Whether it is a call at all"),
        sa.Column(
            "is_call_reason",
            sa.Text(),
            nullable=False,
            comment="call, result, job, procurement ...",
        ),
        sa.Column(
            "codes", StorableText(), nullable=False, comment="Separated by spaces; see call_code"
        ),
        sa.Column("programme", StorableText(), nullable=True, comment="COSME, ERDF ..."),
        sa.Column("issuer", StorableText(), nullable=True, comment="Who publishes the call"),
        sa.Column("published_on", sa.Date(), nullable=True, comment="YYYY-MM-DD"),
        sa.Column(
            "opens_at",
            sa.Text(),
            nullable=True,
            comment="As printed, local: YYYY-MM-DD or YYYY-MM-DDTHH:MM",
        ),
        sa.Column(
            "opens_at_utc", UtcMoment(), nullable=True, comment="First instant at which it is open"
        ),
        sa.Column(
            "first_deadline",
            sa.Text(),
            nullable=True,
            comment="As printed, local; see call_deadline",
        ),
        sa.Column(
            "first_deadline_utc",
            UtcMoment(),
            nullable=True,
            comment="Last instant of that deadline",
        ),
        sa.Column("last_deadline", sa.Text(), nullable=True, comment="As printed, local"),
        sa.Column(
            "last_deadline_utc",
            UtcMoment(),
            nullable=True,
            comment="Last instant at which it is open",
        ),
        sa.Column(
            "deadline_kind",
            sa.Text(),
            nullable=False,
            comment="fixed, multiple, rolling, until_exhausted or none",
        ),
        sa.Column(
            "declared_status", sa.Text(), nullable=True, comment="What the portal itself says"
        ),
        sa.Column(
            "budget_cents",
            sa.BigInteger(),
            nullable=True,
            comment="Total, in hundredths of budget_currency",
        ),
        sa.Column("budget_currency", sa.Text(), nullable=True, comment="ISO 4217, as printed"),
        sa.Column(
            "budget_eur_cents",
            sa.BigInteger(),
            nullable=True,
            comment="In euro where a rate is fixed by law",
        ),
        sa.Column(
            "grant_min_cents",
            sa.BigInteger(),
            nullable=True,
            comment="Smallest grant, in hundredths",
        ),
        sa.Column("grant_min_currency", sa.Text(), nullable=True, comment="ISO 4217"),
        sa.Column(
            "grant_max_cents",
            sa.BigInteger(),
            nullable=True,
            comment="Largest grant, in hundredths",
        ),
        sa.Column("grant_max_currency", sa.Text(), nullable=True, comment="ISO 4217"),
        sa.Column(
            "intensity_max_pct",
            sa.Double(),
            nullable=True,
            comment="Highest co-financing rate, per cent",
        ),
        sa.Column(
            "expected_projects",
            sa.Integer(),
            nullable=True,
            comment="Number of projects to be funded",
        ),
        sa.Column("applicant_types", sa.Text(), nullable=False, comment="Separated by spaces"),
        sa.Column(
            "eligible_areas", StorableText(), nullable=False, comment="Separated by semicolons"
        ),
        sa.Column(
            "min_partners", sa.Integer(), nullable=True, comment="Smallest consortium: partners"
        ),
        sa.Column(
            "min_countries", sa.Integer(), nullable=True, comment="Smallest consortium: countries"
        ),
        sa.Column("lead_notice_id", sa.Text(), nullable=True, comment="The notice that leads"),
        sa.Column("lead_url", StorableText(), nullable=True, comment="Its address"),
        sa.Column("notices", sa.Integer(), nullable=False, comment="How many notices announce it"),
        sa.Column(
            "portals", sa.Text(), nullable=False, comment="Their portals, separated by spaces"
        ),
        sa.Column(
            "first_seen_at",
            UtcMoment(),
            nullable=True,
            comment="UTC; when the first of them was seen",
        ),
        sa.Column(
            "changed_at", UtcMoment(), nullable=True, comment="UTC; when the last of them changed"
        ),
        sa.Column(
            "withdrawn_at",
            UtcMoment(),
            nullable=True,
            comment="UTC; set when every notice is withdrawn",
        ),
        sa.Column(
            "words",
            StorableText(),
            nullable=False,
            comment="Folded words of title, summary and codes",
        ),
        sa.ForeignKeyConstraint(
            ["lead_notice_id"], ["notice.id"], name=op.f("fk_call_lead_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        comment="A funding opportunity, from all its notices; call_now adds its status",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_call_last_deadline_utc"), "call", ["last_deadline_utc"], unique=False)
    op.create_index(op.f("ix_call_programme"), "call", ["programme"], unique=False)
    op.create_table(
        "page",
        sa.Column(
            "id", sa.Text(), nullable=False, comment="<crawl id>/<number>: where the archive has it"
        ),
        sa.Column("crawl_id", sa.Text(), nullable=False, comment="The crawl"),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="Of the request within the crawl, from 1",
        ),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="call, register, listing, sitemap, robots, document",
        ),
        sa.Column("method", sa.Text(), nullable=False, comment="GET or POST"),
        sa.Column("url", StorableText(), nullable=False, comment="Address that answered"),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status"),
        sa.Column("fetched_at", UtcMoment(), nullable=False, comment="UTC"),
        sa.Column(
            "leads_to", StorableText(), nullable=True, comment="Address that a redirect names"
        ),
        sa.Column(
            "content_type", StorableText(), nullable=True, comment="As the portal declares it"
        ),
        sa.Column("bytes", sa.Integer(), nullable=False, comment="Length of the decoded body"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of the decoded body, hexadecimal"),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.id"], name=op.f("fk_page_crawl_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        comment="What lies in the archive: one row an archived answer",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_page_crawl_id"), "page", ["crawl_id"], unique=False)
    op.create_index(op.f("ix_page_url"), "page", ["url"], unique=False)
    op.create_table(
        "document",
        sa.Column(
            "sha256",
            sa.Text(),
            nullable=False,
            comment="Of the file: page.sha256 says where it was",
        ),
        sa.Column("media", sa.Text(), nullable=False, comment="pdf, docx, odt or unknown"),
        sa.Column(
            "pages",
            sa.Integer(),
            nullable=True,
            comment="How many; empty where the format does not tell",
        ),
        sa.Column(
            "problem",
            sa.Text(),
            nullable=True,
            comment="unreadable_document or scanned_document; empty if it was read",
        ),
        sa.Column("message", StorableText(), nullable=True, comment="One line about the problem"),
        sa.Column(
            "reader", sa.Text(), nullable=False, comment="Version of the reader that read it"
        ),
        sa.Column(
            "text",
            StorableText(),
            nullable=False,
            comment="Pages apart by form feeds; spans point into it",
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document")),
        comment="A linked document that was read; kept while its reader stays the same",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notice_document",
        sa.Column("notice_id", sa.Text(), nullable=False, comment="The notice"),
        sa.Column("url", StorableText(), nullable=False, comment="Address, as the notice links it"),
        sa.Column("sha256", sa.Text(), nullable=True, comment="Empty: not (yet) fetched"),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_document_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["document.sha256"], name=op.f("fk_notice_document_sha256")
        ),
        sa.PrimaryKeyConstraint("notice_id", "url", name=op.f("pk_notice_document")),
        comment="The documents that a notice links and that may state the rules of its call",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_notice_document_sha256"), "notice_document", ["sha256"], unique=False)
    op.create_table(
        "call_absence",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("field", sa.Text(), nullable=False, comment="Empty key field of the call"),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=False,
            comment="not_published, not_found, not_applicable or failed",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_absence_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "field", name=op.f("pk_call_absence")),
        comment="Why a value is missing",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "call_applicant_type",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column("applicant_type", sa.Text(), nullable=False, comment="sme, ngo, university ..."),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
            name=op.f("fk_call_applicant_type_call_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_call_applicant_type")),
        comment="Who may apply",
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_call_applicant_type_applicant_type"),
        "call_applicant_type",
        ["applicant_type"],
        unique=False,
    )
    op.create_table(
        "call_area",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column(
            "area",
            StorableText(),
            nullable=False,
            comment="ISO 3166 or NUTS code, or the place as printed",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_area_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_call_area")),
        comment="Where applicants must be",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_call_area_area"), "call_area", ["area"], unique=False)
    op.create_table(
        "call_code",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column("code", StorableText(), nullable=False, comment="As printed"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_code_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_call_code")),
        comment="Identifiers of a call",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_call_code_code"), "call_code", ["code"], unique=False)
    op.create_table(
        "call_contact",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column("contact", StorableText(), nullable=False, comment="As printed"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_contact_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_call_contact")),
        comment="Whom to ask",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "call_deadline",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column(
            "role",
            sa.Text(),
            nullable=False,
            comment="single, stage-1, stage-2, cut-off, expression",
        ),
        sa.Column("deadline", sa.Text(), nullable=False, comment="As printed, local"),
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA zone of that time"),
        sa.Column("deadline_utc", UtcMoment(), nullable=False, comment="Its last instant"),
        sa.Column("basis", sa.Text(), nullable=False, comment="stated or derived"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_deadline_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_call_deadline")),
        comment="Dates by which applications must be in",
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_call_deadline_deadline_utc"), "call_deadline", ["deadline_utc"], unique=False
    )
    op.create_table(
        "call_document",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column("label", StorableText(), nullable=False, comment="As printed"),
        sa.Column("url", StorableText(), nullable=True, comment="Address; empty where it was lost"),
        sa.Column("role", sa.Text(), nullable=True, comment="text of the call, form, faq ..."),
        sa.Column("language", sa.Text(), nullable=True, comment="BCP 47"),
        sa.Column("sha256", sa.Text(), nullable=True, comment="Of the file, hexadecimal"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_document_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_call_document")),
        comment="Attachments",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "call_record",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column(
            "facts", StorableText(), nullable=False, comment="The whole call as canonical JSON"
        ),
        sa.Column(
            "fingerprint",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of all that the rows came from",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_record_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_record")),
        comment="The call as one document, from which programs read it back exactly",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "call_text",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("field", sa.Text(), nullable=False, comment="title, summary or conditions"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column("original", StorableText(), nullable=False, comment="In its own language"),
        sa.Column("language", sa.Text(), nullable=False, comment="BCP 47"),
        sa.Column(
            "english", StorableText(), nullable=True, comment="Empty while a translation is pending"
        ),
        sa.Column(
            "status",
            sa.Text(),
            nullable=False,
            comment="original, translated, partial, gist, pending or failed",
        ),
        sa.Column("engine", sa.Text(), nullable=True, comment="What translated it"),
        sa.Column(
            "text_hash",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of the original: see translation",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_text_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "field", "number", name=op.f("pk_call_text")),
        comment="Texts in the original and in English, side by side",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "call_value",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("field", sa.Text(), nullable=False, comment="Field of the call"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column("value", StorableText(), nullable=False, comment="The field's value, as text"),
        sa.Column(
            "quote", StorableText(), nullable=False, comment="The exact words of the original"
        ),
        sa.Column("notice_id", sa.Text(), nullable=True, comment="The notice that prints them"),
        sa.Column(
            "source",
            sa.Text(),
            nullable=True,
            comment="Whose text the span points into: n-..., n-....<version> or sha256:...",
        ),
        sa.Column(
            "span_start", sa.Integer(), nullable=False, comment="First character of the words"
        ),
        sa.Column("span_end", sa.Integer(), nullable=False, comment="Character after the last"),
        sa.Column("rule", sa.Text(), nullable=False, comment="The rule that read them"),
        sa.Column("basis", sa.Text(), nullable=False, comment="stated or derived"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_value_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_call_value_notice_id")),
        sa.PrimaryKeyConstraint("call_id", "field", "number", name=op.f("pk_call_value")),
        comment="The evidence: for each value the words it was read from",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_call_value_notice_id"), "call_value", ["notice_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Text(), nullable=False, comment="e- and a hash"),
        sa.Column("notice_id", sa.Text(), nullable=False, comment="Where it happened"),
        sa.Column("at", UtcMoment(), nullable=False, comment="UTC; when a crawl saw it"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="new, deadline_extended, budget_changed, corrected, withdrawn ...",
        ),
        sa.Column(
            "field",
            sa.Text(),
            nullable=True,
            comment="The field that changed; empty for the notice as a whole",
        ),
        sa.Column(
            "old_value", StorableText(), nullable=True, comment="Before; empty if it was not known"
        ),
        sa.Column("new_value", StorableText(), nullable=True, comment="After"),
        sa.Column(
            "old_quote", StorableText(), nullable=True, comment="The words behind the old value"
        ),
        sa.Column(
            "new_quote", StorableText(), nullable=True, comment="The words behind the new value"
        ),
        sa.Column("crawl_id", sa.Text(), nullable=False, comment="That saw it"),
        sa.Column("page_id", sa.Text(), nullable=True, comment="That shows it"),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.id"], name=op.f("fk_event_crawl_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_event_notice_id")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_event_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        comment="A change, with both values and the words of both",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_event_at"), "event", ["at"], unique=False)
    op.create_index(op.f("ix_event_notice_id"), "event", ["notice_id"], unique=False)
    op.create_table(
        "issue",
        sa.Column("id", sa.Text(), nullable=False, comment="i- and a hash"),
        sa.Column("portal", sa.Text(), nullable=True, comment="Whose"),
        sa.Column("crawl_id", sa.Text(), nullable=False, comment="That met it"),
        sa.Column("page_id", sa.Text(), nullable=True, comment="The page, where it is about one"),
        sa.Column("notice_id", sa.Text(), nullable=True, comment="The notice, if about one"),
        sa.Column("at", UtcMoment(), nullable=False, comment="UTC"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="Stable and countable: unknown_status ..."
        ),
        sa.Column("severity", sa.Text(), nullable=False, comment="note, warning or error"),
        sa.Column(
            "message",
            StorableText(),
            nullable=False,
            comment="What happened, and the remedy if any",
        ),
        sa.Column("url", StorableText(), nullable=True, comment="The address"),
        sa.Column("field", sa.Text(), nullable=True, comment="The field of the call that suffers"),
        sa.Column("detail", StorableText(), nullable=True, comment="The raw words"),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.id"], name=op.f("fk_issue_crawl_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_issue_notice_id")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_issue_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        comment="What a portal or a page did that a person should know",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_issue_crawl_id"), "issue", ["crawl_id"], unique=False)
    op.create_index(op.f("ix_issue_kind"), "issue", ["kind"], unique=False)
    op.create_table(
        "link",
        sa.Column("call_id", sa.Text(), nullable=False, comment="The call"),
        sa.Column("notice_id", sa.Text(), nullable=False, comment="The notice"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the order, from 1"),
        sa.Column("role", sa.Text(), nullable=False, comment="original, register, relay ..."),
        sa.Column(
            "reason", StorableText(), nullable=False, comment="Why the notice belongs to the call"
        ),
        sa.Column("confidence", sa.Text(), nullable=False, comment="certain, strong or weak"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_link_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_link_notice_id")),
        sa.PrimaryKeyConstraint("call_id", "notice_id", name=op.f("pk_link")),
        comment="Which notices announce which call, and why we think so",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_link_notice_id"), "link", ["notice_id"], unique=False)
    op.create_table(
        "notice_version",
        sa.Column("notice_id", sa.Text(), nullable=False, comment="The notice"),
        sa.Column("number", sa.Integer(), nullable=False, comment="From 1; the highest is current"),
        sa.Column("page_id", sa.Text(), nullable=False, comment="The page it is from"),
        sa.Column("url", StorableText(), nullable=False, comment="Address of that page"),
        sa.Column(
            "fetched_at", UtcMoment(), nullable=False, comment="UTC; when the version appeared"
        ),
        sa.Column(
            "superseded_at",
            UtcMoment(),
            nullable=True,
            comment="UTC; when the next one did; empty if current",
        ),
        sa.Column(
            "source_hash", sa.Text(), nullable=False, comment="SHA-256 of what the reader read"
        ),
        sa.Column(
            "text",
            StorableText(),
            nullable=False,
            comment="Original text; every span points into it",
        ),
        sa.Column(
            "facts",
            StorableText(),
            nullable=False,
            comment="The call as known from then on, canonical JSON; values are never lost",
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_version_notice_id")
        ),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_notice_version_page_id")),
        sa.PrimaryKeyConstraint("notice_id", "number", name=op.f("pk_notice_version")),
        comment="A notice as it stood from one moment to the next",
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_notice_version_fetched_at"), "notice_version", ["fetched_at"], unique=False
    )
    op.create_index(op.f("ix_notice_version_page_id"), "notice_version", ["page_id"], unique=False)


def downgrade() -> None:
    """Take the migration back."""
    op.drop_index(op.f("ix_notice_version_page_id"), table_name="notice_version")
    op.drop_index(op.f("ix_notice_version_fetched_at"), table_name="notice_version")
    op.drop_table("notice_version")
    op.drop_index(op.f("ix_link_notice_id"), table_name="link")
    op.drop_table("link")
    op.drop_index(op.f("ix_issue_kind"), table_name="issue")
    op.drop_index(op.f("ix_issue_crawl_id"), table_name="issue")
    op.drop_table("issue")
    op.drop_index(op.f("ix_event_notice_id"), table_name="event")
    op.drop_index(op.f("ix_event_at"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_call_value_notice_id"), table_name="call_value")
    op.drop_table("call_value")
    op.drop_table("call_text")
    op.drop_table("call_record")
    op.drop_table("call_document")
    op.drop_index(op.f("ix_call_deadline_deadline_utc"), table_name="call_deadline")
    op.drop_table("call_deadline")
    op.drop_table("call_contact")
    op.drop_index(op.f("ix_call_code_code"), table_name="call_code")
    op.drop_table("call_code")
    op.drop_index(op.f("ix_call_area_area"), table_name="call_area")
    op.drop_table("call_area")
    op.drop_index(op.f("ix_call_applicant_type_applicant_type"), table_name="call_applicant_type")
    op.drop_table("call_applicant_type")
    op.drop_table("call_absence")
    op.drop_index(op.f("ix_notice_document_sha256"), table_name="notice_document")
    op.drop_table("notice_document")
    op.drop_table("document")
    op.drop_index(op.f("ix_page_url"), table_name="page")
    op.drop_index(op.f("ix_page_crawl_id"), table_name="page")
    op.drop_table("page")
    op.drop_index(op.f("ix_call_programme"), table_name="call")
    op.drop_index(op.f("ix_call_last_deadline_utc"), table_name="call")
    op.drop_table("call")
    op.drop_table("notice")
    op.drop_index(op.f("ix_crawl_portal_started_at"), table_name="crawl")
    op.drop_table("crawl")
    op.drop_table("translation")
    op.drop_table("portal")
    op.drop_table("derivation")
