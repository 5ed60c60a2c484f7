"""The hostile mail server as a process of its own, for the chaos run and the benchmark.

    python -m tests.faults.hostile --log FILE --port-file FILE [--mix accept=90,temp=3,…] [--seed N]

Each mail that it takes responsibility for is one line of the log, written before the reply: its time and its
Message-ID. Permanent refusals are drawn from the recipient's address, so that the same one is refused each time;
everything else is drawn for each attempt. Listens on loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

OUTCOMES = (
    "accept",
    "slow",
    "temp",
    "perm",
    "rcpt-temp",
    "rcpt-perm",
    "throttle",
    "drop",
    "drop-accepted",
    "hang",
    "hang-accepted",
)
PERMANENT = ("perm", "rcpt-perm")
ACCEPTED = ("accept", "slow", "drop-accepted", "hang-accepted")
HOURS = 3600.0


class Hostile:
    """aiosmtpd's hooks. One instance serves every connection."""

    def __init__(self, mix: dict[str, float], *, seed: int, delay: float, hang: float, log: Path) -> None:
        total = sum(mix.values())
        self.mix = {name: weight / total for name, weight in mix.items()}
        self.names = [name for name in self.mix if name not in PERMANENT]
        self.weights = [self.mix[name] for name in self.names]
        self.random = random.Random(seed)  # noqa: S311 - a repeatable test, no secret
        self.seed, self.delay, self.hang = seed, delay, hang
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def draw(self, address: str) -> str:
        digest = hashlib.sha256(f"{self.seed}:{address.lower()}".encode()).digest()
        point = int.from_bytes(digest[:8], "big") / 2**64
        for name in PERMANENT:
            point -= self.mix.get(name, 0.0)
            if point < 0:
                return name
        return self.random.choices(self.names, self.weights)[0]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for the hook
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        envelope.outcome = outcome = self.draw(address)
        if outcome == "rcpt-temp":
            return "450 4.2.1 Mailbox busy"
        if outcome == "rcpt-perm":
            return "550 5.1.1 No such user"
        if outcome == "throttle":
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
            return "421 4.7.0 Slow down"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - likewise
        outcome = envelope.outcome
        if outcome == "slow":
            await asyncio.sleep(self.delay)
        if outcome in ACCEPTED:
            # One write a line and before the reply: from here on the server is responsible for the mail.
            os.write(self.log, f"{time.time():.3f} {_number(envelope.content)} {outcome}\n".encode())
        match outcome:
            case "temp":
                return "451 4.3.0 Try again later"
            case "perm":
                return "554 5.6.0 Message content refused"
            case "drop" | "drop-accepted":
                server.transport.abort()
                await asyncio.sleep(HOURS)
            case "hang" | "hang-accepted":
                await asyncio.sleep(self.hang)
                server.transport.abort()
                await asyncio.sleep(HOURS)
        return "250 2.0.0 Accepted"


def _number(content: bytes) -> str:
    """Return the Message-ID; without parsing the rest, which would cost more than the mail."""
    head = content.partition(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n"):
        if line[:11].lower() == b"message-id:":
            return line[11:].strip().decode("ascii")
    return "none"


async def serve(handler: Hostile, port_file: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="hostile.invalid"), "127.0.0.1", 0)
    part = port_file.with_suffix(".part")
    part.write_text(str(server.sockets[0].getsockname()[1]), encoding="ascii")
    part.replace(port_file)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()


def parsed(text: str) -> dict[str, float]:
    mix = {}
    for part in text.split(","):
        name, _, weight = part.partition("=")
        if name not in OUTCOMES:
            sys.exit(f"{name}: not one of {', '.join(OUTCOMES)}")
        mix[name] = float(weight or 1)
    return mix


def main() -> None:
    parser = argparse.ArgumentParser(description="A hostile SMTP server on loopback.")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--mix", default="accept")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.2, help="seconds that `slow` takes")
    parser.add_argument("--hang", type=float, default=4.0, help="seconds before a hung client is cut off")
    given = parser.parse_args()
    handler = Hostile(parsed(given.mix), seed=given.seed, delay=given.delay, hang=given.hang, log=given.log)
    asyncio.run(serve(handler, given.port_file))


if __name__ == "__main__":
    main()
