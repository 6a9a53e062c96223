"""Bodies are written as people everywhere write them, and have nothing that nobody sees."""

from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from runtime.bodies import Body, Plain

WHOLE: TypeAdapter[Any]
NUMBER: TypeAdapter[Any]
WHOLE, NUMBER = TypeAdapter(Annotated[int, Plain]), TypeAdapter(Annotated[Decimal, Plain])


class Part(BaseModel):
    """What stands in a body, such as a part of a fact."""

    word: str


class Given(Body):
    """A body with what is of no type that looks for itself."""

    plain: str = ""
    parts: list[Part] = Field(default=[])
    named: dict[str, str] = Field(default={})


@pytest.mark.parametrize(
    "given",
    [{"plain": "a\u202eb"}, {"parts": [{"word": "a\u2066b"}]}, {"named": {"a": "\u200b"}}, {"named": {"\ufeff": "a"}}],
)
def test_no_body_has_what_nobody_sees(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=f"{next(iter(given))} holds U\\+"):
        Given.model_validate(given)
    assert Given.model_validate({"plain": "two\nlines", "parts": [{"word": "a"}], "named": {"a": "b"}})


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
