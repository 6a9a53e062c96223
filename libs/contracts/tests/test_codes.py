"""Two numbers that look alike to a person are never two things."""

from uuid import uuid4

import pytest

from contracts import Lot, check_code, check_visible


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


def test_what_cannot_be_stored_is_named() -> None:
    with pytest.raises(ValueError, match=r"U\+0000 \(NUL\)"):
        check_visible("a\0b")


def test_a_letter_is_the_same_however_it_is_composed() -> None:
    site = uuid4()
    assert Lot.identify(site, "P", "S\u030c7") == Lot.identify(site, "P", "\u01607")
    assert Lot.identify(site, "P", "b-7") != Lot.identify(site, "P", "B-7")
