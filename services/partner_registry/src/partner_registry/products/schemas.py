"""Bodies of requests and answers about products."""

from pydantic import Field

from partner_registry.products.model import ProductFields
from runtime.bodies import Body, Code, Line
from serving.shown import Shown


class RegisterProduct(Body):
    """A new product."""

    code: Code
    name: Line
    dosage_form: Line
    strengths: list[Line] = Field(default_factory=list)


class ProductRead(ProductFields, Shown):
    """A product as its readers see it."""
