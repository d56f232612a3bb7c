"""Make a call of an original: find every candidate, choose with the whole notice in view.

The surprise: nothing is decided in the finders. They return all candidates; the order in which
the choices are made below is the whole logic, because one choice is the context of the next (the
publication gives a deadline its year).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from normalizers import absences, labelled, languages
from normalizers.fields import (
    applicants,
    areas,
    budgets,
    codes,
    conditions,
    consortia,
    contacts,
    deadlines,
    issuers,
    kinds,
    labelled_values,
    openings,
    programmes,
    projects,
    publications,
    rates,
    summaries,
    titles,
)
from normalizers.fields.deadlines import Closing
from normalizers.lexicon import load
from normalizers.reading import Reading, prepare
from normalizers.text.blocks import Original
from normalizers.text.folding import fold, shown_words
from normalizers.values import money, years
from normalizers.values.dates import PrintedDate, find_dates
from normalizers.values.moments import DatedRole, weigh_dates
from schema.calls import (
    Call,
    Deadline,
    DeadlineRole,
    Document,
    Moment,
    Status,
    Text,
    TextStatus,
)
from schema.findings import Basis, Evidence
from schema.issues import Issue
from schema.spans import Span


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a notice besides its text."""

    language: str | None = None
    """What page or portal declares: a hint."""
    languages: tuple[str, ...] = ()
    """Configured for the portal; empty means all."""
    today: date | None = None
    """Only to resolve dates without a year; ``None`` means never guess."""
    zone: str | None = None
    """IANA zone; ``None``: the language's default."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The portal's ``[labels]``: printed label to field of :class:`Call`, or ``ignore``."""
    statuses: Mapping[str, Status] = field(default_factory=dict)
    issuer: str | None = None
    only_calls: bool = False
    """Whether the portal publishes nothing but calls, so that no words need to say so."""
    portal: str | None = None
    url: str | None = None


@dataclass(slots=True)
class Candidates:
    """Everything that was found, before anything was chosen."""

    dates: list[PrintedDate]
    roles: list[DatedRole]
    published: list[DatedRole]
    openings: list[DatedRole]
    deadlines: list[DatedRole]
    amounts: list[budgets.AmountRole]
    rates: list[rates.RateRole]
    projects: list[projects.CountedProjects]
    codes: list[codes.PrintedCode]
    programmes: list[programmes.NamedProgramme]
    issuers: list[issuers.NamedIssuer]
    areas: list[areas.NamedArea]
    applicants: list[applicants.NamedApplicant]
    misprints: list[money.PrintedAmount]
    misprinted_dates: dict[str, PrintedDate]
    """By the field that suffers."""


def find_all(reading: Reading, title: tuple[int, int] | None) -> Candidates:
    """Run every finder."""
    dates, misprinted = find_dates(reading)
    roles = weigh_dates(reading, dates)
    amounts = money.find_amounts(reading)
    published = publications.find_published(reading, dates, roles)
    stamps = {role.date.start for role in published if role.cue is None}
    return Candidates(
        dates=dates,
        roles=roles,
        published=published,
        openings=openings.find_openings(roles),
        deadlines=deadlines.find_deadlines(dates, roles, stamps),
        amounts=budgets.weigh_amounts(reading, amounts),
        rates=rates.find_rates(reading),
        projects=projects.find_projects(reading),
        codes=codes.find_codes(reading, dates),
        programmes=programmes.find_programmes(reading, title),
        issuers=issuers.find_issuers(reading),
        areas=areas.find_areas(reading),
        applicants=applicants.find_applicants(reading, title),
        misprints=[item for item in amounts if item.misprint],
        misprinted_dates=absences.weigh_misprinted(reading, misprinted),
    )


@dataclass(slots=True)
class Choices:
    """What was chosen of the candidates, as it stood when it was chosen."""

    published: DatedRole | None
    opening: DatedRole | None
    closing_dates: list[DatedRole]
    closing: Closing
    budget: budgets.AmountRole | None
    low: budgets.AmountRole | None
    high: budgets.AmountRole | None
    rate: rates.RateRole | None
    projects: projects.CountedProjects | None
    codes: list[codes.PrintedCode]
    programme: programmes.NamedProgramme | None
    issuer: issuers.NamedIssuer | None
    areas: list[areas.NamedArea]
    applicants: list[applicants.NamedApplicant]
    verdict: kinds.Verdict


