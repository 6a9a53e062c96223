"""What gates ask of a transfer's batches: pure rules.

The sending unit reads why, and is no party to the batches: it learns whether something conforms, and nothing else.
"""

from collections.abc import Iterable, Iterator

from contracts.transfer_batches import TransferBatchKind, TransferBatchVerdict
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unit, Unmet
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.transfer_batches.model import TransferBatch


def engineering_batch(dossier: Dossier) -> list[Unmet]:
    """An engineering batch conforms at the scale at which the product is to be made."""
    made = [each for each in dossier.transfer_batches if each.kind == TransferBatchKind.engineering and each.at_scale]
    if any(each.state == TransferBatchVerdict.conforming for each in made):
        return []
    unit = Unit.receiving if made else Unit.sponsor
    why = "no engineering batch is known to conform at scale" if made else "no engineering batch at scale is named"
    return [Unmet(GateRule.engineering_batch, why, unit, dossier.began)]


def ppq_series(dossier: Dossier) -> list[Unmet]:
    """Of each strength a series conforms, which made it or lets the extremes stand for it.

    It is the receiving unit's to make them, whatever became of a series: whose turn it is would tell the sending one.
    """
    good = [each for each in dossier.ppq_series if each.conforms and not each.lacking]
    shown = _strengths(good) - _strengths([each for each in dossier.ppq_series if each.fails])
    missing = [each for each in dossier.transfer.strengths if each not in shown]
    if not missing:
        return []
    why = f"no PPQ series is known to conform for {', '.join(missing)}"
    if _strengths([each for each in dossier.ppq_series if each.lacking]) & {*missing}:
        why += ": its protocol asks less than the quality attributes do by now, and is to be redesigned"
        return [Unmet(GateRule.ppq_series, why, Unit.sponsor, dossier.began)]
    return [Unmet(GateRule.ppq_series, why, Unit.receiving, dossier.began)]


def _strengths(series: Iterable[PpqSeries]) -> set[str]:
    return {name for each in series for name in (*each.strengths, *each.bracketed)}


def stability_started(dossier: Dossier) -> list[Unmet]:
    """The PPQ batches that conform are stored in stability studies; where there is none, that is not known."""
    stored = [each.stability_started for each in _qualifying(dossier)]
    if stored and all(stored):
        return []
    why = "no stability study is known of each PPQ batch" if stored else "there is no PPQ batch to be stored yet"
    return [Unmet(GateRule.stability_started, why, Unit.sponsor, dossier.began)]


def _qualifying(dossier: Dossier) -> Iterator[TransferBatch]:
    """The conforming PPQ batches by the current designs of series."""
    designs = {(each.id, each.design) for each in dossier.ppq_series}
    for each in dossier.transfer_batches:
        of_now = each.kind == TransferBatchKind.ppq and (each.series_id, each.design) in designs
        if of_now and each.state == TransferBatchVerdict.conforming:
            yield each
