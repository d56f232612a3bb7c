"""Make a call of a source text: each finder claims its field with the whole notice in view.

The order of the steps in :func:`claim_fields` is the logic: a finder sees the claims made before
it (the publication gives a deadline its year, the fields found say whether it is a call).
"""

from normalizers import labelled, languages
from normalizers.absences import explain_absences
from normalizers.annotation import annotate
from normalizers.claims import Claims
from normalizers.context import Context, Hints, prepare_context
from normalizers.fields import (
    applicants,
    areas,
    budgets,
    codes,
    conditions,
    consortia,
    contacts,
    issuers,
    kinds,
    programmes,
    projects,
    publications,
    rates,
    statuses,
    summaries,
    titles,
    windows,
)
from normalizers.lexicon import load
from normalizers.limits import limit_issue
from normalizers.text.blocks import SourceText
from schema.calls import Call, Document

__all__ = ("Hints", "claim_fields", "normalise", "read")


def normalise(source: SourceText, hints: Hints) -> Call:
    """Return the call that a notice announces, each value with its evidence.

    Pure: the same text and hints give the same call. What is printed is read whether or not
    the notice is a call: ``is_call`` is a judgement of its own, and whoever overrules it finds the
    facts there.
    """
    context = read(source, hints)
    return _assemble(context, claim_fields(context))


def read(source: SourceText, hints: Hints) -> Context:
    """Tell the language of a source text and find all that the finders of fields go by."""
    hint = hints.language or source.declared_language
    language = languages.find_language(source.text, hint, hints.languages)
    found = tuple(labelled.find_labelled(source, hints.labels))
    shown, found = labelled.hide_ignored(source, found)
    return prepare_context(annotate(shown, load(language.nearest), found), language, hints)


def claim_fields(context: Context) -> Claims:
    """Claim every field, the earlier claims being the context of the later."""
    claims = context.claims
    claims.title = titles.claim_title(context)
    claims.declared_status = statuses.claim_status(context)
    publication = publications.claim_publication(context)
    claims.published_on = publication.claim
    claims.opens_at, claims.deadlines, claims.deadline_kind = windows.claim_window(
        context, publication
    )
    claims.budget_total, claims.grant_min, claims.grant_max = budgets.claim_amounts(context)
    claims.intensity_max_pct = rates.claim_rate(context)
    claims.expected_projects = projects.claim_projects(context)
    claims.codes = codes.claim_codes(context)
    claims.programme = programmes.claim_programme(context)
    claims.issuer = issuers.claim_issuer(context)
    claims.eligible_areas = areas.claim_areas(context)
    claims.applicant_types = applicants.claim_applicants(context)
    claims.consortium = consortia.claim_consortium(context)
    claims.conditions = conditions.claim_conditions(context)
    claims.summary = summaries.claim_summary(context)
    claims.contacts = contacts.claim_contacts(context)
    claims.is_call, claims.is_call_reason = kinds.claim_kind(context)
    return claims


def _assemble(context: Context, claims: Claims) -> Call:
    attachments, hints = context.annotated.source.attachments, context.hints
    by_field = dict(claims.by_field())
    return Call(
        is_call=claims.is_call.value,
        is_call_reason=claims.is_call_reason.value,
        language=context.language.code,
        title=claims.title.value,
        summary=claims.summary.value,
        codes=claims.codes.value,
        programme=claims.programme.value,
        issuer=claims.issuer.value,
        published_on=claims.published_on.value,
        opens_at=claims.opens_at.value,
        deadlines=claims.deadlines.value,
        deadline_kind=claims.deadline_kind.value,
        budget_total=claims.budget_total.value,
        grant_min=claims.grant_min.value,
        grant_max=claims.grant_max.value,
        intensity_max_pct=claims.intensity_max_pct.value,
        expected_projects=claims.expected_projects.value,
        applicant_types=claims.applicant_types.value,
        eligible_areas=claims.eligible_areas.value,
        consortium=claims.consortium.value,
        conditions=claims.conditions.value,
        documents=tuple(Document(each.label, each.url) for each in attachments),
        contacts=claims.contacts.value,
        declared_status=claims.declared_status.value,
        evidence={name: each.evidence for name, each in by_field.items() if each.evidence},
        absence=explain_absences(by_field, is_call=claims.is_call.value),
        issues=(
            *(issue for each in by_field.values() for issue in each.issues),
            *(limit_issue(name, hints.portal, hints.url) for name in context.annotated.limits),
        ),
    )
