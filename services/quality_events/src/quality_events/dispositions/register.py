"""The registers of decisions, each in the order of its numbers (Directive 2001/83/EC article 51(3)). The sponsor's."""

from typing import Any, Final

from contracts.complaints import AuthorityRegime as Regime
from quality_events.dispositions.schemas import BatchRegister, BatchRegisters, RegisterEntry, RegisterLine
from runtime.work import Work
from serving import cursors
from serving.paging import Page, Part
from serving.shown import Ref

_REGISTERS: Final = """
SELECT legal_entity, regime, count(*) AS entries, max(register_number) AS last_number,
       max(register_number) - count(*) AS missing
FROM disposition_decision GROUP BY legal_entity, regime ORDER BY legal_entity, regime
"""
_LINES: Final = """
SELECT line, said.*, of_it.number, batch.number AS lot, batch.material
FROM generate_series($3::int + 1, least($3::int + $4::int, (
    -- Of a register that there is not there is no line, and least() passes over what is not known.
    SELECT coalesce(max(register_number), 0) FROM disposition_decision WHERE legal_entity = $1 AND regime = $2
))) AS line
LEFT JOIN disposition_decision AS said
    ON said.legal_entity = $1 AND said.regime = $2 AND said.register_number = line
LEFT JOIN disposition AS of_it ON of_it.id = said.disposition_id
LEFT JOIN batch ON batch.id = said.batch_id
ORDER BY line
"""
_CURSOR: Final = "register"


async def registers(work: Work) -> BatchRegisters:
    """All that there are, with how many numbers are missing in each."""
    rows = await work.connection.fetch(_REGISTERS)
    return BatchRegisters(items=[BatchRegister.model_validate(dict(row)) for row in rows])


async def lines(work: Work, legal_entity: str, regime: Regime, part: Part) -> Page[RegisterLine]:
    """A part of one, from its first number to its last, those that are missing too.

    Raises a 400 Problem for a cursor of another list.
    """
    (after,) = cursors.decode(_CURSOR, part.cursor, _number) if part.cursor else (0,)
    rows = await work.connection.fetch(_LINES, legal_entity, regime, after, part.limit + 1)
    shown, next_ = cursors.part(rows, part.limit, _CURSOR, lambda row: (row["line"],))
    return Page(items=[RegisterLine(number=row["line"], entry=_entry(row)) for row in shown], next=next_)


def _number(text: str) -> int:
    """The place in a register. Raises ValueError for none that there can be."""
    if not 0 < (number := int(text)) < 2**30:
        raise ValueError(f"{text} is no number of a register")
    return number


def _entry(row: Any) -> RegisterEntry | None:
    if row["id"] is None:
        return None
    refs = {"disposition": Ref(id=row["disposition_id"], number=row["number"])}
    refs |= {"batch": Ref(id=row["batch_id"], number=row["lot"], name=row["material"])}
    return RegisterEntry.model_validate(dict(row) | refs)
