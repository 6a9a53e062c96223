"""What is open on a batch beside its release: what became known of it, trends, complaints, and recalls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.failures import Answered
from cli.installation import Installation

_OF_QUALITY = "/api/quality-events/v1"
_KINDS = {
    "distribution-impacts": "Distribution impact",
    "oot-investigations": "Out-of-trend investigation",
    "complaints": "Complaint",
    "recalls": "Recall",
}
_APPROVES = {"quality_approved_by": "quality", "regulatory_approved_by": "regulatory affairs"}
_THEN = {"started": "it is to be traced and reconciled", "reconciled": "it is to be closed"}
"""What of a recall comes next."""


def open_on(platform: Installation, batch_id: str) -> list[dict[str, Any]]:
    """The open records of a batch, each with its kind, as far as they are for whoever asks."""
    found: list[dict[str, Any]] = []
    for path, kind in _KINDS.items():
        try:
            records = platform.items(f"{_OF_QUALITY}/{path}", batch_id=batch_id, open="true")
            found += [{"kind": kind} | record for record in records]
        except Answered as refused:
            if refused.status != 403:
                raise
    return found


def lines(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each in a sentence, and who owes the next step since when, by when."""
    for record in records:
        about = _ABOUT[record["kind"]](record)
        yield f"  {record['kind']} {record['number']} {about} is {record['state'].replace('_', ' ')}.{_turn(record)}"


def _impact(record: Mapping[str, Any]) -> str:
    cause = record["cause"]
    return f"in {record['market']}, for {cause['name']} {cause['number']},"


def _trend(record: Mapping[str, Any]) -> str:
    return f"of {record['test']} {record['value']} {record['unit']} ({record['lower']} to {record['upper']} expected)"


def _complaint(record: Mapping[str, Any]) -> str:
    return f"from {record['market']} ({record['severity'] or 'not judged yet'})"


def _recall(record: Mapping[str, Any]) -> str:
    exercise = ", an exercise," if record["mock"] else ""
    markets = ", ".join(each["market"] for each in record["markets"])
    return f"of class {record['classification']} to the {record['depth']} in {markets}{exercise}"


def _turn(record: Mapping[str, Any]) -> str:
    """A recall is the sponsor's at each step; of the others the record says whose turn it is."""
    if record["kind"] == "Recall":
        missing = " and ".join(who for name, who in _APPROVES.items() if record[name] is None)
        return f" It is the sponsor's turn: {_THEN.get(record['state']) or f'{missing} approve it'}."
    waiting = record["waiting_for"]
    if waiting is None:
        return ""
    whose = "either side" if waiting["side"] == "both" else f"the {waiting['side']}"
    clock = record.get("clock", record)
    return f" It is {whose}'s turn since {waiting['since'][:10]}, due {clock.get('due_on') or clock['due_at']}."


_ABOUT: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "Distribution impact": _impact,
    "Out-of-trend investigation": _trend,
    "Complaint": _complaint,
    "Recall": _recall,
}
