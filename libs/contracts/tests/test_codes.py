"""Two numbers that look alike to a person are never two things."""

from uuid import uuid4

import pytest

from contracts import Lot, check_code, check_seen, check_visible, seen


@pytest.mark.parametrize("code", ["B-7", "24/0117", "\u0160ar\u017ea 7", "\u30ed\u30c3\u30c8 7", "7 \u00b5"])
def test_what_a_label_shows_is_taken_as_it_is(code: str) -> None:
    assert check_code(code) == code


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\ufeff", "\u00ad", "\u2066", "\uff17"])
def test_what_nobody_sees_or_looks_like_another_is_named(sign: str) -> None:
    with pytest.raises(ValueError, match=f"holds U\\+{ord(sign):04X} "):
        check_code(f"B-{sign}")


@pytest.mark.parametrize("text", ["", " ", "\u00a0\u200b", "\t\n"])
def test_what_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nothing that can be seen"):
        check_visible(text)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u061c", "\x1b", "\x85", "\U000e0041"])
def test_no_text_has_what_nobody_sees_and_where_it_has_it_is_shown(sign: str) -> None:
    said = f"pipette {sign}0 :detset"
    with pytest.raises(ValueError, match=f"holds U\\+{ord(sign):04X}"):
        check_visible(said)
    assert seen(said) == f"pipette <U+{ord(sign):04X}>0 :detset"


@pytest.mark.parametrize(
    "text", ["two\r\nlines\tand", "\u0645\u06cc\u200c\u062e\u0648", "\U0001f469\u200d\U0001f52c", "\u30ed\u30c3"]
)
def test_what_joins_or_ends_is_taken(text: str) -> None:
    assert check_seen(text) == seen(text) == text


def test_what_cannot_be_stored_is_named() -> None:
    with pytest.raises(ValueError, match=r"U\+0000 \(NUL\)"):
        check_visible("a\0b")


def test_a_letter_is_the_same_however_it_is_composed() -> None:
    site = uuid4()
    assert Lot.identify(site, "P", "S\u030c7") == Lot.identify(site, "P", "\u01607")
    assert Lot.identify(site, "P", "b-7") != Lot.identify(site, "P", "B-7")
