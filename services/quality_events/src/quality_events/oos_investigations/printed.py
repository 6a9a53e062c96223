"""An investigation on paper: with what its laboratory tested again, what that gave, and why it was not planned."""

from collections.abc import Sequence

from quality_events.oos_investigations import queries
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.further import FormerValue, FurtherTest
from quality_events.oos_investigations.schemas import OosRead
from runtime.work import Work
from serving.in_words import text, words
from serving.printed import Form, Table, fields

_COLUMNS = ("Tested again", "Tested at", "Result", "Verdict", "Planned", "Amended", "Withdrawn", "Why", "Result id")
_FORMER = ("Until", "By", "What was said", "Why it did not stand")
_PLANNED = (
    *("planned_retests", "planned_resamples", "original_analyst", "retest_analysts", "resample_evidence"),
    *("no_retests_reason", "retests_planned_by"),
)
_PROPOSED = ("cause", "evidence", "retest_plan", "explained_tests", "invalidation_proposed_by")
_CONCLUDED = ("conclusion", "concluded_at", *_PROPOSED)
_ELSEWHERE = ("further_tests", "explained_tests")


async def form(work: Work, shown: OosRead) -> Form | None:
    """Retests and resamples in the order in which they were reported; what no plan named stands there, too.

    With them stands what was planned, proposed and concluded before, as whoever signed it read it.
    """
    rows = [row(each) for each in shown.further_tests]
    rounds = [former(each) for each in await queries.former_rounds(work, shown.id)]
    if not rows and not rounds:
        return None
    tables = [Table("Former rounds", _FORMER, rounds)] if rounds else []
    columns = _COLUMNS if rows else ()
    return Form("OOS investigation", fields(shown, *_ELSEWHERE), columns, rows, tables)


def former(round: queries.FormerRound) -> list[str]:
    """One round: when and by what it ended, what had been said until then, and why that did not stand."""
    was, now = round.was, round.now
    names: Sequence[str]
    why: Sequence[str | None]
    if was["state"] == OosState.concluded:
        ended, names, why = "conclusion reopened", _CONCLUDED, (now["phase_2_reason"], now["reopening_evidence"])
    elif was["state"] == OosState.awaiting_approval:
        ended, names, why = "proposal returned", _PROPOSED, (now["return_reason"],)
    else:
        ended, names, why = "plan returned", _PLANNED, (now["return_reason"],)
    said = text({name: was[name] for name in names if was.get(name) is not None})
    return [f"{round.ended_at:%Y-%m-%d %H:%M} UTC", ended, said, "; ".join(filter(None, why))]


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
