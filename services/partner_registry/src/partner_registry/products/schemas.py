"""Bodies of requests and answers about products."""

from pydantic import Field

from partner_registry.products.model import ProductFields
from runtime.bodies import Body, Code, Line
from serving.shown import Shown


class RegisterProduct(Body):
    """A new product."""

    code: Code = Field(examples=["AMLO-5"])
    name: Line = Field(examples=["Amlodipine 5 mg tablets"])
    dosage_form: Line = Field(examples=["tablet"])
    strengths: list[Line] = Field(default_factory=list, examples=[["5 mg"]])


class ProductRead(ProductFields, Shown):
    """A product as its readers see it."""
