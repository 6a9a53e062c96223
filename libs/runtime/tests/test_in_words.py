"""Values as people read them."""

from typing import Any

import pytest

from serving.in_words import named, text

LOT = {"lot_id": "1", "number": "B-1", "impact": None}


@pytest.mark.parametrize(
    ("value", "long", "brief"),
    [
        ({"id": "1", "number": "S-1", "name": "Plant"}, "S-1 Plant", "S-1 Plant"),
        ({"id": "1", "number": None, "name": None}, "1", "not named here (1)"),
        ([LOT, LOT], "lot id: 1; number: B-1\nlot id: 1; number: B-1", "number: B-1, number: B-1"),
        ({"open_capa": False, "actions": []}, "open capa: false", "open capa: false; actions: none"),
        ([], "none", "none"),
        ("worn\nimpact: none\u2028CAPA: 7", "worn\nimpact: none\u2028CAPA: 7", "worn / impact: none / CAPA: 7"),
        ({"a": {"b": ["c", 7]}}, "a: b: c\n7", "a: b: c, 7"),
        (
            [{"reason": "it cracked, role: retest; value: 98", "value": "61"}, {"a": "1"}],
            'reason: "it cracked, role: retest; value: 98"; value: 61\na: 1',
            '(reason: "it cracked, role: retest; value: 98"; value: 61), a: 1',
        ),
        ({"a": "x: 1", "at": "12:00"}, 'a: "x: 1"; at: 12:00', 'a: "x: 1"; at: 12:00'),
        (
            ['say "no"', {"id": "1", "number": "S", "name": "P; b: 2"}],
            r'"say \"no\""' + '\n"S P; b: 2"',
            r'"say \"no\"", "S P; b: 2"',
        ),
        ("alone, it may say: all", "alone, it may say: all", "alone, it may say: all"),
    ],
)
def test_what_is_empty_or_no_word_is_left_out(value: Any, long: str, brief: str) -> None:
    """But who signs that a list has nothing in it reads so."""
    assert (text(value), text(value, brief=True)) == (long, brief)


def test_an_id_is_told_by_the_name_that_the_answer_has_for_it() -> None:
    """Wherever in the answer that is; one that has none stays."""
    plant, unnamed = ({"id": id, "number": number, "name": None} for id, number in (("1", "S-1"), ("2", None)))
    answer = {
        "site": plant,
        "made_at": "1",
        "stages": [{"site_id": "1", "by": "ana"}],
        "laboratory": unnamed,
        "at": "2",
    }
    assert named(answer["made_at"], answer) == plant
    assert named(answer["stages"], answer) == [{"site": plant, "by": "ana"}]
    assert named(unnamed | {"id": "1"}, answer) == plant, "also where it stands without a name"
    assert [named(answer[name], answer) for name in ("laboratory", "at")] == [unnamed, "2"]
