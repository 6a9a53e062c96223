"""How pydantic reads the values of our records from JSON: strictly, and with a reason that helps."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import AfterValidator, BeforeValidator

from contracts import Moment, check_code
from contracts.partner_feeds import Qualifier
from gxp.unit_names import why_no_unit
from partner_feeds.values.lots import lot_number
from partner_feeds.values.moments import read_instant, read_moment
from partner_feeds.values.numbers import bounded, read_number
from partner_feeds.values.qualified import meaning_of, signed
from partner_feeds.values.texts import CannotRead, has_control_characters, is_formula

LONGEST_WORD = 2000


def _number(value: Any) -> Decimal:
    if isinstance(value, str):
        if sign := signed(value.strip()):
            raise CannotRead(
                f'write the limit alone, {sign[1]}, beside "qualifier": "{sign[0]}" where a result has one'
            )
        if (word := meaning_of(value)) and word in list(Qualifier):
            raise CannotRead(f'a word is no number: write it as "text", beside "qualifier": "{word}"')
        if word:
            raise CannotRead('a word is no number: write a result in words as "text"')
        return read_number(value)
    if isinstance(value, Decimal):
        return bounded(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return bounded(Decimal(value))
    raise CannotRead('not a number: write 95.1 or "95.1"')


def _number_or_text(value: Any) -> Decimal | str:
    """A text stays a text, so that a batch code such as "007" is not read as seven."""
    if not isinstance(value, str):
        return _number(value)
    if not value or len(value) > LONGEST_WORD or has_control_characters(value):
        raise CannotRead(f"write a text of 1 to {LONGEST_WORD} printable characters, or a number")
    if is_formula(value):
        raise CannotRead("a formula is not taken: write its result")
    return value


def _moment(value: Any) -> Moment:
    if isinstance(value, str):
        return read_moment(value)
    raise CannotRead('not a date: write "2019-05-17T10:30:00+02:00", "2019-05-17" or "2019-05"')


def _instant(value: Any) -> datetime:
    if isinstance(value, str):
        return read_instant(value)
    raise CannotRead('not a date with its time: write "2019-05-17T10:30:00+02:00"')


def _unit(value: str) -> str:
    if reason := why_no_unit(value):
        raise CannotRead(reason)
    return value


IsNumber = BeforeValidator(_number, json_schema_input_type=Decimal)
IsNumberOrText = BeforeValidator(_number_or_text, json_schema_input_type=Decimal | str)
IsMoment = BeforeValidator(_moment, json_schema_input_type=str)
IsInstant = BeforeValidator(_instant, json_schema_input_type=datetime)
IsCode = AfterValidator(check_code)
IsLotNumber = AfterValidator(lot_number)
IsUnit = AfterValidator(_unit)
