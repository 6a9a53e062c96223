"""The size of things, and words that have no place where they stand."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "libs/runtime/src/runtime"
LONGEST_FILE, LONGEST_FUNCTION = 300, 60
SERVING = ROOT / "libs/serving/src/serving"
PLUMBING, EDGE = 2170, 1985
"""Lines of code, SQL among them. If one wants more, something is being built that a library has.

The plumbing had 1,500 until it was to hold with frozen processes, releases that add handlers, and partners in a crowd,
2,000 until records said whose turn it is, 2,100 until bulk statements and deadlines came from services, and 2,130
until logins were checked for signatures. The edge had 1,200 until it told every record's history, 1,400 until documents
had examples and lists ranges of days, 1,440 until steps were signed, and signed records printed, 1,720 until a
partner read of a record's past what its answer shows, and processes drained before they ended, 1,830 until a
signature held the parts and entries that belong to a record, and what later steps fill in, and 1,880 until one was held
against what had been undone, and who sends no body was told which one is wanted; 1,910 until what a second person
types blind was sealed in every record's past, 1,925 until a later owner read nothing of an earlier plan, and 1,930
until a signed step locked first what its record belongs to, and a partner read its own reasons alone, and 1,935 until
every service took bodies that stream in.
"""

# Put together here, so that this file does not hold what it forbids.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
REGISTRIES = [
    ["py", "pi", "org"],
    ["files", "python" + "hosted", "org"],
    ["registry", "npmjs", "org"],
    ["crates", "io"],
]
REGISTRIES += [["repo1", "maven", "org"], ["repo", "maven", "apache", "org"], ["proxy", "golang", "org"]]
PACKAGE_HOST = re.compile(r"\b(" + "|".join(r"\.".join(parts) for parts in REGISTRIES) + r")\b", re.IGNORECASE)

DOMAIN = """
agreement assay batch_record batch_release capa certificate complaint custody deviation disposition dissolution
dosage feed gmp investigation kpi lab laboratory lots lot manufacturer market material oos pharmacopoeia product
qualification quality recall sample scorecard shipment site specification stability supplier tablet transfer
""".split()  # noqa: SIM905


def python(files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".py"]


def text_of(path: Path) -> str | None:
    """The text of a file, or None for pictures and the like."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_file_is_too_long_to_read(files: list[Path]) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in python(files)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long_to_read(files: list[Path]) -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": lines
        for path in python(files)
        if "migrations" not in path.parts  # a table has as many columns as it has
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def lines_of_code(source: str) -> int:
    """Lines that are not blank, not only a comment and not a docstring."""
    ignored = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {line for token in tokens if token.type not in ignored for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            code -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(code)


def sql_lines(source: str) -> int:
    """Lines of SQL that are not blank and not only a comment."""
    return sum(bool(line.strip()) and not line.strip().startswith("--") for line in source.splitlines())


def test_lines_of_code_are_counted_as_people_count_them() -> None:
    constants = '"""About."""\n\n# why\nX = 1  # what\n"""of X"""\nSQL = """\nSELECT 1\n"""\n'
    function = '\n\ndef f():\n    """Do."""\n    return (\n        X\n    )\n'
    source = constants + function
    assert sql_lines("-- why\n\nSELECT 1;  -- what\n") == 1
    assert lines_of_code(source) == len(["X", "SQL", "SELECT", '"""', "def", "return", "X", ")"])


@pytest.mark.parametrize(("library", "most"), [(RUNTIME, PLUMBING), (SERVING, EDGE)], ids=["runtime", "serving"])
def test_plumbing_stays_small(library: Path, most: int) -> None:
    """Less is being built than a library has. SQL counts, wherever it stands."""
    counts = {path.name: lines_of_code(path.read_text("utf-8")) for path in sorted(library.rglob("*.py"))}
    counts |= {path.name: sql_lines(path.read_text("utf-8")) for path in sorted(library.rglob("*.sql"))}
    total = sum(counts.values())
    assert total < most, f"{library} has {total} lines of code: {counts}"


def words(identifier: str) -> str:
    """An identifier in snake case, with an underscore at both ends: ``BatchRecord`` is ``_batch_record_``."""
    return "_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).strip("_").lower() + "_"


def domain_words(source: str) -> set[str]:
    names = {
        token.string for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.NAME
    }
    return {name for name in names for word in DOMAIN if f"_{word}_" in words(name)}


def test_plumbing_speaks_no_domain_word() -> None:
    found = {path.name: domain_words(path.read_text("utf-8")) for path in RUNTIME.rglob("*.py")}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("source", ["deviation = 1", "def close_batch_record(): ...", "class LotNumber: ..."])
def test_a_domain_word_would_be_seen(source: str) -> None:
    assert domain_words(source)


@pytest.mark.parametrize("source", ["batch = 1", "allotted = 2", "# a deviation", "class Slot: ..."])
def test_other_words_are_free(source: str) -> None:
    assert not domain_words(source)


def places(files: list[Path], forbidden: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        if forbidden.search(line)
    ]


def test_no_unfinished_work_is_committed(files: list[Path]) -> None:
    assert places(files, UNFINISHED) == []


def test_no_file_names_a_package_host(files: list[Path]) -> None:
    """Most users install from a mirror; a host's name in a lock or a script would go past it."""
    assert places(files, PACKAGE_HOST) == []


def test_what_is_forbidden_would_be_seen() -> None:
    assert UNFINISHED.search("# TO" + "DO: later")
    assert not UNFINISHED.search("mastodon XX" + "XX")
    assert all(PACKAGE_HOST.search("https://" + ".".join(parts) + "/simple") for parts in REGISTRIES)
    assert not PACKAGE_HOST.search("numpy" + ".org")
