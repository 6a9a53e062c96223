"""HTTP words for identifiers."""

from collections.abc import Sequence

from partner_registry.identifiers import commands
from partner_registry.identifiers.model import RECORDERS, Identifier
from partner_registry.identifiers.schemas import EndIdentifier, IdentifierRead, RecordIdentifier
from partner_registry.names import partners_of
from runtime.bodies import Reason
from runtime.work import Work
from serving.actions import Actions
from serving.listing import equal


async def show(work: Work, identifiers: Sequence[Identifier]) -> list[IdentifierRead]:
    """The identifiers with their partners' names."""
    partners = await partners_of(work, identifiers)
    return [IdentifierRead.model_validate(dict(each) | {"partner": partners[each.partner_id]}) for each in identifiers]


identifiers = Actions("identifiers", Identifier, IdentifierRead, show)
identifiers.create(commands.record, RecordIdentifier, *RECORDERS)
identifiers.post("end", Identifier.end, EndIdentifier, commands.end)
identifiers.post("withdrawal", Identifier.withdraw, Reason, commands.withdraw)
identifiers.get()
identifiers.list(equal(Identifier, "state", "scheme", "value", "partner_id", "legal_entity_id", "site_id"))
