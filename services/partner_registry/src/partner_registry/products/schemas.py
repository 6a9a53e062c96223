"""Bodies of requests and answers about products."""

from typing import Annotated

from pydantic import Field, StringConstraints

from partner_registry.products.model import ProductFields
from runtime.bodies import Body, Line
from serving.shown import Shown

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


class RegisterProduct(Body):
    """A new product."""

    code: Code
    name: Line
    dosage_form: Line
    strengths: list[Line] = Field(default_factory=list)


class ProductRead(ProductFields, Shown):
    """A product as its readers see it."""
