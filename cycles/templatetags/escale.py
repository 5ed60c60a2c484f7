"""What templates say in words: texts in two languages, dates, Markdown, the other language's page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import nh3
from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from cycles.content import document_words
from cycles.language import listing, naming, wording
from cycles.language import words as language_words
from cycles.language.plain_text import one_line
from cycles.schedule import last_dates
from cycles.site.look import banners as said

if TYPE_CHECKING:
    import datetime as dt

    from i18nfield.strings import LazyI18nString

    from cycles.models import Cycle, Programme, ResourceFile, Session, SpeakerSlot
    from cycles.models.shared import FuzzyDated
    from cycles.site.pages import Post

register = template.Library()
# A line that is indented is one of a word processor, never a program's.
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("code")
ALLOWED_TAGS = {
    "p",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "a",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "br",
    "code",
    "hr",
}


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@register.filter
def file_facts(file: ResourceFile) -> str:
    """Return what the file of a resource is and how large, as in "PDF, 2.3 MB"."""
    return f"{document_words.kind(file.ending)}, {document_words.size(file.size)}"


@register.simple_tag
def words(text: Any) -> str | SafeString:
    """Show a translatable text; one that falls back to the other language carries `lang`."""
    code = naming.fallback(text)
    shown = str(text or "")
    return format_html('<span lang="{}">{}</span>', code, shown) if code and shown else shown


@register.filter
def fallback(text: Any) -> str:
    """Return the language in which a text is really shown when that is not the page's, for its `lang`."""
    return naming.fallback(text)


@register.filter
def in_lists(text: Any) -> SafeString:
    """Show lines that were typed: those after a dash or a dot are a list, others end where they were ended."""
    result, is_after_line = SafeString(""), False
    for part in listing.read(str(text or "")):
        if isinstance(part, listing.Listing):
            items = format_html_join("", "<li>{}</li>", ((item,) for item in part.items))
            result += format_html("<ul>{}</ul>", items)
        else:
            result += format_html("<br>{}" if is_after_line else "{}", part)
        is_after_line = isinstance(part, str)
    return result


@register.simple_tag
def post_title(post: Post) -> str | SafeString:
    """Show the title of a post; one that falls back to the other language carries `lang`."""
    return format_html('<span lang="{}">{}</span>', post.lang, post.title) if post.lang else post.title


@register.simple_tag
def markdown(text: Any) -> SafeString:
    """Show Markdown as safe HTML; headings begin below the page's own."""
    html = nh3.clean(
        _markdown.render(listing.marked(str(text or ""))).replace("<h1>", "<h2>").replace("</h1>", "</h2>"),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
    )
    code = naming.fallback(text)
    if not code:
        return mark_safe(html)  # noqa: S308 - cleaned by nh3 just above
    return format_html('<div lang="{}">{}</div>', code, mark_safe(html))  # noqa: S308 - likewise


@register.filter
def label(session: Session) -> str:
    return naming.session_label(session)


@register.simple_tag
def theme(session: Session) -> str | SafeString:
    """Show the theme of a session, or that it is not known yet."""
    if session.has_theme and str(session.title):
        return words(session.title)
    return capfirst(naming.session_theme(session))


@register.filter
def accent(programme: Programme | None) -> str | SafeString:
    """Return the attribute of a page's body that gives it a programme's colour; nothing without one."""
    return format_html(' data-accent="{}"', programme.accent) if programme and programme.accent else ""


@register.filter
def session_title(session: Session) -> str:
    return naming.session_title(session)


@register.filter
def speaker(slot: SpeakerSlot) -> str:
    return naming.speaker(slot)


@register.filter
def when(session: Session) -> str:
    """Say the date and the hours of a session with its zone in words; empty without a date."""
    if session.starts_at is None or session.ends_at is None:
        return ""
    result = wording.long_when(
        session.starts_at,
        session.ends_at,
        zone=session.cycle.timezone,
        all_day=session.is_all_day,
        language=language(),
    )
    return naming.with_hour_note(result, session)


@register.filter
def last_date(session: Session) -> last_dates.LastDate | None:
    """Return the date that a postponed session had, and why it has it no more."""
    return last_dates.last_date(session)


