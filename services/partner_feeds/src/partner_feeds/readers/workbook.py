"""The parts of an XLSX file: its sheets, and the styles of its cells. Nothing in it is run."""

import re
from collections.abc import Iterator
from typing import IO, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS

from partner_feeds.readers.other_files import FIRST_BYTES, why_no_workbook

MOST_EXPANSION = 20
"""Times the size of a file that its parts may have; from it on a file is a bomb."""
ALWAYS_EXPANDED = 100_000_000
"""Bytes that parts may have however small the file is: they are read as a stream."""
LARGEST_INDEX = 20_000_000
"""Bytes of the parts that are read whole: the list of sheets, the relations and the styles."""
PIECE = 65_536

_OF_A_LANGUAGE = frozenset((*range(27, 37), *range(50, 59), *range(71, 82)))
_DATE_OF_A_LANGUAGE = "[a date of the program's language]"
"""In place of a format that is another in each language: 27 is a month in Chinese and a day in Japanese."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


class Damaged(ValueError):
    """A file that is no workbook which can be read, with what would be right."""


class Sheet(NamedTuple):
    """A sheet's name, and the part that holds it."""

    name: str
    part: str


class Style(NamedTuple):
    """How a cell shows what it stores."""

    format: str
    struck: bool
    """Whether it is struck through."""


class Workbook:
    """An open workbook. Raises Damaged for what is no XLSX, what is a bomb, and what declares entities."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        file.seek(0)
        if reason := why_no_workbook(file.read(FIRST_BYTES)):
            raise Damaged(reason)
        try:
            self._zip = ZipFile(file)
            expanded = sum(part.file_size for part in self._zip.infolist())
        except (BadZipFile, ValueError, NotImplementedError) as error:
            raise Damaged(f"no XLSX file, or a part of one: {error}; send it again") from error
        if expanded > max(ALWAYS_EXPANDED, MOST_EXPANSION * size):
            raise Damaged(f"a zip bomb: {size} bytes would become {expanded}, at most {MOST_EXPANSION} times are taken")
        self.parts = frozenset(self._zip.namelist())
        book = self._root("xl/workbook.xml")
        self.from_1904 = any(_is(each, "workbookPr") and each.get("date1904") in ("1", "true") for each in book.iter())
        self.sheets = list(self._sheets(book))

    def _sheets(self, book: ElementTree.Element) -> Iterator[Sheet]:
        relations = self._root("xl/_rels/workbook.xml.rels")
        targets = {each.get("Id"): each.get("Target", "") for each in relations}
        for each in book.iter():
            if _is(each, "sheet"):
                id_ = next((value for name, value in each.items() if name.endswith("}id")), None)
                target = targets.get(id_, "")
                part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                if "/worksheets/" in part:
                    yield Sheet(each.get("name", ""), part)

    def styles(self) -> list[Style]:
        """The styles that a cell may have, by their number."""
        if "xl/styles.xml" not in self.parts:
            return []
        root = self._root("xl/styles.xml")
        own = {each.get("numFmtId", ""): each.get("formatCode", "") for each in root.iter() if _is(each, "numFmt")}
        struck = [any(map(_strikes, font)) for group in root if _is(group, "fonts") for font in group]
        used = (each for group in root if _is(group, "cellXfs") for each in group)
        return [_style(each.get("numFmtId", "0"), each.get("fontId", "0"), own, struck) for each in used]

    def merged(self, part: str) -> list[str]:
        """The ranges of merged cells, which stand behind all rows."""
        found: list[str] = []
        rest = b""
        for piece in self.pieces(part):
            window = rest + piece
            found += [match.decode() for match in _MERGED.findall(window)]
            rest = window[window.rfind(b"<") :][-1000:] if b"<" in window else b""
        return found

    def pieces(self, part: str) -> Iterator[bytes]:
        """A part, piece by piece."""
        try:
            with self._zip.open(part) as stream:
                while piece := stream.read(PIECE):
                    yield piece
        except KeyError as error:
            raise Damaged(f"no XLSX file: {part} is missing; save it as .xlsx") from error
        except Exception as error:  # zipfile raises what the method of compression raises
            raise Damaged(f"damaged: {part}: {error}") from error

    def parse(self, part: str, parser: expat.XMLParserType) -> Iterator[None]:
        """Feed a part to a parser, with a pause after each piece."""
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        try:
            for piece in self.pieces(part):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
            yield
        except Damaged:
            raise
        except (expat.ExpatError, ValueError, IndexError) as error:
            raise Damaged(f"damaged: {part}: {error}") from error

    def _root(self, part: str) -> ElementTree.Element:
        """A small part as a tree."""
        if part in self.parts and self._zip.getinfo(part).file_size > LARGEST_INDEX:
            raise Damaged(f"{part} is larger than {LARGEST_INDEX} bytes")
        builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
        for _ in self.parse(part, parser):
            pass
        return builder.close()


def _style(format_id: str, font_id: str, own: dict[str, str], struck: list[bool]) -> Style:
    number, font = (int(id_[:9]) if id_.isdecimal() else 0 for id_ in (format_id, font_id))
    known = _DATE_OF_A_LANGUAGE if number in _OF_A_LANGUAGE else BUILTIN_FORMATS.get(number, "General")
    return Style(own.get(format_id) or known, font < len(struck) and struck[font])


def _strikes(property_: ElementTree.Element) -> bool:
    return _is(property_, "strike") and property_.get("val", "1") not in ("0", "false")


def _is(element: ElementTree.Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _no_doctype(*_: object) -> None:
    raise Damaged("it declares a document type or entities, which are not taken")
