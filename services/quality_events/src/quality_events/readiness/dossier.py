"""All that a release rests on, in as many statements however much went in and however many results there are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from directory.qualified import Change
from gxp.clocks import first_instant
from quality_events import moments
from quality_events.batches.aliases import stand_apart, told_under
from quality_events.batches.materials import not_named
from quality_events.batches.model import Batch
from quality_events.batches.records import versions_of
from quality_events.batches.reported import not_handed_in, set_aside
from quality_events.changes.queries import concerning
from quality_events.copies.known import unread
from quality_events.deviations.queries import amended_late
from quality_events.deviations.shared import shared_with
from quality_events.excursions.queries import excursions_of
from quality_events.genealogy.queries import left_out
from quality_events.hold_proposals.queries import open_of as proposals_of
from quality_events.impacts.queries import open_of
from quality_events.oos_investigations.lineages import NOTHING_KNOWN, Moments, found_invalid
from quality_events.oos_investigations.queries import moments_of
from quality_events.oot_investigations.queries import open_on as trends_on
from quality_events.process_limits.queries import limits_on
from quality_events.readiness import counting, elsewhere, numbers
from quality_events.readiness.overdrawn import with_amounts
from quality_events.readiness.parents import Parent
from quality_events.readiness.standings import Owner, owners_of
from quality_events.readiness.terms import Dossier, Rejected, Told
from quality_events.readiness.work_done import making_of, making_of_parent, testing_of
from quality_events.recalls.queries import recalls_over
from runtime.problems import NotFound
from runtime.work import Work

_DOSSIER = "SELECT batch_dossier($1)"


async def dossier_of(work: Work, batch_id: UUID) -> Dossier:
    """What is known of a batch now. Raises NotFound for a batch that there is not, or not for who asks."""
    if (own := await _under_its_number(work, batch_id)) is None:
        raise NotFound("batch", batch_id)
    batch = await work.session.get_one(Batch, batch_id)
    # Another maker's is another lot: neither judges by the other's, and the sponsor judges as each of them does.
    apart = [each for each in await stand_apart(work, batch) if each["partner_id"] == batch.partner_id]
    others = await numbers.others_of(work, batch, apart)
    told = [await _under_its_number(work, each["id"]) for each in apart]
    own = replace(
        own,
        limited=await limits_on(work, batch, _zones(own.batch)),
        told_under=await told_under(work, batch.lot_id),
        unread=await unread(work),
    )
    return numbers.with_others(own, others, [each for each in told if each])


async def _under_its_number(work: Work, batch_id: UUID) -> Dossier | None:
    found = await work.connection.fetchval(_DOSSIER, batch_id)
    if found is None:
        return None
    batch = await work.session.get_one(Batch, batch_id)
    changes = await concerning(work, batch)
    given = await versions_of(work, batch_id)
    said = json.loads(found) if isinstance(found, str) else found
    invalid = {UUID(each["id"]) for each in counting.invalidated(said["investigations"]).values() if each["own"]}
    dossier = assembled(said, await moments_of(work, invalid))
    open_, aside = (which(batch.state, batch, given) for which in (not_handed_in, set_aside))
    # Of these no partner hears: it asks, and judges, without them.
    ours = work.principal.partner_id is None
    return replace(
        dossier,
        impacts=await open_of(work, batch_id) if ours else (),
        hold_proposals=await proposals_of(work, batch_id) if ours else (),
        recalls=await recalls_over(work, batch_id) if ours else (),
        changes=changes,
        rejected=_rejected(batch),
        not_handed_in=open_,
        records_set_aside=aside,
        late=await amended_late(work, batch_id),
        shared=await shared_with(work, batch_id),
        excursions=await excursions_of(work, batch_id),
        trends=await trends_on(work, batch_id),
        not_named=await not_named(work, batch_id),
        overdrawn=await with_amounts(work, batch_id, dossier.overdrawn),
        inputs_before=await left_out(work, batch_id),
        waits_since=_made_at(batch, ZoneInfo(dossier.batch["zone"])),
    )


def _made_at(batch: Batch, zone: ZoneInfo) -> datetime | None:
    """When it was made, else begun; of a day or a month, as it begins at the site."""
    told = batch.completed_at or batch.started_at
    if told is None:
        return None
    moment = moments.read(told)
    return moment if isinstance(moment, datetime) else first_instant(moments.sortable(moment), zone)


def _rejected(batch: Batch) -> Rejected | None:
    by, at = batch.rejected_everywhere_by, batch.rejected_everywhere_at
    return Rejected(by, at) if by and at else None


def local_day(dossier: Dossier, now: datetime) -> date:
    """The day at the batch's site."""
    return now.astimezone(ZoneInfo(dossier.batch["zone"])).date()


