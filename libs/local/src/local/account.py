"""Under which account PostgreSQL runs: it refuses to be root, and many machines have only root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from local.processes import ServerError


def server_user() -> int | None:
    """The account for a new cluster: ours, or where we are root one that every machine has."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise ServerError("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")


def owner(data: Path) -> int | None:
    """The account of a cluster that exists."""
    return data.stat().st_uid if os.geteuid() == 0 else None


def command(argv: Sequence[str], data: Path, user: int | None) -> list[str]:
    """The command line that runs argv as that user.

    Where a folder on the way is closed to others, such as /root, the process keeps the one right to pass it:
    opening the folder for everybody would weaken a machine that is not ours.
    """
    if user is None:
        return list(argv)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerError("PostgreSQL refuses to run as root; install setpriv (util-linux) or use another user")
    group = pwd.getpwuid(user).pw_gid
    switch = [setpriv, f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    if not (_open_to_all(Path(argv[0])) and _open_to_all(data)):
        # Without the securebit access(2), by which initdb looks for postgres, would not honour that right.
        switch += ["--securebits=+no_setuid_fixup"]
        switch += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
    return [*switch, "--", *argv]


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
