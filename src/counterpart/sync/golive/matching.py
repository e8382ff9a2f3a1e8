"""Matching what both sites told: page by page, each page on its own, so that it goes on wherever it stopped.

A page is judged with everything it touches: whoever on the other side shares a number, an address or a name with it,
whoever shares one with those, and once more. That is all the matcher looks at, so the result is that of the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from counterpart.foundation.bulk import update_rows
from counterpart.protocol.matching import Keys, Matching, match
from counterpart.sync.golive.census import keys_of
from counterpart.sync.golive.handler import MatchingHandler, owner_kind
from counterpart.sync.golive.runs import PAGE, PROPOSED
from counterpart.sync.golive.tables import Candidate, Verdict

RESULT_COLUMNS = ("result", "reason", "partner", "rivals")
READ = ("pk", "local_id", "number", "email", "name", "keys")


def match_page(handler: MatchingHandler, after: UUID) -> UUID | None:
    """Match the next page of the peer's records of this kind; where it ended, None when there was none."""
    rows = list(_told(handler.kind, mine=False).filter(local_id__gt=after).order_by("local_id").values(*READ)[:PAGE])
    if not rows:
        return None
    matching = _matched(handler, rows)
    _write(handler.kind, rows, matching)
    last: UUID = rows[-1]["local_id"]
    return last


def forget_results(kind: str) -> None:
    """Begin again: what was proposed before is proposed anew. Decisions of people are kept apart."""
    Candidate.objects.filter(kind=kind, done=False).update(result="", reason="", partner=None, rivals=[])


def _told(kind: str, *, mine: bool) -> QuerySet[Candidate]:
    return Candidate.objects.filter(kind=kind, mine=mine, done=False)


def _matched(handler: MatchingHandler, rows: Sequence[Mapping[str, Any]]) -> Matching:
    kind = handler.kind
    page = [keys_of(row) for row in rows]
    near = _sharing(kind, page, mine=True)
    lefts = {one.id: one for one in (*page, *_sharing(kind, near, mine=False))}
    rights = {one.id: one for one in (*near, *_sharing(kind, list(lefts.values()), mine=True))}
    shared = _shared_emails(kind, (one.email for one in (*lefts.values(), *rights.values())))
    said = _said(kind, lefts, rights)
    judged = match(
        _owned(handler, list(lefts.values())),
        list(rights.values()),
        handler.compatible,
        said=said,
        shared_emails=shared,
    )
    wanted = {one.id for one in page}
    return Matching(
        [one for one in judged.matches if one.left in wanted], [one for one in judged.doubts if one.left in wanted]
    )


def _sharing(kind: str, keys: Sequence[Keys], *, mine: bool) -> list[Keys]:
    """Those of one side that share a number, an e-mail address or a name with any of these."""
    found: dict[UUID, Keys] = {}
    for field in ("number", "email", "name"):
        texts = sorted({text for one in keys if (text := getattr(one, field))})
        for start in range(0, len(texts), PAGE):
            rows = _told(kind, mine=mine).filter(**{f"{field}__in": texts[start : start + PAGE]})
            found.update((row["local_id"], keys_of(row)) for row in rows.values(*READ))
    return list(found.values())


def _shared_emails(kind: str, emails: Iterable[str]) -> set[str]:
    """Which of them more than one record of a site has."""
    texts = sorted({email for email in emails if email})
    found: set[str] = set()
    for start in range(0, len(texts), PAGE):
        rows = Candidate.objects.filter(kind=kind, email__in=texts[start : start + PAGE])
        counted = rows.values("mine", "email").annotate(count=Count("pk")).filter(count__gt=1)
        found.update(counted.values_list("email", flat=True))
    return found


