"""What is measured, as bodies of requests say it."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from gxp.unit_names import known_unit
from runtime.bodies import Line, Plain

Number = Annotated[Decimal, Field(max_digits=30), Plain]
MeasuredUnit = Annotated[Line, AfterValidator(known_unit)]
"""UCUM."""
