"""Jars of Apache Kafka and the archive of Keycloak, fetched by jgo as committed locks name them, and kept in a cache.

`python -m local.jars` resolves anew and writes the locks; nothing else ever resolves.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.processes import ServerError

if TYPE_CHECKING:
    from jgo.env import LockFile
    from jgo.maven import Artifact, MavenContext

# log4j-core does not belong here: its dependency management pulls kafka-clients down to 3.8.
COORDINATES = "org.apache.kafka:kafka_2.13:4.1.0+org.slf4j:slf4j-simple:1.7.36"
LOCK = Path(__file__).with_name("kafka.lock.toml")
KEYCLOAK = ("org.keycloak", "keycloak-quarkus-dist", "26.4.0")
KEYCLOAK_LOCK = Path(__file__).with_name("keycloak.lock.toml")

log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Where what was fetched stays, for all checkouts of this user."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(root) / "entente"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kafka_version() -> str:
    """The version that the lock names."""
    return next(entry.version for entry in _lock(LOCK).dependencies if entry.artifactId == "kafka_2.13")


def class_path() -> list[Path]:
    """Kafka's jars, fetched where they are missing."""
    return fetched(LOCK)


def fetched(lock: Path) -> list[Path]:
    """What a lock names, fetched where it is missing, each compared with the lock's digest when it is fetched."""
    folder = cache_folder() / "maven"
    checked = folder / f"{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}.checked"
    entries = _lock(lock).dependencies
    with locked(cache_folder() / "maven.lock"):
        context = _context(folder)
        artifacts = [
            context.project(e.groupId, e.artifactId).at_version(e.version).artifact(e.classifier or "", e.packaging)
            for e in entries
        ]
        paths = [_path(artifact) for artifact in artifacts]
        if checked.exists() and all(path.exists() for path in paths):
            return paths
        log.info("fetching %s %s (files: %d), once", entries[0].artifactId, entries[0].version, len(entries))
        for artifact, entry in zip(artifacts, entries, strict=True):
            _fetch(artifact, entry.sha256 or "")
        checked.touch()
        return paths


def _lock(file: Path) -> LockFile:
    from jgo.env import LockFile

    return LockFile.load(file)


def _path(artifact: Artifact) -> Path:
    path = artifact.cached_path
    assert path is not None, "a context with a cache folder gives each artifact a path"  # noqa: S101
    return path


def _context(folder: Path) -> MavenContext:
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    # A mirror that the user has set in jgo's own settings takes the place of Maven Central.
    repositories = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    return MavenContext(repo_cache=folder, remote_repos=repositories, timeout=30)


def _fetch(artifact: Artifact, digest: str) -> None:
    path = _path(artifact)
    if path.exists() and _sha256(path) == digest:
        return
    path.unlink(missing_ok=True)  # cut off by an earlier run that was killed
    try:
        artifact.resolve()
    except Exception as error:  # whatever a resolver, a proxy or a network raises
        path.unlink(missing_ok=True)
        raise ServerError(f"cannot fetch {artifact}: {error}") from error
    if _sha256(path) != digest:
        path.unlink()
        raise ServerError(f"{artifact} is not what the lock names (sha256 {digest})")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """One process at a time."""
    with file.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def write_locks() -> None:
    """Resolve the coordinates and write the locks: names, versions and digests, no address of a repository."""
    from jgo.env import LockFile
    from jgo.env._lockfile import LockedDependency, compute_sha256
    from jgo.parse import Endpoint

    context = _context(cache_folder() / "maven")
    wanted = [context.create_dependency(c) for c in Endpoint.parse(COORDINATES).coordinates]
    inputs, transitive = context.resolver.resolve(wanted)
    needed = [*inputs, *(d for d in transitive if d.scope in ("compile", "runtime"))]
    entries = [
        LockedDependency(
            d.groupId, d.artifactId, d.artifact.version, classifier=d.classifier or None,
            sha256=compute_sha256(d.artifact.resolve()),
        )
        for d in needed
    ]  # fmt: skip
    LockFile(entries, environment_name="kafka").save(LOCK)
    group, name, version = KEYCLOAK
    archive = context.project(group, name).at_version(version).artifact(packaging="zip").resolve()
    entry = LockedDependency(group, name, version, packaging="zip", sha256=compute_sha256(archive))
    LockFile([entry], environment_name="keycloak").save(KEYCLOAK_LOCK)


if __name__ == "__main__":
    write_locks()
