"""The conversation table, spoken by a real server: whose fault each reply is, and what that does to people and mail."""

from __future__ import annotations

import asyncio
import csv
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import given
from hypothesis import strategies as st

from notifications.delivery.run import sending
from notifications.models import Delivery, DomainRest, Heartbeat, RefusedMailing, Suppression
from notifications.transport import refusals, trouble
from notifications.transport.refusals import GROUNDS, Fault, Stage
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from pytest_django import Settings

TABLE = Path(__file__).with_name("replies.csv")


class Reply(NamedTuple):
    stage: Stage
    code: int
    words: str
    ground: str

    def lines(self) -> str:
        """Return it as a server sends it: each line with its code (RFC 5321 4.2.1)."""
        texts = self.words.split("\n")
        marks = ["-"] * (len(texts) - 1) + [" "]
        return "\r\n".join(f"{self.code}{mark}{text}" for mark, text in zip(marks, texts, strict=True))


def table() -> list[Reply]:
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.reader((line for line in file if not line.startswith("#")), delimiter=";"))
    return [Reply(Stage(row[0]), int(row[1]), row[2].replace("\\n", "\n"), row[3]) for row in rows]


class Talker:
    """A mail server that gives one reply at one stage, and accepts everything else."""

    def __init__(self) -> None:
        self.reply: Reply | None = None
        self.accepted: list[str] = []
        self.port = 0
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            lambda: SMTP(self, hostname="talker.invalid", enable_SMTPUTF8=True), "127.0.0.1", 0
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()

    def _at(self, stage: Stage) -> str | None:
        return self.reply.lines() if self.reply is not None and self.reply.stage is stage else None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name for the hook
        self, _server: Any, session: Any, _envelope: Any, name: str, lines: list[str]
    ) -> Any:
        session.host_name = name
        refused = self._at(Stage.CONNECT)
        return [refused] if refused else lines

    async def handle_HELO(  # noqa: N802 - aiosmtpd's name for the hook
        self, _server: Any, session: Any, _envelope: Any, name: str
    ) -> str:
        session.host_name = name
        return self._at(Stage.CONNECT) or "250 talker.invalid"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name for the hook
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if refused := self._at(Stage.MAIL):
            return refused
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for the hook
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if refused := self._at(Stage.RCPT):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for the hook
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        if refused := self._at(Stage.END) or self._at(Stage.DATA):
            return refused
        self.accepted += envelope.rcpt_tos
        return "250 2.0.0 OK"


