"""What a closure report tells of what was found: of methods, of batches, and of the series that they make.

Both units hear of its digest, and are often given the whole: so no number stands in it that rests on results of one
which the other does not read. The sponsor reads these in the method transfers and comparisons that it names.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tech_transfer.closure.section import Rows, Section, day
from tech_transfer.gates.dossier import Dossier
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.ppq_series.capability import of_lots
from tech_transfer.ppq_series.judging import counted
from tech_transfer.ppq_series.model import PpqSeries


def methods(dossier: Dossier) -> Rows:
    """Each attempt to hand a method over, and what the criteria said of each attribute."""
    return [
        [
            *(each.number, each.method, each.method_version, str(each.attempt), each.state),
            *(_text(found.get(name)) for name in ("attribute", "verdict", "why")),
            day(each.entitled_from),
        ]
        for each in dossier.method_transfers
        for found in _concluded(each) or [{}]
    ]


def _concluded(one: MethodTransfer) -> Sequence[Mapping[str, Any]]:
    return one.attributes if one.concluded_at else []


def batches(dossier: Dossier) -> Rows:
    """Each batch by which the transfer was shown, and why it did not conform."""
    return [
        [each.number, each.kind, each.lot_number, each.strength, each.scale, each.state, "; ".join(each.why)]
        for each in dossier.transfer_batches
    ]


def ppq(dossier: Dossier) -> Rows:
    """Each series: what was asked, what counts, and how many runs a failure ended."""
    return [
        [
            *(each.number, each.protocol, ", ".join(each.strengths), each.state),
            *(str(each.required), str(each.count), str(len(each.runs_ended)), ", ".join(each.ended_by)),
        ]
        for each in dossier.ppq_series
    ]


def capability(dossier: Dossier) -> Rows:
    """What the series show for each attribute: as it was reported, or else by the batches that count."""
    return [
        [series.number, *(_text(found[name]) for name in _CAPABILITY), _text(found["not_assessed"])]
        for series in dossier.ppq_series
        for found in _capability(dossier, series)
    ]


def comparability(dossier: Dossier) -> Rows:
    """Each comparison with lots of the sending site."""
    return [
        [
            *(each.number, each.attribute, str(each.sending_lots), str(len(each.receiving))),
            *(each.state, each.acceptance or each.not_assessed or ""),
        ]
        for each in dossier.comparabilities
    ]


_CAPABILITY: Final = ("attribute", "n", "ppk", "lower95", "asked", "verdict")


def _capability(dossier: Dossier, series: PpqSeries) -> Iterator[Mapping[str, Any]]:
    if series.capability:
        yield from series.capability
        return
    made = [each for each in dossier.transfer_batches if each.series_id == series.id]
    lots = counted(series, made).counted
    for each in of_lots(series.limits, [batch for batch in made if batch.lot_id in lots]):
        yield each.model_dump(mode="json")


def _text(found: object) -> str:
    return "" if found is None else str(found)


SECTIONS: Final[Sequence[Section]] = (
    Section(
        "methods",
        "Methods",
        (*("Number", "Method", "Version", "Attempt", "State"), *("Attribute", "Verdict", "Why", "Entitled from")),
        methods,
        "No method was handed over.",
    ),
    Section(
        "batches",
        "Batches",
        ("Number", "Kind", "Lot", "Strength", "Scale", "State", "Why"),
        batches,
        "No batch was named.",
    ),
    Section(
        "ppq",
        "PPQ series",
        ("Number", "Protocol", "Strengths", "State", "Asked", "Count", "Runs ended", "Ended by"),
        ppq,
        "No PPQ series was made.",
    ),
    Section(
        "capability",
        "Capability",
        ("Series", "Attribute", "Results", "Ppk", "Lower 95 % bound", "Asked", "Verdict", "Why not assessed"),
        capability,
        "Of no series a capability is known.",
    ),
    Section(
        "comparability",
        "Comparability",
        ("Number", "Attribute", "Sending lots", "Receiving lots", "State", "Why"),
        comparability,
        "No lots were compared.",
    ),
)
