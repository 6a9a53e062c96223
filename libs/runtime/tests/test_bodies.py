"""Numbers of bodies and queries are written as people everywhere write them."""

from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from runtime.bodies import Plain

WHOLE: TypeAdapter[Any]
NUMBER: TypeAdapter[Any]
WHOLE, NUMBER = TypeAdapter(Annotated[int, Plain]), TypeAdapter(Annotated[Decimal, Plain])


@pytest.mark.parametrize("given", ["1_000", "١٢", "１２", "0x1f", "1 000", " 5", "NaN", "Infinity", "", True, None])
def test_what_python_alone_takes_for_a_number_is_refused(given: object) -> None:
    for adapter in (WHOLE, NUMBER):
        with pytest.raises(ValidationError):
            adapter.validate_python(given)


@pytest.mark.parametrize(
    ("given", "number"), [(5, "5"), ("5", "5"), ("-0.50", "-0.50"), ("1e3", "1E+3"), (0.25, "0.25")]
)
def test_a_number_is_json_or_text(given: object, number: str) -> None:
    assert NUMBER.validate_python(given) == Decimal(number)
