"""A TCP proxy between a client and the broker that a test can cut."""

import asyncio
from contextlib import suppress


class Proxy:
    """Kafka tells its clients its own address, so the proxy speaks for a broker that advertises the proxy's port."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._reachable = True
        self._bytes_left: int | None = None

    async def listen(self, port: int) -> None:
        """Begin to accept connections."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)

    async def close(self) -> None:
        """Stop for good."""
        self.cut()
        if self._server:
            self._server.close()

    def cut(self) -> None:
        """Drop every connection and accept no new one."""
        self._reachable, self._bytes_left = False, None
        for writer in self._open:
            writer.transport.abort()

    def cut_after(self, answered: int) -> None:
        """Cut when so many more bytes have come back: what was sent is written, its acknowledgement is lost."""
        self._bytes_left = answered

    def mend(self) -> None:
        """Reachable again."""
        self._reachable = True

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._reachable:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._open |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer, answers=True))
        self._open -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool = False) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if answers and self._bytes_left is not None:
                    self._bytes_left -= len(data)
                    if self._bytes_left < 0:
                        self.cut()
                        return
                writer.write(data)
                await writer.drain()
        writer.close()
