"""What the verb of a message says is to be done with its data."""

from collections.abc import Callable, Iterable
from typing import Final

from partner_feeds.readers.xml_text import Element, Opened, Piece

DELETES: Final = "deletes, which is not taken: send a version"
VOIDS_MORE: Final = "a Cancel document voids results alone, each by its EntryID: correct the record in a higher version"
_REFUSED: Final = {
    "Get": "asks for data",
    "Acknowledge": "acknowledges what was sent",
    "Confirm": "confirms what was sent",
}


def why_not(root: str) -> str:
    """Why a document of this root is refused whole."""
    verb = next((verb for verb in _REFUSED if root.startswith(verb)), "")
    return f"a {verb} message {_REFUSED[verb]}: it holds nothing to take" if verb else ""


def voids_results(root: str) -> bool:
    """Whether a document of this root withdraws what was reported."""
    return root.startswith("Cancel")


def deletes(piece: Piece) -> bool:
    """Whether it is a wrapper's verb, and says that the data is to be deleted."""
    if not isinstance(piece, Element):
        return False
    codes = [each for criteria in piece.all("ActionCriteria") for each in criteria.all("ActionExpression")]
    return any(each.attributes.get("actionCode", "").lower().startswith("delete") for each in codes)


class Verb:
    """Looks for a verb that deletes, before anything of the document is taken."""

    def __init__(self, document: Callable[[], Iterable[Piece]]) -> None:
        self._document = document
        self._known = False

    def deletes(self, piece: Piece, within: str) -> bool:
        """Whether a piece says so; if data stands where the verb should, whether any of the document does.

        The verb comes first in the DataArea. Only a document in which it does not is read through for it.
        """
        if self._known or within != "DataArea":
            return deletes(piece)
        self._known = True
        is_data = isinstance(piece, Opened) or (isinstance(piece, Element) and piece.name == "MaterialLot")
        return any(map(deletes, self._document())) if is_data else deletes(piece)
