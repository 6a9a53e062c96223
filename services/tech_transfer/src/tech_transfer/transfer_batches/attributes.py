"""Whether a protocol asks for each critical quality attribute of its transfer."""

from collections.abc import Iterable
from typing import Protocol

from sqlmodel import col, select

from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.cqas.model import Cqa
from tech_transfer.process_readings.rules import plain
from tech_transfer.qbd.terms import DesignState
from tech_transfer.transfers.model import Transfer


class Attribute(Protocol):
    """An attribute of quality, by its code and its name."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


def unnamed(named: Iterable[str], attributes: Iterable[Attribute]) -> list[str]:
    """The codes of attributes that a protocol names neither by code nor by name, however these are spaced."""
    known = {plain(each) for each in named}
    return [each.code for each in attributes if not known & {plain(each.code), plain(each.name)}]


async def refuse_unnamed(work: Work, transfer: Transfer, named: Iterable[str], field: str = "limits") -> None:
    """Raise RuleViolated where a protocol asks nothing of an attribute of the transfer that is in force."""
    in_force = select(Cqa).where(Cqa.transfer_id == transfer.id, Cqa.state == DesignState.in_force)
    attributes = (await work.session.scalars(in_force.order_by(col(Cqa.id)))).all()
    if missing := unnamed(named, attributes):
        words = ", ".join(f"{each.code} ({each.name})" for each in attributes if each.code in missing)
        why = f"the protocol has no limits for {words}: each quality attribute of {transfer.number} has some"
        raise RuleViolated(f"{field}: {why}, under its code or its name", fields=[field], missing=missing)