def assembled(found: Mapping[str, Any], moments: Moments = NOTHING_KNOWN) -> Dossier:
    """The facts as they are judged, whatever the order in which they are given."""
    sites = {each["id"]: each for each in found["sites"]}
    zones = {str(id): zone for id, zone in _zones(found).items()}
    by_kind = defaultdict(list)
    for each in found["known"]:
        by_kind[each["kind"]].append(each)
    told, form = _results(by_kind), _form(by_kind["ProductRegistered"])
    results = counting.that_count(told)
    invalid = found_invalid(told, counting.invalidated(found["investigations"]), moments)
    approved = {each["said"]["result_id"] for each in by_kind["ResultApproved"]}
    read = {each["said"]["result_id"]: each["said"]["evaluation"] for each in _in_order(by_kind["ResultInterpreted"])}
    parsed = counting.parsed(results, approved, read)
    parents = [Parent(each) for each in found["parents"]]
    return Dossier(
        batch={**found, "zone": zones.get(found["site_id"], "UTC")},
        dosage_form=form,
        done=making_of(found, form, sites, zones),
        elsewhere=elsewhere.assembled(found["elsewhere"], zones),
        made_of=[
            work
            for each in parents
            if each.made_it
            for work in making_of_parent(each, found["partner_id"], form, sites, zones)
        ],
        parents=parents,
        tested=testing_of(
            [each for id, each in results.items() if id not in invalid], sites, zones, by_kind["TestOrdered"]
        ),
        countries={UUID(each["about"]): each["said"]["country"] for each in _in_order(by_kind["SiteRegistered"])},
        qualifications=_by_site(by_kind["SiteQualificationChanged"], zones),
        owners=_owners([*by_kind["PartnerStatusChanged"], *by_kind["PartnerWorkDecided"]], zones),
        registrations=[_told(each) for each in by_kind["RegistrationChanged"]],
        recognitions=[_told(each) for each in by_kind["MutualRecognitionChanged"]],
        specifications=[*map(_told, filter(_in_force_at_once, by_kind["SpecificationApproved"]))]
        + [_told(each) for each in by_kind["SpecificationEffective"]],
        results={id: each for id, each in parsed.items() if each.reportable is not False and id not in invalid},
        set_aside={id: each for id, each in parsed.items() if each.reportable is False and id not in invalid},
        invalid={id: each for id, each in parsed.items() if id in invalid},
        amended_away=[
            each
            for one in counting.amended_away(told, results, invalid)
            for each in counting.parsed(dict([one]), approved, read).values()
        ],
        flags=_flags(by_kind["DataIntegrityFlagged"]),
        **{key: found[key] for key in ("investigations", "holds", "inputs", "overdrawn", "dispositions", "statements")},
        deviations=[each for each in found["deviations"] if each["left_out_by_revision"] is None],
        left_out=[each for each in found["deviations"] if each["left_out_by_revision"] is not None],
    )


def _zones(found: Mapping[str, Any]) -> Mapping[UUID, str]:
    return {UUID(each["id"]): each["time_zone"] or "UTC" for each in found["sites"]}


def _form(registered: Iterable[Any]) -> str | None:
    """The product's dosage form, as it was told last."""
    return next((each["said"]["dosage_form"] for each in reversed(_in_order(registered))), None)


def _results(by_kind: Mapping[str, list[Any]]) -> Sequence[Mapping[str, Any]]:
    """Each result once, as it was told last."""
    told: dict[str, dict[str, Any]] = {}
    for each in sorted(by_kind["ResultsReported"], key=lambda each: (each["sequence"], each["key"])):
        said = each["said"]
        of_set = {"stage": said["stage"], "site_id": said["laboratory_site_id"], "on": said["occurred_at"]}
        of_set["partner_id"] = said["laboratory_partner_id"]
        for one in said["results"]:
            told[one["result_id"]] = _amends(told.get(one["result_id"], {})) | one | of_set
    return [*told.values()]


def _flags(told: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Each flag once, as it was told last."""
    return [*{each["said"]["flag_id"]: each["said"] for each in _in_order(told)}.values()]


def _amends(told: Mapping[str, Any]) -> dict[str, Any]:
    """What it amends: who tells a result once more, as when it is read, need not say that again."""
    return {"supersedes": told["supersedes"]} if told.get("supersedes") else {}


def _by_site(facts: Iterable[Any], zones: Mapping[str, str]) -> Mapping[UUID, list[Change]]:
    found: defaultdict[UUID, list[Change]] = defaultdict(list)
    for each in facts:
        found[UUID(each["about"])].append(Change.of(each["said"], each["sequence"], zones.get(each["about"])))
    return found


def _owners(facts: Iterable[Any], zones: Mapping[str, str]) -> Mapping[UUID, list[Owner]]:
    told: defaultdict[str, list[Any]] = defaultdict(list)
    for each in facts:
        told[each["about"]].append(each)
    return {UUID(site): owners_of(of_it, zones.get(site, "UTC")) for site, of_it in told.items()}


def _in_order(facts: Iterable[Any]) -> list[Any]:
    return sorted(facts, key=lambda each: (each["key"], each["sequence"]))


def _told(each: Mapping[str, Any]) -> Told:
    return Told(each["key"], each["sequence"], each["said"])


def _in_force_at_once(each: Mapping[str, Any]) -> bool:
    """Before a revision had a day, its approval brought it into force."""
    return each["said"].get("effective_from") is None