def read(original: Original, hints: Hints) -> tuple[Reading, languages.FoundLanguage]:
    """Tell the language of an original and make it ready for the finders."""
    hint = hints.language or original.declared_language
    language = languages.find_language(original.text, hint, hints.languages)
    found = tuple(labelled.find_labelled(original, hints.labels))
    shown, found = labelled.hide_ignored(original, found)
    return prepare(shown, load(language.nearest), found), language


def normalise(original: Original, hints: Hints) -> Call:
    """Return the call that a notice announces, each value with its evidence.

    Pure: the same original and hints give the same call. What is printed is read whether or not
    the notice is a call: ``is_call`` is a judgement of its own, and whoever overrules it finds the
    facts there.
    """
    reading, language = read(original, hints)
    span = titles.choose_title(reading)
    title = (span.start, span.end) if span else None
    found = find_all(reading, title)
    chosen = choose(reading, found, title, hints)
    call = _compose(reading, language, span, found, chosen, hints)
    zone = hints.zone or reading.lexicon.zone
    call = labelled_values.prefer_labelled(call, reading, found.dates, zone, hints.issuer)
    if hints.only_calls and not call.is_call:
        call = replace(call, is_call=True, is_call_reason="portal")
    misprinted = {*found.misprinted_dates, *(absences.AMOUNTS if found.misprints else ())}
    return replace(call, absence=absences.explain_absences(call, reading, misprinted))


def call_facts(choices: Choices) -> dict[str, bool]:
    """Return which fields of a call were found: what the verdict weighs besides words."""
    closing = choices.closing_dates
    return {
        "deadline": bool(closing) and closing[0].cue is not None,
        "budget": choices.budget is not None,
        "grant": choices.low is not None or choices.high is not None,
        "rate": choices.rate is not None,
        "applicants": bool(choices.applicants) and choices.applicants[0].points >= 2.0,
        "codes": bool(choices.codes),
        "opening": choices.opening is not None,
        "kind": choices.closing.kind.is_open_ended,
    }


def choose(
    reading: Reading, found: Candidates, title: tuple[int, int] | None, hints: Hints
) -> Choices:
    """Choose every field, the earlier choices being the context of the later."""
    published = publications.choose_published(found.published)
    day = published.date.on if published else None
    reference = years.reference_day(reading, day, hints.today)
    resolved = [
        replace(role, date=years.resolve(role.date, reading, reference, ahead=True) or role.date)
        for role in found.deadlines
    ]
    closing = deadlines.choose_deadlines(resolved)
    dated = [role for role in closing if role.date.on]
    opening = openings.choose_opening(
        found.openings, max((role.date.on for role in dated if role.date.on), default=None)
    )
    if opening is not None and opening.date.on is None:
        near = [role.date.on for role in dated if role.date.on]
        item = years.resolve_near(opening.date, near, after=False) or years.resolve(
            opening.date, reading, reference, ahead=False
        )
        opening = replace(opening, date=item) if item else None
    if not dated and opening is not None and opening.date.on is not None:
        dated = [
            replace(role, date=item)
            for role in closing
            if (item := years.resolve_near(role.date, [opening.date.on], after=True))
        ]
    undated = not dated and (len(closing) > 0 or "deadlines" in found.misprinted_dates)
    low, high = budgets.choose_grant(found.amounts)
    choices = Choices(
        published=published,
        opening=opening,
        closing_dates=dated,
        closing=deadlines.choose_kind(reading, dated, undated=undated),
        budget=budgets.choose_budget(reading, found.amounts),
        low=low,
        high=high,
        rate=rates.choose_rate(found.rates),
        projects=projects.choose_projects(found.projects),
        codes=codes.choose_codes(found.codes),
        programme=programmes.choose_programme(found.programmes),
        issuer=issuers.choose_issuer(found.issuers),
        areas=areas.choose_areas(found.areas),
        applicants=applicants.choose_applicants(found.applicants),
        verdict=kinds.Verdict(True, "call", 0.0, None, ""),
    )
    facts = call_facts(choices)
    choices.verdict = kinds.judge(reading, title, facts)
    return choices


