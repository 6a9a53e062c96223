"""A product as a partner knows it, and its lifecycle."""

from collections.abc import Iterable
from datetime import date
from typing import Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from gxp.clocks import ONE_DAY
from partner_registry.metadata import Table
from partner_registry.partner_products.schemas import PartnerProductFields, RecordPartnerProduct
from partner_registry.partner_products.schemas import PartnerProductState as State
from partner_registry.products.model import KEEPERS, Product
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned


class PartnerProduct(PartnerProductFields, Versioned, Table, table=True):
    """One product that a partner makes or tests. The list of products is the sponsor's: of it a partner reads these."""

    __tablename__ = "partner_product"

    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def record(cls, body: RecordPartnerProduct, product: Product, by: str) -> Self:
        """What the partner reads of the product is as the product is."""
        own = {name: getattr(product, name) for name in ("dosage_form", "strengths")}
        own |= {"product_code": product.code, "product_name": product.name}
        return cls(**body.model_dump(), **own, recorded_by=by, parties=[body.partner_id])

    @transition(source={State.valid}, target=State.ended, by=KEEPERS)
    def end(self, valid_to: date, reason: str) -> None:
        """It knows the product so until a day; the code may be another product's afterwards."""
        if valid_to < self.valid_from:
            raise RuleViolated(f"it is valid from {self.valid_from}: valid_to is not before that")
        self.valid_to, self.end_reason = valid_to, reason

    @transition(source={State.valid, State.ended}, target=State.withdrawn, by=KEEPERS)
    def withdraw(self, reason: str) -> None:
        """It was recorded in error: it never knew the product so."""
        self.end_reason = reason

    @transition(source={State.valid, State.ended}, target={State.ended, State.withdrawn}, by=())
    def leave(self, on: date, reason: str) -> None:
        """Its partner merged into another one on a day, and knows the product so until then; or never did."""
        self.state = State.ended if self.valid_from < on else State.withdrawn
        self.valid_to, self.end_reason = on - ONE_DAY if self.valid_from < on else self.valid_to, reason

    def of_successor(self, owner: UUID, on: date) -> Self:
        """The same as the one knows it that its partner merged into on a day, from that day on."""
        same = {name: getattr(self, name) for name in PartnerProductFields.model_fields}
        begins = {"partner_id": owner, "parties": [owner], "valid_from": max(on, self.valid_from)}
        return type(self)(**same | begins)

    def check_alone(self, others: Iterable["PartnerProduct"]) -> None:
        """Raises RuleViolated where the code means another product on a day, or this one is recorded already."""
        for each in others:
            if each.state == State.withdrawn or (each.valid_to and each.valid_to < self.valid_from):
                continue
            same = each.product_id == self.product_id and each.partner_code == self.partner_code
            if same or (each.partner_code and each.partner_code == self.partner_code):
                until = f"until {each.valid_to}" if each.valid_to else "and no end is known"
                raise RuleViolated(
                    f"{each.partner_code or each.product_code} is {each.product_code} from {each.valid_from}, {until}: "
                    "end that before, or withdraw what was recorded in error"
                )