def _said(kind: str, lefts: Iterable[str], rights: Iterable[str]) -> dict[tuple[str, str], bool]:
    here, there = [UUID(one) for one in lefts], [UUID(one) for one in rights]
    touched = Verdict.objects.filter(kind=kind).filter(Q(pm_id__in=here) | Q(la_id__in=there))
    rows = touched.values_list("pm_id", "la_id", "same")
    standing = _standing(kind, rows)
    return {(str(pm), str(la)): same for pm, la, same in rows if not same or (pm, la) in standing}


def _standing(kind: str, rows: Iterable[tuple[UUID, UUID, bool]]) -> set[tuple[UUID, UUID]]:
    """Of what people said to be the same: that of which both records still are without a counterpart."""
    pairs = {(pm, la) for pm, la, same in rows if same}
    if not pairs:
        return set()
    present = {
        mine: set(_told(kind, mine=mine).filter(local_id__in=ids).values_list("local_id", flat=True))
        for mine, ids in ((False, [pm for pm, _ in pairs]), (True, [la for _, la in pairs]))
    }
    return {(pm, la) for pm, la in pairs if pm in present[False] and la in present[True]}


def _owned(handler: MatchingHandler, lefts: Sequence[Keys]) -> list[Keys]:
    """Owners named as on the right: by the records they are proposed to be, or are already."""
    kind = owner_kind(handler)
    if not kind:
        return list(lefts)
    wanted = {owner for one in lefts for owner in one.owners or ()}
    partners = partners_of(kind, wanted)
    owned = []
    for one in lefts:
        theirs = [partners.get(owner, "") for owner in one.owners or ()]
        owned.append(replace(one, owners=tuple(theirs), is_loose=not theirs or not theirs[0]))
    return owned


def partners_of(kind: str, peer_ids: Iterable[str]) -> dict[str, str]:
    """The records here that records of the peer are proposed to be or, once it has told us, are."""
    from counterpart.sync.models import Record  # noqa: PLC0415 - tables of the engine, which imports ours

    ids = sorted(peer_ids)
    found: dict[str, str] = {}
    for start in range(0, len(ids), PAGE):
        chunk = [UUID(one.removeprefix("=")) for one in ids[start : start + PAGE] if not one.startswith("=")]
        rows = Candidate.objects.filter(kind=kind, mine=False, local_id__in=chunk, partner__isnull=False)
        pairs = rows.filter(result__in=PROPOSED).values_list("local_id", "partner")
        found.update((str(pm), str(la)) for pm, la in pairs)
        known = {UUID(one[1:]): one for one in ids[start : start + PAGE] if one.startswith("=")}
        linked = Record.objects.filter(kind=kind, sync_id__in=known, local_id__isnull=False)
        found.update((known[sync_id], str(local)) for sync_id, local in linked.values_list("sync_id", "local_id"))
    return found


def _write(kind: str, rows: Sequence[Mapping[str, Any]], matching: Matching) -> None:
    results: dict[str, tuple[str, str, UUID | None, list[str]]] = {}
    matched: list[tuple[bool, str, UUID, str, str, UUID | None, list[str]]] = []
    for one in matching.matches:
        results[one.left] = (one.grade.value, "", UUID(one.right), [])
        matched.append((True, kind, UUID(one.right), one.grade.value, "", UUID(one.left), []))
    doubtful: dict[UUID, str] = {}
    for doubt in matching.doubts:
        results[doubt.left] = ("review", doubt.reason.value, None, list(doubt.rights))
        doubtful.update((UUID(right), doubt.reason.value) for right in doubt.rights)
    nothing: tuple[str, str, UUID | None, list[str]] = ("", "", None, [])
    update_rows(
        Candidate, RESULT_COLUMNS,
        [(False, kind, row["local_id"], *results.get(str(row["local_id"]), nothing)) for row in rows],
        key_columns=("mine", "kind", "local_id"),
    )  # fmt: skip
    update_rows(Candidate, RESULT_COLUMNS, matched, key_columns=("mine", "kind", "local_id"))
    unsure = _told(kind, mine=True).filter(local_id__in=list(doubtful), partner=None)
    unsure.update(result="review")
