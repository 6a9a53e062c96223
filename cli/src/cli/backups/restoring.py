"""A folder that PostgreSQL starts on, and that recovers to a moment by itself. Nothing that runs is touched."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cli.backups.segments import gaps
from cli.backups.store import Base, Store
from cli.failures import Failure


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a server is to be started on, and where it will stop."""

    data: Path
    base: Base
    at: datetime | None
    """The moment; None for all that was received."""
    reaches_to: str
    """The last segment of the log. A moment behind it is refused by PostgreSQL, when it starts."""


def prepare(store: Store, folder: Path, at: datetime | None, name: str | None = None) -> Prepared:
    """Copy a verified base backup and the log behind it, and say to where it is recovered.

    Raises Failure where files differ from the manifest, where the log has a gap, or where the folder holds anything.
    """
    base = store.chosen(name, at)
    if folder.exists() and any(folder.iterdir()):
        raise Failure(f"{folder} is not empty", "Name a folder that is not there yet: nothing is written over.")
    store.verify(base.name)
    needed = store.log(base)
    if lacking := gaps(needed, base.starts):
        raise Failure(f"the log behind {base.name} is not whole: {'; '.join(lacking)}", "Choose another: --backup.")
    data, wal = folder.absolute() / "data", folder.absolute() / "wal"
    folder.mkdir(parents=True, exist_ok=True)
    wal.mkdir(mode=0o700)  # what all partners sent is in it
    received = [each.path for each in needed if each.path.parent == store.wal]
    for path in [*received, *store.wal.glob("*.history")]:
        shutil.copyfile(path, wal / path.name)
    shutil.copytree(store.data(base.name), data)
    data.chmod(0o700)
    _say(data, wal, at)
    _give(folder)
    return Prepared(data, base, at, needed[-1].path.name)


def _say(data: Path, wal: Path, at: datetime | None) -> None:
    """Where the log is, and where to stop. A segment that was still written when the server was lost counts too."""
    source = str(wal).replace("%", "%%").replace("'", "''")
    settings = {
        "restore_command": f'cp "{source}/%f" "%p" 2>/dev/null || cp "{source}/%f.partial" "%p" 2>/dev/null',
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
    }
    if at is not None:
        settings["recovery_target_time"] = at.isoformat()
    with (data / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (data / "recovery.signal").touch()


def _give(folder: Path) -> None:
    """To the account that a server runs as, where this one is root's: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return
    from local import account

    if (user := account.server_user()) is None:
        return
    for path in (folder / "data", folder / "wal", *(folder / "data").rglob("*"), *(folder / "wal").iterdir()):
        os.chown(path, user, -1, follow_symlinks=False)
