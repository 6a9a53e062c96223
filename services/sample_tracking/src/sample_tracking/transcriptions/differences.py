"""What two people typed from one paper, held against each other: rules without I/O."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Entry = Mapping[str, Any]
_OF_A_RESULT: Final = ("test", "role", "method")


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where both differ: of the paper itself, then of each result. Nothing where they are the same.

    Numbers are compared as they are written, for 99.0 says more than 99. In which order the results were typed is no
    matter.
    """
    found = [_differs(None, name, first[name], second[name]) for name in first if name != "results"]
    ours, theirs = (_by_test(each["results"]) for each in (first, second))
    for key in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(key), theirs.get(key)
        if one is None or other is None:
            test = key[0]
            found.append(_differs(test, "test", one and test, other and test))
        else:
            found += [_differs(key[0], name, one.get(name), other.get(name)) for name in sorted({*one, *other})]
    return [each for each in found if each]


def _by_test(results: Iterable[Entry]) -> Mapping[tuple[str, ...], Entry]:
    """The results by what they are of; of several alike by the order in which they were typed."""
    keyed: dict[tuple[str, ...], Entry] = {}
    for each in results:
        of = tuple(str(each.get(name) or "") for name in _OF_A_RESULT)
        alike = sum(key[:-1] == of for key in keyed)
        keyed[*of, f"{alike:03}"] = each
    return keyed


def _differs(test: str | None, field: str, first: Any, second: Any) -> dict[str, Any]:
    if first == second:
        return {}
    return {"test": test, "field": field, "first": _written(first), "second": _written(second)}


def _written(value: Any) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
