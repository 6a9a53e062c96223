"""Columns that say in which state each row's result is: which rows are taken is asked, and none is left out unasked."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from cli.feeds.sketch.cells import shown
from cli.feeds.sketch.roles import listed, words_of
from partner_feeds.values.qualified import meaning_of
from partner_feeds.values.texts import some_of

_FINISHED: Final = listed(
    "approved authorised authorized released final finalised finalized validated verified reviewed signed complete "
    "completed reported pass passed accepted closed geprüft freigegeben genehmigt validiert unterschrieben "
    "abgeschlossen validé approuvé libéré approvato rilasciato aprobado liberado odobreno potrjeno sproščeno"
)
"""A result of such a state is what a laboratory reports."""
_UNFINISHED: Final = listed(
    "draft cancelled canceled rejected void voided invalid aborted pending open started running preliminary entered in "
    "incomplete inprogress in-progress unreviewed entwurf storniert verworfen abgelehnt offen vorläufig gesperrt "
    "brouillon annulé bozza annullato osnutek preklicano zavrnjeno"
)
_STATES: Final = listed("status state zustand stato statut estado stanje stav approval freigabestatus")
_LETTER: Final = "a"
"""Authorised, in a column that is called a status."""
_YES: Final = listed("yes y true ja j oui si sì da")


class States(NamedTuple):
    """The texts of a column by what they say of their rows."""

    finished: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def why(self) -> str:
        """What is to be asked."""
        if self.finished and self.others:
            left = some_of(map(shown, self.others), 3)
            return f"ASK: are results of {some_of(map(shown, self.finished), 3)} alone to be taken, and none of {left}?"
        return f"ASK which states count: rows of all are taken, such as {some_of(map(shown, self.all), 3)}"

    @property
    def all(self) -> tuple[str, ...]:
        """All of its texts."""
        return self.finished + self.others


def is_finished(text: str) -> bool:
    """Whether a text begins with the word of a finished state."""
    return _begins_with(_FINISHED, text)


def states_of(name: str, filled: Sequence[str]) -> States | None:
    """The states in a column's filled cells; None for a column of anything else, such as verdicts."""
    texts = list(dict.fromkeys(" ".join(cell.split()) for cell in filled))
    words = words_of(name)
    is_named = bool(set(words) & _STATES)
    is_yes_or_no = bool(words) and words[-1] in _FINISHED and any(text.casefold() in _YES for text in texts)
    if not is_named and not is_yes_or_no and (all(map(meaning_of, texts)) or not all(map(_is_state, texts))):
        return None

    def counts(text: str) -> bool:
        word = text.casefold()
        return is_finished(text) or (is_named and word == _LETTER) or (is_yes_or_no and word in _YES)

    finished = tuple(text for text in texts if counts(text))
    return States(finished, tuple(text for text in texts if text not in finished))


def _is_state(text: str) -> bool:
    return is_finished(text) or _begins_with(_UNFINISHED, text)


def _begins_with(words: frozenset[str], text: str) -> bool:
    return not words.isdisjoint(text.casefold().split()[:1])
