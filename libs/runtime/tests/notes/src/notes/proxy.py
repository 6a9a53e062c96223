"""A TCP proxy before the broker, which a test can cut."""

import asyncio
import struct
from contextlib import suppress


def _address(host: str, port: int) -> bytes:
    """An address as Kafka's protocol writes it."""
    return host.encode() + struct.pack(">i", port)


class Proxy:
    """Puts its own port where the broker names its address, so that clients keep coming through it."""

    def __init__(self, bootstrap_servers: str) -> None:
        host, _, port = bootstrap_servers.partition(":")
        self._broker = (host, int(port))
        self._writers: set[asyncio.StreamWriter] = set()
        self._answers_left: int | None = None
        self.reachable = True
        self.refused = 0
        """Connections that were tried while it was cut."""
        self.address = ""

    async def listen(self) -> asyncio.Server:
        """Begin to accept connections, on a free port."""
        server = await asyncio.start_server(self._accept, self._broker[0], 0)
        self._own = server.sockets[0].getsockname()[:2]
        self.address = f"{self._own[0]}:{self._own[1]}"
        return server

    def cut(self) -> None:
        """Drop every connection, and refuse new ones until ``reachable`` is set again."""
        self.reachable, self._answers_left = False, None
        for writer in self._writers:
            writer.transport.abort()

    def cut_after(self, answers: int) -> None:
        """Let so many answers through and cut at the next: its request was done, and nobody hears of it."""
        self._answers_left = answers

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.reachable:
            self.refused += 1
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._broker)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer, False), self._pump(far_reader, writer, True))
        self._writers -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if answers and self._answers_left is not None:
                    self._answers_left -= 1
                    if self._answers_left < 0:
                        self.cut()
                        return
                writer.write(data.replace(_address(*self._broker), _address(*self._own)) if answers else data)
                await writer.drain()
        writer.close()
