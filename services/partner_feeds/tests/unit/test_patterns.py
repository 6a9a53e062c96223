"""Regular expressions of mappings: none holds up the others, and none is taken for another."""

import time

import pytest

from partner_feeds.language import MappingInvalid
from partner_feeds.values.patterns import checked_pattern, pattern_of_one_group, whole, within
from tests.laboratory_files import HEADER, Case, check

ENDLESS = ["((?:a+))+b", "(((a)*)*)b", "(a?){50}a{50}", ".*[0-9]" * 6 + ".*X", "(.*a)*b", "(a|aa)+$b"]


@pytest.mark.parametrize("pattern", ENDLESS)
@pytest.mark.parametrize("text", ["a" * 10_000, "1" * 10_000, "é1" * 5_000])
def test_no_text_takes_long(pattern: str, text: str) -> None:
    begun = time.process_time()
    assert whole(pattern)(text) is None
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[0-9", r"no regular expression: missing \]"),
        ("a(?=b)", "no regular expression: invalid perl operator.*looks ahead or behind"),
        ("(?<!a)b", "looks ahead or behind"),
        (r"(a)\1", "refers back"),
        ("a++", "gives nothing back"),
        ("a{1001}", "no repetition of more than 1000"),
        ("(?:a{100}){100}", "no repetition of more than 1000"),
        ("a" * 1_001, "at most 1000 characters"),
        (r"L\w+", "knows the letters of English alone"),
        (r"\\\b", "knows the letters of English alone"),
        ("\ud800", "half of a character"),
    ],
)
def test_what_cannot_be_matched_in_a_known_time_is_no_pattern(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked_pattern(pattern)


def test_what_is_wrong_with_a_pattern_stands_nowhere_but_in_the_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        checked_pattern("(?=a)")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("pattern", [r"\\w", r"[0-9]{2}-[0-9]{4}", r"(?i)ž[\pL ]*\.", r"\d{1,3}(?:\.\d+)?\s*%", "a|b"])
def test_what_mappings_say_is_a_pattern(pattern: str) -> None:
    assert checked_pattern(pattern) == pattern


def test_a_group_is_found_by_its_letters() -> None:
    found = whole("é(ü+)x?(y)?")("éüü")
    assert found is not None
    assert (found[1], found.start(1), found.end(1), found[2]) == ("üü", 1, 3, None)
    assert whole("a")("ab") is None
    assert within("_([0-9]+)")("Ž_17_18") is not None
    assert whole("(?s).*")("\ud800") is None
    with pytest.raises(ValueError, match="write one group"):
        pattern_of_one_group("(a)(b)")


@pytest.mark.parametrize("word", ["part", "pattern"])
def test_a_cell_does_not_hold_up_the_others(word: str) -> None:
    pattern = r"(?:.*[0-9].*[0-9].*[0-9].*[0-9].*[0-9].*X|[A-Z0-9]{2})"
    check(
        Case(
            word,
            f"{HEADER}\n{'1' * 160};4.5.2026;98,7\nB2;4.5.2026;98,8",
            ["B2 98.8"],
            {2: "is not of the"},
            columns={"Charge": {word: f"({pattern})"}},
        )
    )


def test_a_mapping_says_where_its_pattern_is_none() -> None:
    with pytest.raises(MappingInvalid, match=r"columns\.Charge\.pattern: .*looks ahead"):
        check(Case("", "", columns={"Charge": {"pattern": "(?!a)b"}}))
