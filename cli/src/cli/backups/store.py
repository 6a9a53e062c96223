"""Where backups lie: ``base/NAME`` with ``base/NAME.json`` beside it, ``wal``, and ``rehearsals.jsonl``.

A base backup has its name only once it was verified; ``NAME.partial`` was broken off, and counts for nothing.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cli.backups import programs
from cli.backups.segments import Segment, on_the_way, place, segments, way
from cli.failures import Failure


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup. A restore from it reaches any moment after ``ended_at`` that the log covers."""

    name: str
    began_at: datetime
    ended_at: datetime
    server_version: str
    system_identifier: int
    start: str
    """Where in the write-ahead log it begins."""
    manifest_sha256: str

    @property
    def starts(self) -> int:
        """``start`` as a number of bytes."""
        return place(self.start)

    def as_json(self) -> dict[str, Any]:
        """As its file holds it, and ``--json`` shows it."""
        return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in asdict(self).items()}

    @classmethod
    def read(cls, file: Path) -> Self:
        """From the file beside it."""
        said = json.loads(file.read_text())
        moments = {name: datetime.fromisoformat(said[name]) for name in ("began_at", "ended_at")}
        return cls(**{**said, **moments})


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of backups, better on another machine than the server's."""

    folder: Path

    @property
    def wal(self) -> Path:
        """Where the write-ahead log is received."""
        return self.folder / "wal"

    @property
    def rehearsals(self) -> Path:
        """One line of JSON for each restore that was tried."""
        return self.folder / "rehearsals.jsonl"

    def data(self, name: str) -> Path:
        """The files of a base backup."""
        return self.folder / "base" / name

    def log(self, base: Base) -> list[Segment]:
        """The write-ahead log from a base backup on, as recovery goes: what was received, and what it holds itself."""
        found = on_the_way([*segments(self.wal), *segments(self.data(base.name) / "pg_wal")], way(self.wal))
        return [each for each in found if each.number >= base.starts // each.size]

    def bases(self) -> list[Base]:
        """Those that were verified when they were taken, oldest first."""
        return sorted((Base.read(file) for file in (self.folder / "base").glob("*.json")), key=lambda base: base.name)

    def chosen(self, name: str | None, at: datetime | None) -> Base:
        """The one that is named, or the last that ended before a moment. Raises Failure where there is none."""
        known = self.bases()
        fit = [base for base in known if (name is None or base.name == name) and (at is None or base.ended_at <= at)]
        if not fit:
            held = ", ".join(f"{base.name} (until {base.ended_at:%Y-%m-%dT%H:%M:%SZ})" for base in known) or "nothing"
            raise Failure("no base backup fits that", f"{self.folder} holds {held}.")
        return fit[-1]

    def end(self, base: Base) -> int:
        """Where in the log a base backup ended, as its manifest says; 0 where there is none to read."""
        with suppress(OSError, ValueError, LookupError):
            manifest = json.loads((self.data(base.name) / "backup_manifest").read_bytes())
            return place(manifest["WAL-Ranges"][-1]["End-LSN"])
        return 0

    def verify(self, name: str) -> None:
        """Read every file of a base backup, and hold it against its manifest, and that against what was noted of it.

        Raises Failure where one differs.
        """
        programs.run("pg_verifybackup", "--exit-on-error", "--quiet", str(self.data(name)))
        noted = self.data(f"{name}.json")
        manifest = hashlib.sha256((self.data(name) / "backup_manifest").read_bytes()).hexdigest()
        if noted.exists() and Base.read(noted).manifest_sha256 != manifest:
            raise Failure(f"{name} has another manifest than when it was taken: {manifest}")

    def rehearsed(self) -> dict[str, Any] | None:
        """The last restore that was tried and worked."""
        lines = self.rehearsals.read_text().splitlines() if self.rehearsals.exists() else []
        done: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return done[-1] if done else None


def named(moment: datetime) -> str:
    """What a backup of that moment is called."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
