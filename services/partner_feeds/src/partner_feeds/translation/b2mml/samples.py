"""In-process results in B2MML: those that are reported, and those that a Cancel document withdraws."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from contracts.partner_feeds import TestStage
from partner_feeds.readers.xml_text import Element
from partner_feeds.records.model import LAST_REVISION, TestResult
from partner_feeds.translation.b2mml.materials import Around, Content, Make
from partner_feeds.translation.b2mml.reading import Fault, Reading, together
from partner_feeds.translation.b2mml.words import RESULTS, called_off, word_of
from partner_feeds.values.qualified import meaning_of
from partner_feeds.values.texts import as_word

_DISPOSITIONS: Final = ("Disposition", "TestDisposition")


def results(sample: Element, around: Around, reading: Reading) -> Iterator[Make]:
    """Each result of a sample. A row is an element among the pieces of a document, and a sample is one: so it is
    taken with all its results, or refused with everything that is wrong with any of them."""
    if not any(_each(sample)):
        around.told.append("has no result, and nothing follows from it")
    for test, result, at, where in _each(sample):
        code, id_ = _code(test), result.text_at("EntryID")
        if verdict := _verdict(result, reading):
            around.told.append(
                f"says {verdict} of {code}: that is in no record, and whether the result complies is judged by the "
                "specification; a result in words is said by its value"
            )
        of_test = f"{sample.text_at('EntryID') or 'Sample'}/{code}"
        identity = around.entry(id_) if id_ else around.unnamed(of_test)
        yield partial(_result, identity, partial(_about, code, at, around, reading), result, where, reading)


def voids(sample: Element, around: Around, reading: Reading) -> Iterator[Make]:
    """Each result of a sample of a Cancel document is withdrawn: by the EntryID under which it was reported, for of
    those without one it does not say which is meant. Nothing comes behind that: a version of the record counts the
    record, and that which is cancelled is the one that was reported."""
    for test, result, at, where in _each(sample):
        about = partial(_about, _code(test), at or around.made_at, around, reading)
        yield partial(_void, about, result.text_at("EntryID"), where, around)


def _each(sample: Element) -> Iterator[tuple[Element, Element, str, str]]:
    """The results of a sample, each with its test, the nearest time that is said of it, and where it stands."""
    for test in sample.all("SampleTest"):
        for nth, result in enumerate(test.all(*RESULTS), start=1):
            named = result.text_at("EntryID") or nth
            times = (each.text_at("TimeStamp") for each in (result, test, sample))
            yield test, result, next(filter(None, times), ""), f"SampleTest[{_code(test)}]/{result.name}[{named}]"


def _code(test: Element) -> str:
    return test.text_at("TestCode") or test.text_at("TestName")


def _about(code: str, at: str, around: Around, reading: Reading) -> dict[str, Any]:
    """Of which test, batch and time a result is."""
    return together(
        lambda: {"test": _test(code, reading), "stage": TestStage.intermediate},
        lambda: {"occurred_at": reading.moment("SampleTest/TimeStamp", at)},
        around.batch,
    )


def _test(code: str, reading: Reading) -> str:
    tests = reading.mapping.tests
    if tests is None:
        return code
    if code not in tests:
        raise Fault("SampleTest/TestCode", code, f"is none of the mapping's tests: {', '.join(tests)}")
    return tests[code]


def _result(identity: dict[str, Any], about: Any, result: Element, where: str, reading: Reading) -> Content:
    return TestResult, identity | together(about, lambda: _value(result, where, reading))


def _verdict(result: Element, reading: Reading) -> str:
    """The maker's word on a result, unless it says that it complies or does not count; else blank."""
    word = word_of(result, "TestDisposition") or word_of(result, "Disposition")
    means = {as_word(each): meaning for each, meaning in reading.mapping.words.items()}.get(as_word(word))
    fine = not word or called_off(result, *_DISPOSITIONS) or "complies" in (means, meaning_of(word))
    return "" if fine else word


def _value(result: Element, where: str, reading: Reading) -> dict[str, Any]:
    if said := called_off(result, *_DISPOSITIONS, "Status", "ResultStatus"):
        raise Fault(where, said, "is said to be no result: withdraw it by a Cancel, or leave it out")
    values = result.all("Results", "Result", "Value")
    if len(values) != 1:
        raise Fault(where, "", f"{len(values)} values in one result: write a result for each")
    return reading.result(f"{where}/{values[0].name}", values[0])


def _void(about: Any, id_: str, where: str, around: Around) -> Content:
    if not id_:
        raise Fault(where, "", "which result is meant? Give the EntryID under which it was reported")
    return TestResult, around.entry(id_) | {"revision": LAST_REVISION, "unit": "1", "voided": True} | about()
