"""The article of the day: what a day of a daily cycle gives to read, on its morning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cycles.language import naming
from notifications.mail import markup
from notifications.mail.kinds import ARTICLE, Group, Kind, register

if TYPE_CHECKING:
    from notifications.mail.draft import Draft
    from notifications.mail.preview.samples import Sample


def _article(draft: Draft) -> dict[str, Any]:
    """Return the whole text of the day as blocks and as plain text, or where it stands."""
    session = draft.session
    if session is None:
        msg = f"delivery {draft.delivery.pk} has lost its day"
        raise ValueError(msg)
    blocks = markup.read(str(session.article))
    return {
        "article_blocks": blocks,
        "article_text": markup.plain(blocks),
        # A text that is written in the other language alone is shown in that one.
        "article_language": naming.fallback(session.article) or draft.language,
        "article_url": session.article_url,
    }


def _something_to_read(sample: Sample) -> None:
    """Let a preview show where the article of a day stands that has none yet."""
    if not sample.session.has_article:
        sample.session.article = str(_("The article of that day stands here."))


register(
    Kind(
        name=ARTICLE,
        label=_("Article of the day"),
        readers=_("whoever has a place, on the morning of each day of a daily cycle"),
        group=Group.BEFORE,
        facts=_article,
        sample=_something_to_read,
        needs_seat=True,
        follows_plan=True,
        stops_with_reminders=True,
    )
)
