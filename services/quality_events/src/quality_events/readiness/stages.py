"""What the stages of a batch say of who made it, and on which days."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from contracts.batches import LinkKind
from quality_events.batches import works
from quality_events.moments import span

_HANDLED: Final = frozenset({LinkKind.split, LinkKind.merged})


def whole_work(came_by: Collection[str]) -> frozenset[str]:
    """The work of a making of which nobody stated the steps, by what the batch came of."""
    if _HANDLED.intersection(came_by):
        return works.HANDLING
    return frozenset({works.PACKAGING}) if LinkKind.packed in came_by else works.WHOLE


def tell_of_making(found: Mapping[str, Any], form: str | None, zones: Mapping[str, str]) -> bool:
    """Whether the stages say who made it: one is of that work, and none of these lies outside of its days.

    What only packs it, or looks at it, says nothing of who made it, and what went on before its start, or after its
    completion, nothing of where it was made between them.
    """
    whole, zone = whole_work(found["came_by"]), zones.get(found["site_id"], "UTC")
    of_making = [each for each in found["stages"] if works.work_of(each["step"], form) <= whole]
    from_, to = (found[name] and span(found[name], zone) for name in ("started_at", "completed_at"))
    spans = [
        (span(each["started_at"], own)[0], span(each["ended_at"], own)[1])
        for each, own in ((each, zones.get(each["site_id"], "UTC")) for each in of_making)
    ]
    return bool(spans) and all((not from_ or first >= from_[0]) and (not to or last <= to[1]) for first, last in spans)
