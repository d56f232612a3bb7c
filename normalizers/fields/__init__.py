"""What it means: for each field of a call, the candidates and the choice among them.

To add a field, say ``funder``:

1. Give :class:`schema.calls.Call` the field, and :class:`normalizers.claims.Claims` an attribute
   of the same name: ``funder: Claim[str | None] = field(init=False)``.
2. Write ``fields/funders.py``: ``find_funders(annotated)`` returns every candidate, the best first,
   with its points and the reason for them. Words come from the lexicons, weights from
   ``weights.toml``.
3. In it, ``claim_funder(context)`` returns the claim. With one value that may stand under a label
   of the portal, it is three lines::

       told = find_funders(context.annotated)
       labelled = context.labelled("funder", read_name)
       return context.claim_best(prevailing(labelled, told), rank(labelled, told), "funder")

4. Put ``claims.funder = funders.claim_funder(context)`` into the list of
   :func:`normalizers.normalise.claim_fields`, behind the claims that it looks at, and the value
   into ``_assemble``; mypy says where it is missing. ``--why`` shows what ``explanations`` names.
"""