@pytest.fixture(autouse=True)
def _smtp(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def happened() -> tuple[str, int, bool, str]:
    """Return the mail's state, how many addresses are stopped, whether all mail rests, and what operators are told."""
    told = Heartbeat.objects.filter(name="refused").first()
    return (
        Delivery.objects.get().state,
        Suppression.objects.count(),
        Heartbeat.objects.filter(name="transport", at__gt=AT).exists(),
        told.detail.partition(":")[0] if told else "",
    )


def expected(reply: Reply) -> tuple[str, int, bool, str]:
    ground = GROUNDS[reply.ground]
    if ground.is_for_all:
        return "pending", 0, True, reply.ground
    if ground.fault is Fault.READER:
        return "suppressed", 1, False, ""
    comes_again = reply.code < 500 or reply.ground == "later"
    # A greeting is about no mail: the server is away for all.
    return ("pending" if comes_again else "failed"), 0, reply.stage is Stage.CONNECT, ""


@pytest.mark.thorough
@pytest.mark.django_db
def test_the_table_is_true_of_a_real_conversation(settings: Settings) -> None:
    row = make.registration()
    wrong: list[tuple[Any, ...]] = []
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        for reply in table():
            for model in (Delivery, DomainRest, Heartbeat, RefusedMailing, Suppression):
                model.objects.all().delete()
            make.delivery(row, kind="registration_confirmed")
            server.reply = reply
            sending.drain(clock=AT, batches=1)
            if happened() != expected(reply):
                wrong.append((reply, happened(), expected(reply)))
            if Delivery.objects.get().refusal not in (reply.ground, ""):
                wrong.append((reply, Delivery.objects.get().refusal, reply.ground))
    assert wrong == []


def test_each_reply_of_the_table_is_read_as_it_says() -> None:
    read = [
        (reply, refusals.judge(reply.code, reply.words, stage=reply.stage).ground.name) for reply in table()
    ]
    assert [(reply, ground) for reply, ground in read if ground != reply.ground] == []
    assert {ground for _reply, ground in read} == set(GROUNDS)


@given(reply=st.sampled_from(table()), data=st.data())
def test_a_disguised_reply_means_the_same(reply: Reply, data: st.DataObject) -> None:
    """Capitals, decomposed accents, no-break spaces, a queue number and broken lines change nothing."""
    words = reply.words
    changes = data.draw(st.sets(st.sampled_from(["upper", "nfd", "spaces", "number", "lines"])))
    if "upper" in changes:
        words = words.upper()
    if "nfd" in changes:
        words = unicodedata.normalize("NFD", words)
    if "spaces" in changes:
        head, _space, rest = words.partition(" ")
        words = f"{head} {rest.replace(' ', chr(0xA0))}"
    if "lines" in changes and words.count(" ") > 3:
        head, _space, rest = words.rpartition(" ")
        words = f"{head}\n{rest}"
    if "number" in changes:
        words += " 4YxQr21z9"
    assert refusals.judge(reply.code, words, stage=reply.stage).ground.name == reply.ground


@given(
    code=st.integers(400, 599),
    words=st.text(max_size=300),
    stage=st.sampled_from(Stage),
)
def test_no_reply_before_a_recipient_or_without_plain_words_stops_anybody(
    code: int, words: str, stage: Stage
) -> None:
    ground = refusals.judge(code, words, stage=stage).ground
    if stage in (Stage.CONNECT, Stage.MAIL):
        assert ground.fault is not Fault.READER
    if ground.fault is Fault.READER:
        assert code >= 500


def repaired(server: Talker, at: Any) -> tuple[int, int, int]:
    server.reply = None
    while sending.drain(clock=at):
        pass
    states = Delivery.objects.values_list("state", flat=True)
    return len(set(server.accepted)), list(states).count("sent"), Suppression.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT])
def test_a_whole_mailing_leaves_once_a_wrong_sender_is_mended(stage: Stage, settings: Settings) -> None:
    """Thirty people, refused for two hours because of the sender: nobody is stopped, and each gets one mail."""
    session = make.session()
    for _number in range(30):
        make.delivery(make.registration(session=session), kind="registration_confirmed")
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = Reply(stage, 550, "5.1.0 Sender address rejected: not owned by user", "sender")
        at = AT
        for _try in range(12):
            sending.drain(clock=at)
            at = max(at, Heartbeat.objects.get(name="transport").at)
        assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}
        assert Heartbeat.objects.get(name="refused").detail.startswith("sender: 550 5.1.0")
        assert repaired(server, at + trouble.LONGEST_REST) == (30, 30, 0)
        assert len(server.accepted) == 30
    assert not Heartbeat.objects.filter(name="refused").exists()


@pytest.mark.django_db
def test_a_refusal_of_us_by_one_domain_lets_the_others_leave(settings: Settings) -> None:
    session = make.session()
    for number in range(3):
        person = make.participant(email=f"p{number}@one.example")
        make.delivery(make.registration(session=session, participant=person), kind="registration_confirmed")
    with Talker() as server:
        settings.EMAIL_PORT = server.port
        server.reply = Reply(Stage.RCPT, 554, "5.7.1 Client host blocked using zen.spamhaus.org", "blocked")
        sending.drain(clock=AT)
        assert Heartbeat.objects.get(name="transport").at == AT + sending.PAUSE
        other = make.participant(email="q@two.example")
        make.delivery(make.registration(session=session, participant=other), kind="registration_confirmed")
        Delivery.objects.filter(domain="one.example").update(next_at=AT + 10 * sending.PAUSE)
        server.reply = None
        at = AT + 2 * sending.PAUSE
        sending.drain(clock=at)
        assert server.accepted == ["q@two.example"]
        server.reply = Reply(Stage.RCPT, 554, "5.7.1 Client host blocked using zen.spamhaus.org", "blocked")
        at = AT + 10 * sending.PAUSE
        sending.drain(clock=at, batches=1)
    # The domain waits; all mail does not.
    assert sending.paused_until(at=at) is None
    assert Suppression.objects.count() == 0
