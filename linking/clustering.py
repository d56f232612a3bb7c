"""The same call across portals and languages: notices in, clusters out.

A pure function: the order of the notices does not matter, nothing is read but the two data files
beside this module, and a notice that joins later does not rename a call. A pair is merged by a
shared code, or by a title and independent evidence together, never by a title alone (law 6).
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linking.blocking import candidate_pairs
from linking.comparison import Comparison, MatchDecision, compare, conflict
from linking.profiles import Corpus, NoticeProfile, profile
from linking.source_rank import SourceRank, source_rank
from schema.calls import Call

ALONE = "the only notice of this call"
"""The reason of a link in a cluster of one."""


@dataclass(frozen=True, slots=True)
class LinkedNotice:
    """What linking needs to know of one notice."""

    notice_id: str
    portal: str
    """Stem of the portal."""
    role: str
    """What the portal's notices are to a call: ``original``, ``register`` or ``relay``."""
    first_seen_at: datetime
    """Aware; the earliest notice of a cluster gives the call its id."""
    call: Call
    text: str
    """The original text that the call was read from."""


@dataclass(frozen=True, slots=True)
class ClusterLink:
    """Why one notice stands in its cluster."""

    notice_id: str
    role: str
    """``original``, ``register`` or ``relay``, for this call."""
    reason: str
    """One line: ``same code …``, or the evidence that was weighed."""
    confidence: str
    """``certain`` or ``strong``."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Another call that this one is not merged with, but has to do with."""

    call_id: str
    kind: str
    """``edition``: the same call of another year or round. ``suggestion``: perhaps the same call,
    for a person to decide."""
    reason: str
    score: float
    """Points behind a suggestion; 0 for an edition."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One call and the notices that announce it, the leading notice first."""

    call_id: str
    """``c-`` and ten characters; depends only on the cluster's earliest notice."""
    links: tuple[ClusterLink, ...]
    """In the order of ``notices``."""
    notices: tuple[LinkedNotice, ...]
    relations: tuple[Relation, ...] = ()


def link(notices: Iterable[LinkedNotice]) -> list[Cluster]:
    """Group notices into calls, sorted by call id.

    Every notice stands in exactly one cluster, except those that announce no call
    (``call.is_call`` is false): they stand in none. Raises ``ValueError`` if an id occurs twice.
    """
    by_id: dict[str, LinkedNotice] = {}
    for notice in notices:
        if notice.notice_id in by_id:
            raise ValueError(f"notice {notice.notice_id} was given twice")
        by_id[notice.notice_id] = notice
    profiles = {
        notice_id: profile(notice_id, each.portal, each.call, each.text)
        for notice_id, each in sorted(by_id.items())
        if each.call.is_call
    }
    corpus = Corpus(list(profiles.values()))
    groups = _Groups(profiles, corpus)
    others: list[tuple[str, str, Comparison]] = []
    joining: list[tuple[str, str, Comparison]] = []
    for one, other in candidate_pairs(profiles, corpus):
        found = compare(profiles[one], profiles[other], corpus)
        if found.verdict in (MatchDecision.CERTAIN, MatchDecision.STRONG):
            joining.append((one, other, found))
        elif found.verdict in (MatchDecision.WEAK, MatchDecision.EDITION):
            others.append((one, other, found))
    joining.sort(key=lambda edge: (-edge[2].score, edge[0], edge[1]))
    for one, other, found in joining:
        if not groups.join(one, other, found):
            others.append((one, other, found))
    members = groups.members()
    call_ids = {root: call_id([by_id[i] for i in ids]) for root, ids in members.items()}
    relations = _relations(others, groups, call_ids)
    clusters = [
        _cluster(call_ids[root], [by_id[i] for i in ids], groups.edges, relations[call_ids[root]])
        for root, ids in members.items()
    ]
    return sorted(clusters, key=lambda cluster: cluster.call_id)


def call_id(notices: Iterable[LinkedNotice]) -> str:
    """Return the id of the call that these notices announce."""
    earliest = min(notices, key=lambda notice: (notice.first_seen_at, notice.notice_id))
    digest = hashlib.sha256(earliest.notice_id.encode()).digest()
    return "c-" + base64.b32encode(digest).decode().lower()[:10]


