"""HTTP words for identifiers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import col

from contracts import Day
from partner_registry.identifiers import commands
from partner_registry.identifiers.model import RECORDERS, Identifier
from partner_registry.identifiers.schemas import EndIdentifier, IdentifierRead, IdentifierState, RecordIdentifier
from partner_registry.names import partners_of
from runtime.bodies import Reason
from runtime.work import Work
from serving.actions import Actions
from serving.listing import Filter, equal


async def show(work: Work, identifiers: Sequence[Identifier]) -> list[IdentifierRead]:
    """The identifiers with their partners' names."""
    partners = await partners_of(work, identifiers)
    return [IdentifierRead.model_validate(dict(each) | {"partner": partners[each.partner_id]}) for each in identifiers]


def _on(_: Work, day: date) -> Any:
    of = Identifier
    begun, ended = col(of.valid_from) <= day, col(of.valid_to) < day
    return (col(of.state) != IdentifierState.withdrawn) & func.coalesce(begun, True) & ~func.coalesce(ended, False)


identifiers = Actions("identifiers", Identifier, IdentifierRead, show)
identifiers.create(commands.record, RecordIdentifier, *RECORDERS)
identifiers.post("end", Identifier.end, EndIdentifier, commands.end)
identifiers.post("withdrawal", Identifier.withdraw, Reason, commands.withdraw)
identifiers.get()
identifiers.list(
    equal(Identifier, "state", "scheme", "value", "partner_id", "legal_entity_id", "site_id")
    | {"on": Filter(Day, _on, "it is known by that number on this day, by what is known now", many=False)}
)
