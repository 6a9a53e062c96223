"""What gates ask of a transfer's batches: pure rules.

The sending unit reads why, and is no party to the batches: it learns whether something conforms, and nothing else.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from contracts import Side
from contracts.transfer_batches import TransferBatchKind, TransferBatchVerdict
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.transfer_batches.model import TransferBatch

R = TypeVar("R", TransferBatch, PpqSeries)


def engineering_batch(dossier: Dossier) -> list[Unmet]:
    """An engineering batch conforms at the scale at which the product is to be made."""
    made = [each for each in dossier.transfer_batches if each.kind == TransferBatchKind.engineering and each.at_scale]
    if any(each.state == TransferBatchVerdict.conforming for each in made):
        return []
    if not made:
        why = "no engineering batch at scale is named"
        return [Unmet(GateRule.engineering_batch, why, Unit.sponsor, dossier.began)]
    under_way = [each for each in made if Side.receiver in each.turn()]
    unit, since, record = _owed(_last(under_way or made))
    why = "no engineering batch is known to conform at scale"
    return [Unmet(GateRule.engineering_batch, why, unit, since, record, to_sender=Unit.receiving)]


def ppq_series(dossier: Dossier) -> list[Unmet]:
    """Of each strength a series conforms, which made it or lets the extremes stand for it.

    Whose turn it is the last one of that strength says: the sponsor's until it is started, the receiving unit's from
    then on, and the sponsor's again once it failed.
    """
    found = []
    for strength in dossier.transfer.strengths:
        of_it = [each for each in dossier.ppq_series if strength in (*each.strengths, *each.bracketed)]
        lacking = [each for each in of_it if each.lacking]
        if any(each.conforms for each in of_it) and not lacking and not any(each.fails for each in of_it):
            continue
        unit, since, record = _owed(_last(of_it)) if of_it else (Unit.sponsor, dossier.began, None)
        why = f"no PPQ series is known to conform for {strength}"
        if lacking:
            unit, why = (
                Unit.sponsor,
                f"{why}: its protocol asks less than the quality attributes do by now: redesign it",
            )
        found.append(Unmet(GateRule.ppq_series, why, unit, since, record, to_sender=Unit.receiving))
    return found


def stability_started(dossier: Dossier) -> list[Unmet]:
    """The PPQ batches that conform are stored in stability studies; where there is none, that is not known.

    The sponsor stores them; as long as there is none, whoever owes the series owes this as well.
    """
    qualifying = list(_qualifying(dossier))
    to_store = [each for each in qualifying if not each.stability_started]
    if qualifying and not to_store:
        return []
    why = "no stability study is known of each PPQ batch" if to_store else "there is no PPQ batch to be stored yet"
    unit, since = Unit.sponsor, min((each.updated_at for each in to_store), default=dossier.began)
    if not to_store and (series := ppq_series(dossier)):
        unit, since = min(((each.unit, each.since or dossier.began) for each in series), key=lambda owed: owed[1])
    return [Unmet(GateRule.stability_started, why, unit, since, to_sender=Unit.sponsor)]


def _last(records: Sequence[R]) -> R:
    return max(records, key=lambda each: (each.created_at, each.id))


def _owed(one: TransferBatch | PpqSeries) -> tuple[Unit, datetime, Source]:
    """Whose turn it is of one, since when, and of which record; what waits for nobody is the sponsor's, who leads."""
    unit = Unit.receiving if Side.receiver in one.turn() else Unit.sponsor
    return unit, one.awaited_since or one.updated_at, Source(one.__tablename__, one.id, one.number)


def _qualifying(dossier: Dossier) -> Iterator[TransferBatch]:
    """The conforming PPQ batches by the current designs of series."""
    designs = {(each.id, each.design) for each in dossier.ppq_series}
    for each in dossier.transfer_batches:
        of_now = each.kind == TransferBatchKind.ppq and (each.series_id, each.design) in designs
        if of_now and each.state == TransferBatchVerdict.conforming:
            yield each
