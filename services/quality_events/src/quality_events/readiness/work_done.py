"""Which work was done on a batch, where and by whom: the making, what it came of, and the testing of what counts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from contracts.batches import LinkKind
from contracts.partner_feeds import TestStage
from quality_events.batches import works
from quality_events.batches.takeovers import seller_of
from quality_events.moments import span
from quality_events.readiness import places
from quality_events.readiness.parents import Parent
from quality_events.readiness.terms import Done
from serving.canonical import sha256

_HANDLED: Final = frozenset({LinkKind.split, LinkKind.merged})


def whole_work(came_by: Collection[str]) -> frozenset[str]:
    """The work of a making of which nobody stated the steps, by what the batch came of."""
    if _HANDLED.intersection(came_by):
        return works.HANDLING
    return frozenset({works.PACKAGING}) if LinkKind.packed in came_by else works.WHOLE


def making_of(
    found: Mapping[str, Any], form: str | None, sites: Mapping[str, Any], zones: Mapping[str, str]
) -> list[Done]:
    """The stages; and the making as a whole from its start to its completion, as far as no stage tells of it. And those
    elsewhere, which say nothing of who made the rest."""
    stages, whole = found["stages"], whole_work(found["came_by"])
    begun, ended = found["started_at"] or found["completed_at"], found["completed_at"] or found["started_at"]
    if stages and not begun:
        begun, ended = (
            each(stage[name] for stage in stages) for each, name in ((min, "started_at"), (max, "ended_at"))
        )
    making = {"step": "making", "site_id": found["site_id"], "started_at": begun, "ended_at": ended, "works": whole}
    if begun and not _tell_of_making(found, form, zones):
        stages = [*stages, making]
    makers = [_former(found, each, zones) or _partner(sites, each["site_id"]) for each in stages]
    begun_away = [each for each in found["elsewhere"] if each["started_at"]]
    return [
        *(_work(found, each, form, zones, maker) for each, maker in zip(stages, makers, strict=True)),
        *(_work(found, each, form, zones, UUID(each["partner_id"]), apart=True) for each in begun_away),
    ]


def making_of_parent(
    parent: Parent, maker: str, form: str | None, sites: Mapping[str, Any], zones: Mapping[str, str]
) -> list[Done]:
    """The making of what it was split off, merged of, or worked on again; another maker's has no name to this one's."""
    number = parent.said["number"] if parent.said["partner_id"] == maker else "what it came of"
    return [replace(each, step=f"{each.step} of {number}") for each in making_of(parent.said, form, sites, zones)]


def testing_of(
    results: Iterable[Any], sites: Mapping[str, Any], zones: Mapping[str, str], ordered: Iterable[Any]
) -> list[Done]:
    """The laboratories' work on what counts, each day once."""
    orders: defaultdict[str, set[str]] = defaultdict(set)
    for each in ordered:
        orders[each["said"]["laboratory_site_id"]].add(each["said"]["work"])
    counting = (each for each in results if each.get("reportable") is not False)
    given = {(each["site_id"], each["on"]) for each in counting if each["stage"] == TestStage.release}
    days = {(site, *span(on, zones.get(site, "UTC"))) for site, on in given}
    return [
        Done("testing", UUID(site), first, last, places.TESTING, _partner(sites, site), last, frozenset(orders[site]))
        for site, first, last in sorted(days)
    ]


def _tell_of_making(found: Mapping[str, Any], form: str | None, zones: Mapping[str, str]) -> bool:
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


def _work(
    found: Mapping[str, Any],
    stage: Mapping[str, Any],
    form: str | None,
    zones: Mapping[str, str],
    partner_id: UUID | None,
    *,
    apart: bool = False,
) -> Done:
    zone = zones.get(stage["site_id"], "UTC")
    first, begun_by = span(stage["started_at"], zone)
    return Done(
        step=stage["step"],
        site_id=UUID(stage["site_id"]),
        first=first,
        begun_by=begun_by,
        last=span(stage["ended_at"], zone)[1],
        activities=stage.get("works") or works.work_of(stage["step"], form),
        partner_id=partner_id,
        works=frozenset({found.get("work") or sha256(found["id"])}),
        apart=apart,
    )


def _former(found: Mapping[str, Any], stage: Mapping[str, Any], zones: Mapping[str, str]) -> UUID | None:
    """Who made a stage before the site was sold, and the batch taken over; None of any other."""
    if stage["site_id"] != found["site_id"]:
        return None
    return seller_of(found.get("sellers") or (), stage["started_at"], zones.get(found["site_id"], "UTC"))


def _partner(sites: Mapping[str, Any], site_id: str) -> UUID | None:
    return UUID(sites[site_id]["partner_id"]) if site_id in sites else None
