"""A hostile SMTP server on loopback: it accepts, refuses and hangs up on purpose, and remembers what it took."""

from __future__ import annotations

import asyncio
import threading
from email.parser import BytesHeaderParser
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP

Mode = Literal[
    "accept",
    "accept-252",
    "nonsense",
    "temp",
    "perm",
    "rcpt-temp",
    "rcpt-perm",
    "sender-perm",
    "throttle",
    "drop",
    "drop-accepted",
]
HOURS = 3600.0


class Sink:
    """One server in a thread of its own. `modes` are used up one a message; the last one stays.

    `accepted` holds the Message-ID of every mail that the server took responsibility for, in order.
    """

    def __init__(self, *modes: Mode) -> None:
        self.modes = list(modes or ("accept",))
        self.accepted: list[str] = []
        self.port = 0
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(10):
            msg = "the sink did not start"
            raise RuntimeError(msg)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await self._loop.create_server(lambda: SMTP(self, hostname="sink.invalid"), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()

    def _next(self) -> Mode:
        return self.modes.pop(0) if len(self.modes) > 1 else self.modes[0]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name for the hook
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.modes[0] == "sender-perm":
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 2.1.0 Sender OK"

    async def handle_RCPT(  # noqa: N802 - likewise
        self, server: Any, session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        del session
        envelope.mode = self._next()
        match envelope.mode:
            case "rcpt-temp":
                return "450 4.2.1 Mailbox busy"
            case "rcpt-perm":
                return "550 5.1.1 No such user"
            case "throttle":
                self._loop.call_later(0.05, server.transport.close)
                return "421 4.7.0 Slow down"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - likewise
        number = str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]).strip()
        if envelope.mode in ("accept", "drop-accepted"):
            # Before the reply: from here on the server is responsible for the mail.
            self.accepted.append(number)
        if envelope.mode in ("drop", "drop-accepted"):
            server.transport.abort()
            await asyncio.sleep(HOURS)
        replies = {
            "accept-252": "252 2.0.0 Will try",
            "nonsense": "well, well",
            "temp": "451 4.3.0 Try again later",
            "perm": "554 5.6.0 Message content refused",
        }
        return replies.get(envelope.mode, "250 2.0.0 Accepted")
