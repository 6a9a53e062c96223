"""A process of a service, from its arguments to its exit status."""

import argparse
import asyncio
import gc
import socket
from contextlib import suppress
from pkgutil import resolve_name
from signal import SIGINT, SIGTERM
from typing import Any

import structlog

from identity import installed
from runtime.settings import Settings
from serving import logs
from serving.server import Server, serving
from telemetry.exporting import name_process

log = structlog.get_logger()


async def _until_told(app: Any, settings: Settings, *sockets: socket.socket) -> None:
    running: Any = asyncio.current_task()
    for number in (SIGINT, SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        async with serving(app, settings, *sockets) as server:
            log.info("serving", addresses=[each.getsockname()[:2] for each in sockets])
            await asyncio.wait([server])


def _run(factory: str, host: str, port: int) -> None:
    app, settings = resolve_name(factory)(), Settings()
    gc.freeze()  # what imports made stays: to go through it would take time later
    gc.enable()
    if settings.local and not installed.loopback(host):
        raise installed.Unfit([f"ENTENTE_LOCAL is for this machine alone, and --host is {host}: leave one of them out"])
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = [port, settings.operations_port] if settings.operations_port else [port]
    sockets = [socket.create_server((host, each), family=family) for each in ports]
    with asyncio.Runner(loop_factory=Server(app, settings).config.get_loop_factory()) as runner:
        runner.run(_until_told(app, settings, *sockets))


def main() -> int:
    """The exit status: 1 where it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m serving", description=__doc__)
    parser.add_argument("factory", help="where the app is made, for example quality_events.main:create")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; default: %(default)s")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    arguments = vars(parser.parse_args())
    name_process(arguments["factory"])
    logs.configure()
    try:
        _run(**arguments)
    except installed.Unfit as error:
        log.critical("cannot run", **arguments, reasons=error.reasons)
        return 1
    except Exception as error:
        log.critical("cannot run", **arguments, exc_info=error)
        return 1
    return 0
