"""A folder that PostgreSQL starts on, and that recovers to a moment by itself. Nothing that runs is touched."""

import os
import shlex
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cli.backups.reading import Read, read
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
    read: Read | None
    """How far the log was read, where it is recovered to its end."""


def prepare(
    store: Store, folder: Path, at: datetime | None, name: str | None = None, *, accept_loss: bool = False
) -> Prepared:
    """Copy a verified base backup and the log behind it, and say to where it is recovered.

    Raises Failure where files differ from the manifest, where the log has a gap, where the folder holds anything, or
    where the log breaks off before its end, unless that loss is accepted: PostgreSQL would stop there and say nothing.
    A moment that it does not reach PostgreSQL refuses itself.
    """
    base = store.chosen(name, at)
    if folder.exists() and any(folder.iterdir()):
        raise Failure(f"{folder} is not empty", "Name a folder that is not there yet: nothing is written over.")
    store.verify(base.name)
    needed = store.log(base)
    if lacking := gaps(needed, base.starts):
        raise Failure(f"the log behind {base.name} is not whole: {'; '.join(lacking)}", "Choose another: --backup.")
    known = read(store, base) if at is None else None
    if known and known.wrong and not accept_loss:
        advice = "What follows there would be lost. Choose another: --backup; or lose it, knowingly: --accept-loss."
        raise Failure(f"the log behind {base.name} is spoilt: {known.wrong}", advice)
    data, wal = folder.absolute() / "data", folder.absolute() / "wal"
    folder.mkdir(parents=True, exist_ok=True)
    wal.mkdir(mode=0o700)  # what all partners sent is in it
    received = [each.path for each in needed if each.path.parent == store.wal]
    for path in [*received, *store.wal.glob("*.history")]:
        shutil.copyfile(path, wal / path.name)
    copied = shutil.copytree(store.data(base.name), data.with_suffix(".partial"))
    copied.chmod(0o700)
    _say(copied, wal, at)
    copied.rename(data)  # last: what was broken off before has a name that no server is started on
    _give(folder)
    return Prepared(data, base, at, needed[-1].path.name, known)


def recover(folder: Path, patience: float) -> None:
    """Let PostgreSQL recover what was prepared, here and to its end, and stop: what is there then starts anywhere.

    Raises Failure with its own words where it does not come to the end within ``patience`` seconds.
    """
    from local import PostgresServer, ServerError

    if not (folder / "data" / "recovery.signal").exists():
        raise Failure(f"nothing waits in {folder} to be recovered", "Prepare it: entente restore prepare --to ...")
    # A standby would be ready before it has recovered.
    server = PostgresServer(folder, settings={"archive_mode": "off", "hot_standby": "off"}, patience=patience)
    try:
        server.start()
    except ServerError as error:
        raise Failure(f"what was prepared does not run: {error}") from error
    finally:
        server.stop()


def _say(data: Path, wal: Path, at: datetime | None) -> None:
    """Where the log is, and where to stop. A segment that was still written when the server was lost counts too.

    A server that came of a restore to a moment still names that moment, and so does every backup of it.
    """
    settings = {
        "restore_command": restore_command(wal).replace("'", "''"),
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
        "recovery_target_time": "" if at is None else at.isoformat(),
    }
    with (data / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (data / "recovery.signal").touch()


def restore_command(wal: Path) -> str:
    """What PostgreSQL runs for each file: 1 where there is none, which ends the log, and above 125 for every failure.

    That stops recovery, and what failed says why in the server's log; a folder that is away is a failure too.
    """
    source = shlex.quote(str(wal)).replace("%", "%%")
    given = 'if [ -e "$f" ]; then cp "$f" "%p" || exit 126; exit 0; fi'
    return f'(cd {source}) || exit 126; for f in {source}/"%f" {source}/"%f.partial"; do {given}; done; exit 1'


def _give(folder: Path) -> None:
    """To the account that a server runs as, where this one is root's: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return
    from local import account

    if (user := account.server_user()) is None:
        return
    for path in (folder / "data", folder / "wal", *(folder / "data").rglob("*"), *(folder / "wal").iterdir()):
        os.chown(path, user, -1, follow_symlinks=False)
