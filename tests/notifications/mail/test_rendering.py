"""One rendering serves all who get the same mail; each finds their own name and addresses in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe

from notifications.mail.parts import rendering
from notifications.mail.parts.rendering import Texts


def write(context: dict[str, Any]) -> Texts:
    """Write as templates do: HTML escaped, an address left out where there is none."""
    asked.append(context["title"])
    link = f"<a href={context['join_url']}>" if context["join_url"] else "-"
    return Texts(
        subject=f"{context['title']} {context['given_name']}",
        text=f"{context['given_name']} {context['join_url']}",
        html=f"<p>{context['given_name']}</p>{link}",
    )


asked: list[str] = []


def texts(what: Any = "kind", **context: Any) -> Texts:
    return rendering.shared(
        what, {"title": "T", "given_name": "Zoé", "join_url": "https://x/"} | context, write
    )


def test_each_reader_finds_their_own_words() -> None:
    asked.clear()
    first = texts(title="own", given_name="O'Brien <b> & “Cie”", join_url="https://x/?a=1&b=2")
    second = texts(title="own", given_name="Zoé", join_url="https://x/2")
    marked = ("own \ue000given_name\ue001", "\ue000given_name\ue001 \ue000join_url\ue001")
    assert first == Texts(
        subject="own O'Brien <b> & “Cie”",
        text="O'Brien <b> & “Cie” https://x/?a=1&b=2",
        html="<p>O&#x27;Brien &lt;b&gt; &amp; “Cie”</p><a href=https://x/?a=1&amp;b=2>",
        marked=marked,
    )
    assert second == Texts(
        subject="own Zoé",
        text="Zoé https://x/2",
        html="<p>Zoé</p><a href=https://x/2>",
        marked=marked,
    )
    assert asked == ["own"]


def test_an_address_that_some_lack_is_written_for_them_apart() -> None:
    asked.clear()
    assert texts(title="apart").html == "<p>Zoé</p><a href=https://x/>"
    assert texts(title="apart", join_url="").html == "<p>Zoé</p>-"
    assert asked == ["apart", "apart"]


def test_safe_text_and_plain_text_are_not_the_same() -> None:
    asked.clear()
    for title in ("<b>", mark_safe("<b>"), "<b>"):
        texts(title=title)
    assert asked == ["<b>", "<b>"]


def test_what_a_writer_knows_beside_the_context_tells_mails_apart() -> None:
    @dataclass(frozen=True)
    class Own:
        body: str

    asked.clear()
    for own in (Own("a"), Own("b"), None, Own("a")):
        texts(("kind", own), title="beside")
    assert asked == ["beside"] * 3


def test_what_cannot_be_compared_is_written_for_each_reader() -> None:
    asked.clear()
    for name in ("Zoé", "Amina"):
        assert texts(title="each", other=object(), given_name=name).subject == f"each {name}"
    assert asked == ["each", "each"]


def test_a_name_cannot_ask_for_an_address() -> None:
    assert texts(given_name="\ue000join_url\ue001").subject == "T \ue000join_url\ue001"
    assert texts(title="\ue000manage_url\ue001").subject == " Zoé"