def _compose(  # noqa: PLR0915 - one call has many fields
    reading: Reading,
    language: languages.FoundLanguage,
    title: Span | None,
    found: Candidates,
    chosen: Choices,
    hints: Hints,
) -> Call:
    zone = hints.zone or reading.lexicon.zone
    evidence: dict[str, tuple[Evidence, ...]] = {}
    code = language.code

    def prove(name: str, *proofs: Evidence) -> None:
        evidence[name] = tuple(proofs)

    def dated(role: DatedRole) -> Evidence:
        item = role.date
        basis = Basis.DERIVED if item.shared or "derived" in item.features else Basis.STATED
        start = min(item.quote_start, item.start) if item.quote_start >= 0 else item.start
        if (
            role.cue is not None
            and role.cue.place == "before"
            and start - role.cue.mark.start < 160
        ):
            start = min(start, role.cue.mark.start)
        rule = f"{code}:{role.cue.family}-{role.cue.place}" if role.cue else f"{code}:place"
        return reading.evidence(start, item.end, rule, basis=basis)

    def valued(role: budgets.AmountRole) -> Evidence:
        item = role.amount
        start = min(item.quote_start, item.start) if item.quote_start >= 0 else item.start
        if (
            role.cue is not None
            and role.cue.place == "before"
            and start - role.cue.mark.start < 160
        ):
            start = min(start, role.cue.mark.start)
        rule = f"{code}:{role.cue.family}-{role.cue.place}" if role.cue else f"{code}:limit"
        return reading.evidence(start, item.end, rule)

    verdict = chosen.verdict
    title_text = ""
    if title is not None:
        proof = reading.evidence(title.start, title.end, f"{code}:title")
        title_text = shown_words(" ".join(proof.quote.split()))
        prove("title", proof)
    if verdict.words is not None:
        prove("is_call", reading.evidence(*verdict.words, f"{code}:{verdict.reason}"))
    if chosen.codes:
        prove("codes", *(reading.evidence(c.start, c.end, f"{code}:{c.why}") for c in chosen.codes))
    if chosen.published is not None:
        prove("published_on", dated(chosen.published))
    fields: dict[str, object] = {}
    if chosen.programme is not None:
        prove(
            "programme",
            reading.evidence(chosen.programme.start, chosen.programme.end, f"{code}:programme"),
        )
        fields["programme"] = chosen.programme.name
    issuer = chosen.issuer.name if chosen.issuer else hints.issuer
    if chosen.issuer is not None:
        prove("issuer", reading.evidence(chosen.issuer.start, chosen.issuer.end, f"{code}:issuer"))
    elif issuer:
        prove("issuer", Evidence("", Span(0, 0), "portal:issuer"))
    _add_facts(reading, chosen, fields, prove, dated, valued, zone, code)
    declared, status_issues = _declared_status(reading, hints)
    partnership = consortia.find_consortium(reading)
    if partnership is not None:
        fields["consortium"] = partnership[0]
        prove("consortium", reading.evidence(partnership[1], partnership[2], f"{code}:consortium"))
    fields["conditions"] = tuple(
        Text(shown_words(span.quote(reading.text)), code, status=_text_status(code))
        for span in conditions.find_conditions(reading)
    )
    shown = languages.title_language(title_text, code)
    summary = summaries.choose_summary(reading, title)
    if summary is not None:
        words = shown_words(summary.quote(reading.text))
        fields["summary"] = Text(
            words, code, words if code == "en" else None, status=_text_status(code)
        )
        prove("summary", reading.evidence(summary.start, summary.end, f"{code}:summary"))
    fields["contacts"] = contacts.find_contacts(reading)
    return Call(
        is_call=verdict.is_call,
        is_call_reason=verdict.reason,
        language=code,
        title=Text(
            title_text,
            shown,
            english=title_text if shown == "en" else None,
            status=_text_status(shown),
        ),
        codes=tuple(c.code for c in chosen.codes),
        published_on=chosen.published.date.on if chosen.published else None,
        issuer=issuer,
        documents=tuple(Document(a.label, a.url) for a in reading.original.attachments),
        declared_status=declared,
        evidence=evidence,
        issues=(*status_issues, *_misprints(found, hints)),
        **fields,  # type: ignore[arg-type]
    )


