"""Keycloak without Docker or Java on the machine: one server that keeps nothing, with a realm of the caller's."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path

from local import jars
from local.java import find_java
from local.processes import Process, ServerError, remembered_port, tail

ADMINISTRATOR = "admin"
_OPENS = [f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in ("lang", "util", "util.concurrent", "security")]
_PARTS = ("bin", "conf", "lib", "providers", "themes", "version.txt")
_START = ["start", "--optimized", "--import-realm", "--http-enabled=true", "--http-host=127.0.0.1", "--cache=local"]


class KeycloakServer:
    """An OpenID provider on 127.0.0.1, for tests; a stop forgets all of it.

    The realm's file may name variables (``${NAME}``) of ``environment``. A start takes some twenty seconds.
    """

    def __init__(
        self, folder: Path, realm: Path, environment: Mapping[str, str], port: int | None = None, heap: str = "512m"
    ) -> None:
        self.folder = folder.absolute()
        self.password = secrets.token_urlsafe(24)
        """The administrator's, who is of the realm ``master``."""
        self._realm, self._environment, self._heap = realm, environment, heap
        self._wanted_port = port
        self._port: int | None = None
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Where it answers, valid from the first start on; a realm's issuer is ``URL/realms/NAME``."""
        if self._port is None:
            raise ServerError("Keycloak has not been started")
        return f"http://127.0.0.1:{self._port}"

    def prepare(self) -> None:
        """Fetch and build what is missing; fail now, and say why, where this machine cannot run it."""
        _built()

    def start(self) -> None:
        """Start it with the realm, and return when it answers."""
        if self._process and self._process.running:
            return
        home = self._home(_built())
        self._port = self._port or remembered_port(self.folder / "port", self._wanted_port)
        options = [f"--http-port={self._port}", "--hostname-strict=false"]
        environment = {"KC_BOOTSTRAP_ADMIN_USERNAME": ADMINISTRATOR, "KC_BOOTSTRAP_ADMIN_PASSWORD": self.password}
        command = [*_java(home, self._heap), *_START, *options]
        self._process = Process(command, self.folder / "keycloak.log", environment={**self._environment, **environment})
        self._process.wait_ready(self._answers, 400)

    def stop(self) -> None:
        """End it."""
        if self._process:
            self._process.stop()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/realms/master", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def _home(self, built: Path) -> Path:
        """A home of its own, that shares all but its data with the one that was built."""
        home = self.folder / "home"
        imported = home / "data/import"
        imported.mkdir(parents=True, exist_ok=True)
        for part in _PARTS:
            (home / part).unlink(missing_ok=True)
            (home / part).symlink_to(built / part)
        shutil.copy(self._realm, imported / "realm.json")
        return home


def _built() -> Path:
    """The archive, unpacked and built once for this user: building takes longer than starting."""
    (archive,) = jars.fetched(jars.KEYCLOAK_LOCK)
    version = jars.KEYCLOAK[-1]
    home, making = jars.cache_folder() / f"keycloak-{version}", jars.cache_folder() / f"keycloak-{version}.new"
    with jars.locked(jars.cache_folder() / "keycloak.lock"):
        if not home.exists():
            shutil.rmtree(making, ignore_errors=True)
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(making)
            unpacked = making / f"keycloak-{version}"
            log = making / "build.log"
            with log.open("wb") as output:
                command = [*_java(unpacked, "512m"), "build", "--db=dev-mem"]
                done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            if done.returncode:
                raise ServerError(f"Keycloak could not be built\n{tail(log)}")
            unpacked.rename(home)
            shutil.rmtree(making)
    return home


def _java(home: Path, heap: str) -> list[str]:
    properties = {
        "kc.home.dir": str(home),
        "jboss.server.config.dir": str(home / "conf"),
        "java.util.logging.manager": "org.jboss.logmanager.LogManager",
        "picocli.disable.closures": "true",
    }
    flags = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *_OPENS]
    flags += [f"-D{name}={value}" for name, value in properties.items()]
    class_path = os.fspath(home / "lib/quarkus-run.jar")
    return [str(find_java()), *flags, "-cp", class_path, "io.quarkus.bootstrap.runner.QuarkusEntryPoint"]
