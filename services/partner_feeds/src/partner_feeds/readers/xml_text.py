"""XML in pieces, as it is read: memory does not grow with the document. No document type, no entities of its own."""

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from lxml import etree

MOST_NODES, MOST_CHARACTERS, DEEPEST = 20_000, 1_000_000, 64
"""Of one element that is given whole: elements within, text, and the depth at which it or anything may lie."""

_WINDOW = 64 * 1024
_NAME = re.compile(r"\{(.*)\}(.*)", re.DOTALL).fullmatch


@dataclass(slots=True)
class Element:
    """An element with all that it holds. Names are without their namespace, text without white space around it."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, *names: str) -> list["Element"]:
        """Its children of these names."""
        return [each for each in self.children if each.name in names]

    def text_at(self, *path: str) -> str:
        """The text of the first descendant at a path; nothing where there is none."""
        here: Element | None = self
        for name in path:
            here = next(iter(here.all(name)), None) if here else None
        return here.text if here else ""


class Opened(NamedTuple):
    """An element begins that is given piece by piece."""

    name: str


class Closed(NamedTuple):
    """Such an element ends; ``digest`` is that of its content, where it was asked for."""

    name: str
    digest: str


class TooLarge(NamedTuple):
    """Stands for an element that is too large to be given whole."""

    name: str


class Broken(NamedTuple):
    """The document cannot be read from here on. Nothing follows."""

    reason: str


class NotTaken(Exception):
    """What no document may hold, with the reason."""


Piece = Opened | Closed | Element | TooLarge | Broken


@dataclass(frozen=True, slots=True)
class Plan:
    """Which elements are given piece by piece, and which are passed over."""

    namespace: Callable[[str], object]
    """Whether a namespace is read. Elements of others are extensions, and passed over; a root of another is refused."""
    namespaces: str
    """Those that are read, in words."""
    opened: Container[str]
    passed_over: Container[str]
    digested: Container[str] = ()


def pieces(chunks: Iterable[bytes], plan: Plan) -> Iterator[Piece]:
    """The document's pieces in order. Nothing in the bytes raises: what cannot be read ends in Broken."""
    target = _Target(plan)
    parser: Any = etree.XMLParser(  # its stubs want targets of every kind of markup
        target=cast(Any, target), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), _WINDOW):
                parser.feed(chunk[start : start + _WINDOW])
                yield from target.drain()
        parser.close()
        broken = ""
    except NotTaken as refused:
        broken = str(refused)
    except etree.XMLSyntaxError as error:
        broken = f"no readable XML: {error.msg}; send the document whole, as its system wrote it"
    yield from target.drain()
    if broken:
        yield Broken(broken)


class _Target:
    """What lxml calls while it parses: it keeps no tree of its own."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found: list[Piece] = []
        self._open: list[str] = []
        """Names of the elements that are given piece by piece."""
        self._building: list[Element] = []
        self._passing = 0
        """How deep in an element that is passed over."""
        self._nodes = self._characters = 0
        self._digest: hashlib._Hash | None = None
        self._any_text = self._space = False

    def drain(self) -> list[Piece]:
        """What was found since."""
        found, self._found = self._found, []
        return found

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """A document type can name other files, and entities that grow without end."""
        raise NotTaken("a document type (<!DOCTYPE ...>) is not taken: leave it out, with its entities")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        named = _NAME(tag)
        namespace, name = (named[1], named[2]) if named else ("", tag)
        if len(self._open) + len(self._building) + self._passing >= DEEPEST:
            raise NotTaken(f"nested more than {DEEPEST} deep")
        if self._digest:
            self._digest.update(f"<{name} {sorted(attributes.items())}>".encode("utf-8", "replace"))
            self._any_text = self._space = False
        if self._passing:
            self._passing += 1
        elif not self._plan.namespace(namespace):
            if not self._open:
                known = f"those that are taken are {self._plan.namespaces}"
                raise NotTaken(f"{name} of the namespace {namespace or '(none)'} is not known here: {known}")
            self._passing = 1
        elif self._building:
            self._begin(name, attributes)
        elif not self._open or name in self._plan.opened:
            self._open.append(name)
            self._found.append(Opened(name))
            if name in self._plan.digested and self._digest is None:
                self._digest = hashlib.sha256()
        elif name in self._plan.passed_over:
            self._passing = 1
        else:
            self._nodes = self._characters = 0
            self._begin(name, attributes)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        element = Element(name, dict(attributes))
        self._nodes += 1
        if self._building and self._nodes <= MOST_NODES:
            self._building[-1].children.append(element)
        self._building.append(element)

    def data(self, text: str) -> None:
        if self._digest:
            self._digest.update(self._laid_out(text).encode("utf-8", "replace"))
        if self._building and not self._passing:
            self._characters += len(text)
            if self._characters <= MOST_CHARACTERS:
                self._building[-1].text += text

    def _laid_out(self, text: str) -> str:
        """The text for the digest, in whichever pieces it comes: white space is one blank, and none at its ends."""
        words = text.split()
        if not words:
            self._space = True
            return ""
        blank = self._any_text and (self._space or text[0].isspace())
        self._any_text, self._space = True, text[-1].isspace()
        return " " * blank + " ".join(words)

    def end(self, tag: str) -> None:
        if self._digest:
            self._digest.update(b"</>")
            self._any_text = self._space = False
        if self._passing:
            self._passing -= 1
        elif self._building:
            element = self._building.pop()
            element.text = element.text.strip()
            if not self._building:
                too_large = self._nodes > MOST_NODES or self._characters > MOST_CHARACTERS
                self._found.append(TooLarge(element.name) if too_large else element)
        else:
            self._close(self._open.pop())

    def _close(self, name: str) -> None:
        digest = ""
        # The digest is the outermost's: within it nothing of the same kind begins one of its own.
        if self._digest and name in self._plan.digested and not any(each in self._plan.digested for each in self._open):
            digest, self._digest = self._digest.hexdigest(), None
        self._found.append(Closed(name, digest))

    def close(self) -> None:
        """lxml asks for it."""
