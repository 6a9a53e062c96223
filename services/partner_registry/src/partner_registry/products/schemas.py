"""Bodies of requests and answers about products."""

from uuid import UUID

from pydantic import Field

from partner_registry.products.materials import MaterialKind
from partner_registry.products.model import ProductFields
from runtime.bodies import Body, Code, Line
from serving.shown import Ref, Shown


class RegisterProduct(Body):
    """A new product."""

    code: Code = Field(examples=["AMLO-5"])
    name: Line = Field(examples=["Amlodipine 5 mg tablets"])
    dosage_form: Line = Field(examples=["tablet"])
    strengths: list[Line] = Field(default_factory=list, examples=[["5 mg"]])


class DescribeProduct(Body):
    """How far a product is made, of what, and what else it is called, as a whole: what is left out is taken away."""

    kind: MaterialKind | None = None
    other_names: list[Line] = Field(default_factory=list, max_length=50, examples=[["Amlodipin 5 mg Tabletten"]])
    component_ids: list[UUID] = Field(default_factory=list, max_length=100, examples=[[]])
    """Of which products it is made directly: each is made before it."""


class ProductRead(ProductFields, Shown):
    """A product as its readers see it."""

    components: list[Ref]
    """Of which products it is made directly."""
