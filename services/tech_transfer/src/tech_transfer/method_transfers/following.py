"""In what a protocol differs from the one that it follows, so that it needs a reason of science: pure rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from tech_transfer.method_transfers.criteria import widened
from tech_transfer.method_transfers.protocol import Protocol, criterion_of
from tech_transfer.method_transfers.stage import MethodTransferStage


def differs(before: MethodTransferStage, after: Protocol) -> list[str]:
    """Each in words: what is asked for less; and other lots and exclusions than those of one that failed or that may
    have been tested, for whoever knows what was found would choose among them. A first draft may have others."""
    found = widened([criterion_of(each) for each in before.criteria], [each.known for each in after.criteria])
    if before.frozen_at is None and before.follows_id is None:
        return found
    lots = _lots(before.lots), _lots(each.model_dump(mode="json") for each in after.lots)
    if lots[0] != lots[1]:
        found.append(f"other lots are tested than {', '.join(each['name'] for each in before.lots)}")
    if _words(before.exclusions) != _words(after.exclusions):
        found.append(f"other exclusions are stated than {before.exclusions or 'none'}")
    return found


def _lots(stated: Iterable[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    return {tuple(each.get(name) for name in ("name", "lot_id", "preparation")) for each in stated}


def _words(text: str | None) -> list[str]:
    return (text or "").split()