def _add_facts(
    reading: Reading,
    chosen: Choices,
    fields: dict[str, object],
    prove: object,
    dated: object,
    valued: object,
    zone: str,
    code: str,
) -> None:
    assert callable(prove) and callable(dated) and callable(valued)  # noqa: S101, PT018
    if chosen.opening is not None and chosen.opening.date.on is not None:
        fields["opens_at"] = Moment(chosen.opening.date.on, chosen.opening.date.at, zone)
        prove("opens_at", dated(chosen.opening))
    if chosen.closing_dates:
        fields["deadlines"] = tuple(
            Deadline(
                Moment(role.date.on, role.date.at, zone),
                DeadlineRole.SINGLE if len(chosen.closing_dates) == 1 else DeadlineRole.CUT_OFF,
                Basis.DERIVED
                if role.date.shared or "derived" in role.date.features
                else Basis.STATED,
            )
            for role in chosen.closing_dates
            if role.date.on is not None
        )
        prove("deadlines", *(dated(role) for role in chosen.closing_dates))
    fields["deadline_kind"] = chosen.closing.kind
    if chosen.closing.words is not None:
        prove(
            "deadline_kind",
            reading.evidence(*chosen.closing.words, f"{code}:{chosen.closing.rule}"),
        )
    for name, role in (
        ("budget_total", chosen.budget),
        ("grant_min", chosen.low),
        ("grant_max", chosen.high),
    ):
        if role is not None:
            fields[name] = money.to_money(role.amount)
            prove(name, valued(role))
    if chosen.rate is not None:
        fields["intensity_max_pct"] = chosen.rate.value
        start = chosen.rate.start
        cue = chosen.rate.cue
        if cue is not None and cue.place == "before" and start - cue.mark.start < 160:
            start = cue.mark.start
        prove("intensity_max_pct", reading.evidence(start, chosen.rate.end, f"{code}:rate"))
    if chosen.projects is not None:
        fields["expected_projects"] = chosen.projects.number
        prove(
            "expected_projects",
            reading.evidence(chosen.projects.start, chosen.projects.end, f"{code}:projects"),
        )
    if chosen.applicants:
        fields["applicant_types"] = tuple(dict.fromkeys(item.type for item in chosen.applicants))
        prove(
            "applicant_types",
            *(
                reading.evidence(i.start, i.end, f"{code}:applicant.{i.type}")
                for i in chosen.applicants
            ),
        )
    if chosen.areas:
        fields["eligible_areas"] = tuple(item.area for item in chosen.areas)
        prove(
            "eligible_areas",
            *(reading.evidence(i.start, i.end, f"{code}:area") for i in chosen.areas),
        )


def _text_status(language: str) -> TextStatus:
    return TextStatus.ORIGINAL if language == "en" else TextStatus.PENDING


def _declared_status(reading: Reading, hints: Hints) -> tuple[Status | None, tuple[Issue, ...]]:
    """Read the portal's own word: declared by the reader, or alone on a line near the top."""
    printed = reading.original.declared_status
    if printed is not None:
        status = {key.casefold(): value for key, value in hints.statuses.items()}.get(
            printed.strip().casefold()
        )
        status = status or _status_word(reading, printed)
        if status is None and printed.strip():
            return None, (
                Issue(
                    "unknown_status",
                    f"the status {printed.strip()!r} is not known: add it to [statuses] of the portal",  # noqa: E501
                    portal=hints.portal,
                    url=hints.url,
                    detail=printed.strip(),
                ),
            )
        return status, ()
    for block in reading.original.blocks[:12]:
        words = reading.text[block.span.start : block.span.end]
        if len(words) <= 24:
            status = _status_word(reading, words)
            if status is not None:
                return status, ()
    return None, ()


def _status_word(reading: Reading, words: str) -> Status | None:
    name = reading.lexicon.statuses.get(fold(words).strip(" .:!\n"))
    return Status(name) if name else None


def _misprints(found: Candidates, hints: Hints) -> tuple[Issue, ...]:
    dates = (
        Issue(
            "misprinted_date",
            f"a date is misprinted and was not read: {item.day}. {item.month}. {item.year}",
            portal=hints.portal,
            url=hints.url,
            field=name,
        )
        for name, item in found.misprinted_dates.items()
    )
    amounts = (
        Issue(
            "misprinted_amount",
            f"an amount of money is misprinted and was not read: {item.amount}",
            portal=hints.portal,
            url=hints.url,
            field="grant_max",
        )
        for item in found.misprints[:5]
    )
    return (*dates, *amounts)
