"""What the fields of a record's rule name: columns, the columns inside a text, or a lot."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator

from partner_feeds.language.any_column import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule's field names: a column of some kind, the columns inside a text, or a lot."""

    to: Literal["column", "text", "lot"]
    kinds: frozenset[str] = frozenset({"text", "number", "quantity", "month", "day", "instant"})
    is_result: bool = False
    """A test's result: it may be a limit with its sign, or in words. What else a column gives is the value itself."""

    @property
    def is_plain_value(self) -> bool:
        """Whether a number is wanted that is the value itself, and no limit of it."""
        return self.to == "column" and not self.is_result and self.kinds <= {"number", "quantity", "text"}


MOMENT = Names("column", frozenset({"month", "day", "instant"}))
INSTANT = Names("column", frozenset({"instant"}))
QUANTITY = Names("column", frozenset({"quantity"}))
NUMBER = Names("column", frozenset({"number", "quantity"}))
REVISION = Names("column", frozenset({"number", "instant"}))
RESULT = Names("column", frozenset({"quantity", "text"}), is_result=True)
VALUE = Names("column", frozenset({"number", "quantity", "text"}))
ANY = Names("column")
WORD = Names("column", frozenset({"text"}))
TEXT = Names("text")
LOT = Names("lot")


def word_of(words: type[StrEnum]) -> AfterValidator:
    """One of our words, unless a column gives it: then each row is checked."""

    def check(text: str | None) -> str | None:
        if text is not None and not PLACEHOLDER.search(text) and text not in list(words):
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text

    return AfterValidator(check)


Text = Annotated[str, TEXT]
Moment = Annotated[str, MOMENT]
OptionalText = Annotated[str | None, TEXT]
Lot = Annotated[str, LOT]
Lots = Annotated[tuple[str, ...], LOT]
