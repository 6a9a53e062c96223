"""Which facts the audit names behind what a consumer changes."""

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from contracts import Fact, Recorded
from runtime.work import Work

_OF_ALL = """
SELECT set_config('entente.cause', $1, true), set_config('entente.correlation', $2, true),
       set_config('entente.reason', $3, true), set_config('entente.causes', '', true)
"""
_BY_ROW = "SELECT set_config('entente.causes', $1, true)"


def _said(facts: Iterable[Recorded[Fact]]) -> dict[str, list[str]]:
    """What the audit takes from facts, each value once."""
    each = [(str(one.id), one.correlation_id, str(getattr(one.fact, "reason", None) or "")) for one in facts]
    values = ([*dict.fromkeys(column)] for column in zip(*each, strict=True))
    return dict(zip(("cause", "correlation", "reason"), values, strict=True))


def _joined(facts: Iterable[Recorded[Fact]]) -> dict[str, str]:
    return {name: ", ".join(filter(None, values)) for name, values in _said(facts).items()}


async def caused_by(work: Work, facts: Iterable[Recorded[Fact]]) -> None:
    """From here on the transaction's changes follow from these facts: the audit names what they have in common.

    The reason of a person who acts, as one who retries does, comes before theirs.
    """
    common = {name: values[0] if len(values) == 1 else "" for name, values in _said(facts).items()}
    common["reason"] = work.context.reason or common["reason"]
    await work.connection.execute(_OF_ALL, *common.values())


async def rows_caused_by(work: Work, rows: Mapping[UUID, Iterable[Recorded[Fact]]]) -> None:
    """What is written in bulk next: from which facts each row follows, by its id."""
    if not rows:
        return
    causes = {str(id): _joined(facts) for id, facts in rows.items()}
    await work.connection.execute(_BY_ROW, json.dumps(causes))


async def forget_reason(work: Work) -> None:
    """From here on the transaction's changes give no reason: more people read the past of these than may read that.

    What was changed before keeps it.
    """
    await work.flush()
    await work.connection.execute("SELECT set_config('entente.reason', '', true)")