@register.filter
def day_in(moment: dt.datetime, session: Session) -> str:
    """Return the day of an instant in the zone of a session: «jeudi 22 octobre 2026»."""
    return wording.long_date(moment.astimezone(session.zone).date(), language=language())


@register.filter
def where(session: Session) -> str:
    """Say where a session is held: online, at its place, or both."""
    return naming.where(session)


@register.filter
def language_in_words(code: str) -> str:
    """Return the name of a language as a sentence says it: «allemand», "German".

    Not `language_name`: Django's own filter of that name, loaded after ours, says it in English.
    """
    return language_words.of(language()).language(code)


@register.simple_tag
def og_locale() -> str:
    """Return the language of the page with its country, as Open Graph wants it: fr_FR, en_GB."""
    return language_words.of(language()).locale


@register.filter
def long_date(date: dt.date) -> str:
    return wording.long_date(date, language=language())


@register.filter(expects_localtime=True)
def date_of(date: dt.date) -> str:
    """Say a day without its weekday, for the middle of a sentence: «1er octobre 2026», "1 October 2026"."""
    return wording.date_of(date, language=language())


@register.filter(expects_localtime=True)
def short_day(date: dt.date | None) -> str:
    """Say a day as lists do, in the zone of the page for a moment: «jeu. 22 oct. 2026», "Thu 22 Oct 2026"."""
    return wording.short_date(date, language=language()) if date else ""


@register.filter(expects_localtime=True)
def short_moment(moment: dt.datetime | None) -> str:
    """Say a moment as lists do, in the zone of the page: «jeu. 22 oct. 2026, 13 h 00», "Thu 22 Oct 2026, 13:00"."""
    return f"{short_day(moment)}, {wording.clock(moment, language=language())}" if moment else ""


@register.filter
def fuzzy(thing: FuzzyDated) -> str:
    """Say a date as well as it is known; nothing at all for an unknown one."""
    if thing.date_from is None:
        return ""
    return wording.fuzzy_date(thing.date_precision, thing.date_from, thing.date_until, language=language())


@register.filter
def rhythm(cycle: Cycle) -> str:
    """Say the rule of a cycle in words; empty without one."""
    rule = cycle.rule
    return wording.rule_in_words(rule, language=language()) if rule else ""


@register.filter
def period(cycle: Cycle) -> str:
    if cycle.first_date is None or cycle.last_date is None:
        return ""
    return wording.period(cycle.first_date, cycle.last_date, language=language())


@register.simple_tag(takes_context=True)
def other_language(context: template.Context) -> dict[str, str] | None:
    """Return the same page in the other language: its address, code and own name.

    The query is kept only where the view says `keep_query`: a snapshot must not take in one visitor's query.
    """
    request = context.get("request")
    if request is None:
        return None
    path: str = request.get_full_path() if context.get("keep_query") else request.path
    for code, name in settings.LANGUAGES:
        if code != language() and path.startswith(f"/{language()}/"):
            return {"path": f"/{code}/{path[len(language()) + 2 :]}", "code": code, "name": name}
    return None


@register.simple_tag
def json_ld(data: dict[str, Any] | None) -> str | SafeString:
    """Write structured data into a page. A data block runs nothing, so the policy that forbids scripts lets it be."""
    if data is None:
        return ""
    # As Django's json_script does: the text can neither end the element nor begin a comment.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


@register.filter
def plain(number: float) -> str:
    """Write a number as SVG wants it, in every language: a point, no grouping."""
    return f"{number:g}"


@register.simple_tag
def banners(programme: Programme | str | None = "") -> list[said.Banner]:
    """Return what must be said on a page that shows a programme (None: of none), or any of them (left out)."""
    return said.of_all() if isinstance(programme, str) else said.of_programme(programme)


@register.filter
def cycle_banner(cycle: Cycle) -> LazyI18nString | str:
    """Return what must be said on each page of a cycle."""
    return said.of_cycle(cycle)


@register.simple_tag(takes_context=True)
def share_by_email(context: template.Context, title: Any) -> str:
    """Return an address that opens a new mail about this page (RFC 6068), to whom the reader likes."""
    address = f"{context['site_url']}{context['request'].path}"
    return f"mailto:?{urlencode({'subject': one_line(str(title)), 'body': address}, quote_via=quote)}"
