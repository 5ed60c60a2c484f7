"""After a session: its recap, its replay and its resources, written together; then published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts import journal
from cycles.content import content_version
from cycles.models import News, NewsLink, Resource, Session
from cycles.models.shared import DatePrecision, speaks_for
from cycles.schedule.revision import StaleError, locked, next_revised_at

from . import content

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from accounts.models import User


def recap_of(session: Session) -> News | None:
    """Return the recap that its own programme writes about a session, draft or not."""
    link = (
        NewsLink.objects.filter(
            session=session,
            news__programme=session.cycle.programme_id,
            relation=NewsLink.Relation.ABOUT,
            news__kind=News.Kind.RECAP,
        )
        .select_related("news")
        .order_by("pk")
        .first()
    )
    return link.news if link else None


def resources_of(session: Session) -> QuerySet[Resource]:
    """Return the resources that its own programme keeps for a session, published or not."""
    return session.resources.filter(speaks_for(session.cycle.programme_id)).order_by("pk")


def next_after(session: Session) -> Session | None:
    """Return the session that a recap of this one announces: the next that is to take place in its cycle."""
    if session.starts_at is None:
        return None
    following = session.cycle.sessions.held().filter(starts_at__gt=session.starts_at)
    return following.select_related("cycle").order_by("starts_at", "pk").first()


def digest_after(session: Session) -> str:
    """Return a text that differs whenever anything that the page after a session shows of it differs."""
    news = recap_of(session)
    resources = [content.digest(resource) for resource in resources_of(session)]
    return "-".join([f"{session.revised_at:%Y%m%d%H%M%S}", content.digest(news) if news else "", *resources])


def write_recap(
    session: Session,
    *,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> News:
    """Write the recap of a session (a draft until it is published), its replay and its resources; return the recap.

    `values` holds `title`, `body`, `replay_url` and `resources`, each by column with `pk` for one that stays. The
    recap announces the cycle's next session. Raises StaleError when something was changed since it was `seen`.
    """
    with journal.entry("session.recap", session, by=by, at=at):
        row = locked(session, seen=None)
        if seen is not None and digest_after(row) != seen:
            raise StaleError(row)
        if row.replay_url != values["replay_url"]:
            row.replay_url = values["replay_url"]
            row.revised_at = next_revised_at(row.revised_at, at=at)
            row.save(update_fields=["replay_url", "revised_at"])
        _write_resources(row, values["resources"], by=by, at=at)
        news = recap_of(row)
        written = {"title": values["title"], "body": values["body"], "announces": _announced(row, by=news)}
        if news is not None:
            return content.edit_content(news, values=written, by=by, at=at)
        about = [{**content.no_target(), "session_id": row.pk}]
        place = {"programme_id": row.cycle.programme_id, "kind": News.Kind.RECAP, "about": about}
        date = {"date_precision": DatePrecision.DAY, "date_from": at.astimezone(row.zone).date()}
        return content.create(
            News, values={**written, **place, **date}, by=by, at=at, slug_from=f"{row.cycle.slug}-{row.slug}"
        )


def _announced(session: Session, *, by: News | None) -> list[dict[str, Any]]:
    """Return what the recap is to announce; the link that says so already stays."""
    following = next_after(session)
    if following is None:
        return []
    existing = by and by.links.filter(relation=NewsLink.Relation.ANNOUNCES, session=following).first()
    return [{**({"pk": existing.pk} if existing else {}), **content.no_target(), "session_id": following.pk}]


def _write_resources(
    session: Session, wanted: Sequence[Mapping[str, Any]], *, by: User | None, at: dt.datetime
) -> None:
    """Keep, change and add the resources of a session; one that is taken away stays in the library without it."""
    present = {resource.pk: resource for resource in resources_of(session)}
    for item in wanted:
        values = {**item, "session_id": session.pk}
        resource = present.pop(values.pop("pk", None), None)
        if resource is not None:
            content.edit_content(resource, values=values, by=by, at=at)
            continue
        made = content.create(
            Resource,
            values={
                **values,
                "programme_id": session.cycle.programme_id,
                "date_precision": DatePrecision.DAY,
                "date_from": at.astimezone(session.zone).date(),
            },
            by=by,
            at=at,
        )
        # Written beside a recap, they appear with the page of the session.
        content.publish(made, by=by, at=at)
    if present:
        Resource.objects.filter(pk__in=present).update(session=None)
        content_version.touch()
