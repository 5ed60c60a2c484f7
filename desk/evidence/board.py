"""What a run of a training lacks to be proved: sentences, whom they are about, and the page where it is seen to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.language import naming
from notifications.joining import owing
from notifications.models import Delivery
from registrations.models import State
from training.evidence.questions import Need, further_needs
from training.models import RunSyllabus
from training.syllabus import queries as syllabuses

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from cycles.models import Cycle, Session
    from training.documents.certificates import Run
    from training.documents.issued.issuers import Issuer

# A sentence names so many people; of more it says how many.
MOST_NAMES = 5
SENT = (Delivery.State.SENT, Delivery.State.UNCERTAIN)


def needs(run: Run, *, issuer: Issuer, may_plan: bool, at: dt.datetime) -> list[Need]:
    """Return what is missing at a moment, in the order in which it is seen to; pages only for who may open them."""
    found = [
        *_provider(run.cycle, issuer),
        *_sheet(run.cycle),
        *_instructions(run, at=at),
        *_half_days(run, at=at),
        *_papers(run, issuer),
        *_files(run, at=at),
        *(
            replace(need, names=some(need.names))
            for answer in further_needs.ask(run.cycle, at)
            for need in answer
        ),
    ]
    return [need if may_plan else _without_page(need) for need in found]


def _without_page(need: Need) -> Need:
    """Keep the page of what a trainer may do: the sheets of their half-days."""
    return need if "/sheet/" in need.url else Need(words=need.words, names=need.names)


def _provider(cycle: Cycle, issuer: Issuer) -> Iterator[Need]:
    if cycle.programme and (issuer.provider is None or not issuer.provider.nda):
        yield Need(
            words=_("No training provider with a declaration of activity: no certificate can be issued."),
            url=reverse("desk:training-provider", args=[cycle.programme.slug]),
            link=_("Write the provider"),
        )


def _sheet(cycle: Cycle) -> Iterator[Need]:
    module = cycle.module
    if module is None or RunSyllabus.objects.filter(cycle=cycle).exists():
        return
    if syllabuses.in_force(module) is None:
        yield Need(
            words=_("The module has no published programme sheet."),
            url=reverse("desk:syllabus", args=[module.slug]),
            link=_("Write the sheet"),
        )
    elif cycle.registrations.exclude(state=State.PENDING).exists():
        yield Need(
            words=_("People registered before a programme sheet was published: this run has none of its own.")
        )


def _instructions(run: Run, *, at: dt.datetime) -> Iterator[Need]:
    """Yield who has no joining instructions once they are due."""
    held = [one for one in run.sessions if one.starts_at is not None]
    due = owing.due_at(held) if held else None
    if due is None or due > at:
        return
    mails = Delivery.objects.filter(kind=owing.KIND, cycle_registration__cycle=run.cycle, state__in=SENT)
    told = set(mails.values_list("cycle_registration", flat=True))
    without = [
        row.name
        for row in run.rows
        if row.registration.state == State.CONFIRMED and row.registration.pk not in told
    ]
    if without:
        yield Need(
            words=ngettext(
                "%(count)d person has not been sent the joining instructions.",
                "%(count)d people have not been sent the joining instructions.",
                len(without),
            )
            % {"count": len(without)},
            names=some(without),
            url=reverse("desk:deliveries", args=[run.cycle.slug]),
            link=_("See the emails"),
        )


def _half_days(run: Run, *, at: dt.datetime) -> Iterator[Need]:
    for session in run.missing:
        if session.ends_at is None or session.ends_at > at:
            continue
        days = [day for row in run.rows if (day := row.half_days[session.pk]) is not None]
        undecided = [day.name for day in days if not day.presence.is_decided]
        url, link = _page_of_sheet(session), _("Open its sheet")
        title = naming.session_label(session)
        if undecided:
            yield Need(
                words=ngettext(
                    "%(title)s: %(count)d person has neither signed nor been noted as absent.",
                    "%(title)s: %(count)d people have neither signed nor been noted as absent.",
                    len(undecided),
                )
                % {"title": title, "count": len(undecided)},
                names=some(undecided),
                url=url,
                link=link,
            )
        if days:
            yield Need(words=_("%(title)s: not countersigned.") % {"title": title}, url=url, link=link)


def _page_of_sheet(session: Session) -> str:
    return reverse("desk:training-sheet", args=[session.cycle.slug, session.slug])


def _papers(run: Run, issuer: Issuer) -> Iterator[Need]:
    if not run.is_frozen or issuer.provider is None or not issuer.provider.nda:
        return
    without = [row.name for row in run.rows if row.reaches and row.certificate is None]
    if without:
        yield Need(
            words=ngettext(
                "%(count)d certificate has not been issued.",
                "%(count)d certificates have not been issued.",
                len(without),
            )
            % {"count": len(without)},
            names=some(without),
            url="#trainees",
            link=_("Issue them below"),
        )


def _files(run: Run, *, at: dt.datetime) -> Iterator[Need]:
    """Yield who has no status for the yearly report, once the run has begun."""
    if not any(one.starts_at and one.starts_at <= at for one in run.sessions):
        return
    without = [row.name for row in run.rows if row.file is None or not row.file.kind]
    if without:
        yield Need(
            words=ngettext(
                "%(count)d trainee has no status for the yearly report.",
                "%(count)d trainees have no status for the yearly report.",
                len(without),
            )
            % {"count": len(without)},
            names=some(without),
            url="#trainees",
            link=_("Open their files below"),
        )


def some(names: Iterable[str]) -> tuple[str, ...]:
    """Return the first names, and how many there are besides."""
    listed = list(names)
    more = len(listed) - MOST_NAMES
    if more <= 0:
        return tuple(listed)
    return (
        *listed[:MOST_NAMES],
        ngettext("and %(count)d other", "and %(count)d others", more) % {"count": more},
    )
