"""Words by which laboratories say what was found: lost or turned round, a failure would vanish."""

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.values.qualified import meaning_of

MAPPING = """
code: x
version: 1
columns:
  L: {holds: text}
  D: {holds: date, format: D.M.YYYY}
  R: {holds: number, unit: "%%", %s}
lots:
  b: {material: P1, number: "{L}"}
records:
  - {record: TestResult, id: "{L}/{test}", occurred_at: D, lot: b, stage: release, tests: [R]}
"""


@pytest.mark.parametrize(
    ("means", "words"),
    [
        (
            "does not comply",
            "FAIL|nicht bestanden|non conforme|no cumple|n\u00e3o conforme|nie spe\u0142nia|nevyhovuje|voldoet niet|"
            "ne ustreza|"
            "\u043d\u0435 \u0441\u043e\u043e\u0442\u0432\u0435\u0442\u0441\u0442\u0432\u0443\u0435\u0442|"
            "\u4e0d\u5408\u683c|\u4e0d\u9069\u5408|\u4e0d\u7b26\u5408\u89c4\u5b9a|\ubd80\uc801\ud569",
        ),
        (
            "complies",
            "pass|bestanden|cumple|cumpre|spe\u0142nia|vyhovuje|voldoet|"
            "\u0441\u043e\u043e\u0442\u0432\u0435\u0442\u0441\u0442\u0432\u0443\u0435\u0442|\u5408\u683c|"
            "\u9069\u5408|\u7b26\u5408\u89c4\u5b9a|\uc801\ud569",
        ),
        (
            "not_detected",
            "not detected|no detectado|non rilevabile|n\u00e3o detectado|nie wykryto|nezji\u0161t\u011bno|"
            "niet aantoonbaar|"
            "ni zaznano|\u043d\u0435 \u043e\u0431\u043d\u0430\u0440\u0443\u0436\u0435\u043d\u043e|"
            "\u4e0d\u691c\u51fa|\u672a\u691c\u51fa|\u672a\u68c0\u51fa|\u672a\u6aa2\u51fa|\ubd88\uac80\ucd9c",
        ),
        (
            "present",
            "detected|nachgewiesen|detectado|rilevato|wykryto|aanwezig|\u0432\u044b\u044f\u0432\u043b\u0435\u043d\u043e|"
            "\u68c0\u51fa|\u9633\u6027|\u691c\u51fa|\uac80\ucd9c",
        ),
        ("absent", "absent|negativo|nieobecne|afwezig|\u9634\u6027|\u9670\u6027|\uc74c\uc131"),
    ],
)
def test_what_was_found_is_known_in_many_languages_and_never_missing(means: str, words: str) -> None:
    for word in words.split("|"):
        assert meaning_of(word) == means, word
        with pytest.raises(MappingInvalid, match="the result would be lost"):
            load(MAPPING % f"missing: ['{word}']")


@pytest.mark.parametrize("word", ["\u4e0d\u5408\u683c", "\u4e0d\u9069\u5408", "no cumple", "nevyhovuje"])
def test_a_failure_cannot_be_listed_as_a_pass(word: str) -> None:
    with pytest.raises(MappingInvalid, match="seems to mean does not comply, and not complies"):
        load(MAPPING % f"words: {{'{word}': complies}}")
