"""What the verb of a message says is to be done with its data."""

from typing import Final

from partner_feeds.readers.xml_text import Element, Piece

DELETES: Final = "deletes, which is not taken: send a version"
_REFUSED: Final = {
    "Get": "asks for data",
    "Acknowledge": "acknowledges what was sent",
    "Confirm": "confirms what was sent",
    "Cancel": "voids what was reported, which is not taken here: correct the record in a higher version",
}


def why_not(root: str) -> str:
    """Why a document of this root is refused whole."""
    verb = next((verb for verb in _REFUSED if root.startswith(verb)), "")
    return f"a {verb} message {_REFUSED[verb]}: it holds nothing to take" if verb else ""


def deletes(piece: Piece) -> bool:
    """Whether it is a wrapper's verb, and says that the data is to be deleted."""
    if not isinstance(piece, Element):
        return False
    codes = [each for criteria in piece.all("ActionCriteria") for each in criteria.all("ActionExpression")]
    return any(each.attributes.get("actionCode", "").lower().startswith("delete") for each in codes)
