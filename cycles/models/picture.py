"""A picture beside what is written of a cycle, a session or a post; the logo of a programme or an organisation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField

from .catalogue import Organisation
from .cycle import Cycle
from .library.news import News
from .programme import Programme
from .sessions.session import Session

# What has a picture: the columns, one of which is set.
PICTURED = ("cycle", "session", "news", "programme", "organisation")


def _only(name: str) -> Q:
    """Return the condition that a picture is of this thing and of no other."""
    others: dict[str, None] = {other: None for other in PICTURED if other != name}
    return Q(**{f"{name}__isnull": False}, **others)


class Picture(models.Model):
    """One picture of one thing, in two widths; its files are named by their content (cycles/content/pictures.py)."""

    cycle = models.OneToOneField(
        Cycle, null=True, blank=True, on_delete=models.CASCADE, related_name="picture"
    )
    session = models.OneToOneField(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="picture"
    )
    news = models.OneToOneField(News, null=True, blank=True, on_delete=models.CASCADE, related_name="picture")
    programme = models.OneToOneField(
        Programme, null=True, blank=True, on_delete=models.CASCADE, related_name="picture"
    )
    organisation = models.OneToOneField(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="picture"
    )
    # What somebody who does not see it reads instead; empty only where it says nothing that the text does not.
    alt = I18nCharField(_("description for those who do not see it"), max_length=300, blank=True)
    is_decorative = models.BooleanField(_("only decorates"), default=False)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    small_width = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = (
            models.CheckConstraint(
                name="picture_of_one_thing",
                condition=_only("cycle")
                | _only("session")
                | _only("news")
                | _only("programme")
                | _only("organisation"),
            ),
        )

    def __str__(self) -> str:
        return self.digest[:12]
