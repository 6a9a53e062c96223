"""Bodies of requests and answers about partners."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.partner_registry import PartnerKind
from partner_registry.matters.schemas import OpenWork
from partner_registry.partners.model import PartnerFields
from runtime.bodies import Body, Country, Line
from serving.shown import Shown

Duns = Annotated[str, StringConstraints(pattern="^[0-9]{9}$")]


class RegisterPartner(Body):
    """A new partner."""

    legal_name: Line = Field(examples=["Alpine Tablets d.o.o."])
    kind: PartnerKind
    country: Country
    duns: Duns | None = None


class PartnerRead(PartnerFields, Shown):
    """A partner as its readers see it."""

    open_work: list[OpenWork]
    """What is open at a partner that is suspended, the oldest first; read by itself, also at one that is not."""
    open_work_known: bool
