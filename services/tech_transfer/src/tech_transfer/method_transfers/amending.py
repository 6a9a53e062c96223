"""Which amendments of results count: pure, and the same in whatever order results and amendments came.

An amendment stands in the place of what it amends, and never counts where that did not for its time: else a result that
was known before the criteria were frozen would come in by a moment that is told later.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from tech_transfer.method_transfers.results import MethodTransferResult, Refusal

_BY_WHAT_IT_AMENDS: Final = frozenset({Refusal.amends_unknown, Refusal.amends_refused})
_FOR_ITS_TIME: Final = frozenset({Refusal.tested_before_freezing, Refusal.too_late, *_BY_WHAT_IT_AMENDS})
_FOR_WHAT_IT_SAYS: Final = frozenset(Refusal) - _FOR_ITS_TIME
_STAYS: Final = _FOR_WHAT_IT_SAYS | {Refusal.tested_before_freezing}
"""A reason of its own, whatever it amends."""
Known = Mapping[UUID, MethodTransferResult]


def settle(results: Sequence[MethodTransferResult]) -> None:
    """Note of each result what amends it, and of each amendment whether it counts."""
    known = {each.source_result_id: each for each in results if each.source_result_id}
    for each in known.values():
        if each.supersedes in known:
            supersede(known[each.supersedes], each.source_result_id)
    older = defaultdict[UUID | None, list[MethodTransferResult]](list)
    for each in known.values():
        older[each.superseded_by].append(each)
    amending = [each for each in known.values() if each.supersedes or each.source_result_id in older]
    for _ in amending:  # each time those that amend what was settled the time before
        changed = [(each, says) for each in amending if (says := _refusal(each, known, older)) != each.refused]
        for each, says in changed:
            each.refused = says
        if not changed:
            return


def supersede(amended: MethodTransferResult, by: UUID | None) -> None:
    """Note what amends a result: of several the newest one, by its id."""
    amended.superseded_by = max(filter(None, (amended.superseded_by, by)), default=None)


def _refusal(
    one: MethodTransferResult, known: Known, older: Mapping[UUID | None, Sequence[MethodTransferResult]]
) -> Refusal | None:
    """``older``: by what amends them, also where that came first and was not told to amend them."""
    refused = Refusal(one.refused) if one.refused else None
    if refused in _STAYS:
        return refused
    if any(each.refused == Refusal.tested_before_freezing for each in older.get(one.source_result_id, ())):
        return Refusal.amends_refused
    late = refused if refused == Refusal.too_late else None
    if one.supersedes is None:
        return late
    amended = _amended(one, known)
    if amended is None:
        return late or Refusal.amends_unknown
    if amended.refused in _FOR_ITS_TIME:
        return Refusal.amends_refused
    return None if amended.refused is None else late


def _amended(one: MethodTransferResult, known: Known) -> MethodTransferResult | None:
    """What it amends, and where that itself amends another one and is refused for what it says, that one. None where
    it was never kept."""
    amended = known.get(one.supersedes) if one.supersedes else None
    for _ in known:
        if amended is None or amended.refused not in _FOR_WHAT_IT_SAYS or amended.supersedes is None:
            break
        amended = known.get(amended.supersedes)
    return amended
