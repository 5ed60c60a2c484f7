"""What search engines read of a module: schema.org Course, and its runs as CourseInstance.

https://schema.org/Course, /CourseInstance; https://developers.google.com/search/docs/appearance/structured-data/course
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from cycles.language.plain_text import clean, one_line
from cycles.models.shared import Modality
from cycles.site.machines.json_ld import SCHEMA, Data, moment, organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cycles.models import Module

    from .standing import Run

MODES = {Modality.ONLINE: "Online", Modality.ON_SITE: "Onsite", Modality.HYBRID: "Blended"}


def course(module: Module, *, runs: Iterable[Run]) -> Data:
    """Return a module as a Course, with the runs that are not over or cancelled as its instances."""
    data: Data = {
        "@context": SCHEMA,
        "@type": "Course",
        "@id": _page("cycles:module-detail", module.slug),
        "name": one_line(str(module.title)),
        "url": _page("cycles:module-detail", module.slug),
        "inLanguage": get_language() or settings.LANGUAGE_CODE,
        # Both are required of a Course: without a summary its title says what it is about.
        "description": clean(str(module.summary)) or one_line(str(module.title)),
    }
    if owners := [organisation(each) for each in module.owners.all()]:
        data["provider"] = owners[0] if len(owners) == 1 else owners
    if str(module.audience):
        data["audience"] = {"@type": "EducationalAudience", "educationalRole": one_line(str(module.audience))}
    instances = [instance(each) for each in runs if each.is_ahead]
    if instances:
        data["hasCourseInstance"] = instances
    return data


def instance(run: Run) -> Data:
    """Return a run as a CourseInstance: dates, how one takes part, whether registration is open."""
    cycle = run.cycle
    page = _page("cycles:cycle-detail", cycle.slug)
    data: Data = {"@type": "CourseInstance", "@id": page, "name": one_line(str(cycle.title)), "url": page}
    held = [s for s in run.sessions if s.is_held and s.starts_at and s.ends_at]
    if held:
        data["startDate"] = moment(held[0], held[0].starts_at)
        data["endDate"] = moment(held[-1], held[-1].ends_at)
        modes = {s.modality for s in held}
        data["courseMode"] = MODES[Modality(modes.pop())] if len(modes) == 1 else MODES[Modality.HYBRID]
        places = list(dict.fromkeys(one_line(str(s.place)) for s in held if s.is_on_site and str(s.place)))
        if places:
            results = [{"@type": "Place", "name": place, "address": place} for place in places]
            data["location"] = results[0] if len(results) == 1 else results
    else:
        for name, day in (("startDate", cycle.first_date), ("endDate", cycle.last_date)):
            if day:
                data[name] = day.isoformat()
        if cycle.is_external:
            data["courseMode"] = MODES[Modality.ONLINE]
    if run.can_register:
        data["offers"] = {
            "@type": "Offer",
            "url": _page("registrations:register", cycle.slug),
            "availability": f"{SCHEMA}/{'SoldOut' if run.is_full else 'InStock'}",
            **({"description": one_line(str(cycle.price))} if str(cycle.price) else {}),
        }
    return data


def _page(name: str, slug: str) -> str:
    return settings.ESCALE_BASE_URL + reverse(name, args=[slug])