class _Groups:
    """Union-find that never puts two notices that contradict each other into one group."""

    def __init__(self, profiles: Mapping[str, NoticeProfile], corpus: Corpus) -> None:
        self._profiles, self._corpus = profiles, corpus
        self._root = {notice_id: notice_id for notice_id in profiles}
        self._members = {notice_id: [notice_id] for notice_id in profiles}
        self.edges: dict[str, list[tuple[str, Comparison]]] = defaultdict(list)
        """The links that joined groups, a tree in each, by notice and in both directions."""

    def root(self, notice_id: str) -> str:
        while self._root[notice_id] != notice_id:
            self._root[notice_id] = self._root[self._root[notice_id]]
            notice_id = self._root[notice_id]
        return notice_id

    def join(self, one: str, other: str, found: Comparison) -> bool:
        """Unite the groups of two notices, unless any two of their notices contradict."""
        left, right = sorted((self.root(one), self.root(other)))
        if left == right:
            return True
        if any(
            conflict(self._profiles[mine], self._profiles[yours], self._corpus)
            for mine in self._members[left]
            for yours in self._members[right]
        ):
            return False
        self._root[right] = left
        self._members[left].extend(self._members.pop(right))
        self.edges[one].append((other, found))
        self.edges[other].append((one, found))
        return True

    def members(self) -> dict[str, list[str]]:
        return {root: sorted(ids) for root, ids in sorted(self._members.items())}


def _relations(
    pairs: Sequence[tuple[str, str, Comparison]], groups: _Groups, call_ids: Mapping[str, str]
) -> dict[str, tuple[Relation, ...]]:
    """Return the relations of each call: the best-supported one of each kind to each other call."""
    best: dict[tuple[str, str, str], Relation] = {}
    for one, other, found in pairs:
        left, right = call_ids[groups.root(one)], call_ids[groups.root(other)]
        if left == right:
            continue
        kind = "edition" if found.verdict is MatchDecision.EDITION else "suggestion"
        for here, there in ((left, right), (right, left)):
            relation = Relation(there, kind, found.reason, found.score)
            known = best.get((here, there, kind))
            if known is None or (known.score, known.reason) < (relation.score, relation.reason):
                best[here, there, kind] = relation
    found_for: dict[str, list[Relation]] = defaultdict(list)
    for (here, _, _), relation in sorted(best.items()):
        found_for[here].append(relation)
    return defaultdict(tuple, {here: tuple(each) for here, each in found_for.items()})


def _cluster(
    identity: str,
    notices: list[LinkedNotice],
    edges: Mapping[str, list[tuple[str, Comparison]]],
    relations: tuple[Relation, ...],
) -> Cluster:
    ranked = _ranked(notices)
    lead = ranked[0][0].notice_id
    toward_lead: dict[str, tuple[str, Comparison]] = {}
    queue = [lead]
    for here in queue:
        for there, found in sorted(edges.get(here, ()), key=lambda edge: edge[0]):
            if there != lead and there not in toward_lead:
                toward_lead[there] = here, found
                queue.append(there)
    links = []
    for notice, role in ranked:
        if notice.notice_id == lead:
            reason, confidence = _lead_reason(edges.get(lead, ()))
        else:
            neighbour, found = toward_lead[notice.notice_id]
            through = "" if neighbour == lead else f" (as {neighbour})"
            reason, confidence = found.reason + through, str(found.verdict)
        links.append(ClusterLink(notice.notice_id, role, reason, confidence))
    return Cluster(identity, tuple(links), tuple(notice for notice, _ in ranked), relations)


def _lead_reason(edges: Sequence[tuple[str, Comparison]]) -> tuple[str, str]:
    if not edges:
        return ALONE, str(MatchDecision.CERTAIN)
    _, best = min(edges, key=lambda edge: (-edge[1].score, edge[0]))
    return best.reason, str(best.verdict)


def _ranked(notices: list[LinkedNotice]) -> list[tuple[LinkedNotice, str]]:
    """Return the notices with their role for this call, the leading one first."""
    standings: dict[str, SourceRank] = {
        notice.notice_id: source_rank(notice.portal, notice.role, notice.call) for notice in notices
    }
    issuer_speaks = any(each.is_issuer for each in standings.values())

    def order(notice: LinkedNotice) -> tuple[object, ...]:
        role = standings[notice.notice_id].role(issuer_speaks=issuer_speaks)
        return (
            standings[notice.notice_id].rank(issuer_speaks=issuer_speaks),
            role,
            notice.first_seen_at,
            notice.notice_id,
        )

    return [
        (notice, standings[notice.notice_id].role(issuer_speaks=issuer_speaks))
        for notice in sorted(notices, key=order)
    ]
