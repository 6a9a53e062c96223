"""Bodies of requests and answers about products."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from partner_registry.partners.schemas import Body, Name
from partner_registry.products.model import Product

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


class RegisterProduct(Body):
    """A new product."""

    code: Code
    name: Name
    dosage_form: Name
    strengths: list[Name] = Field(default_factory=list)


class ProductRead(BaseModel):
    """A product as its readers see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    name: str
    dosage_form: str
    strengths: list[str]
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, product: Product) -> Self:
        """The readable form of a record."""
        return cls.model_validate(product)
