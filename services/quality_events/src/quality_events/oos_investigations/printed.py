"""An investigation on paper: with what its laboratory tested again, what that gave, and why it was not planned."""

from quality_events.oos_investigations.further import FormerValue, FurtherTest
from quality_events.oos_investigations.schemas import OosRead
from runtime.work import Work
from serving.in_words import words
from serving.printed import Form, fields

_COLUMNS = ("Tested again", "Tested at", "Result", "Verdict", "Planned", "Amended", "Withdrawn", "Why", "Result id")
_ELSEWHERE = ("further_tests", "explained_tests")


async def form(_: Work, shown: OosRead) -> Form | None:
    """Retests and resamples in the order in which they were reported; what no plan named stands there, too."""
    rows = [row(each) for each in shown.further_tests]
    return Form("OOS investigation", fields(shown, *_ELSEWHERE), _COLUMNS, rows) if rows else None


def row(test: FurtherTest) -> list[str]:
    """One test: what it gave, how that was judged, and why it was made outside of the plan, amended or withdrawn."""
    return [
        words(test.role),
        str(test.tested_at),
        found(test),
        words(test.evaluation) if test.evaluation else "not known",
        "yes" if test.planned else "no",
        amended(test),
        f"{test.voided_at:%Y-%m-%d %H:%M} UTC" if test.voided_at else "no",
        test.reason or ("not said yet" if test.unexplained else ""),
        str(test.result_id),
    ]


def amended(test: FurtherTest) -> str:
    """When it was amended after the finding, by whom and why, and what it gave before that."""
    if test.amended_at is None:
        return "no"
    by = f" by {test.amended_by}" if test.amended_by else ""
    because = f" because {test.amendment_reason}" if test.amendment_reason else ""
    before = "".join(f"; {found(each)} until then" for each in test.amended_from)
    return f"{test.amended_at:%Y-%m-%d %H:%M} UTC{by}{because}{before}"


def found(test: FurtherTest | FormerValue) -> str:
    """The result as its laboratory reported it."""
    of_it = [words(test.qualifier)] if test.qualifier else []
    if test.value is not None:
        of_it.append(f"{test.value:f}" + ("" if test.unit in (None, "1") else f" {test.unit}"))
    return ", ".join(of_it) or test.text or "not known"
