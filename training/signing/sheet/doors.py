"""Who keeps the sheet of a half-day, and by which way they came: an account, or a trainer's own link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from accounts.models import User
    from cycles.models import Session


@dataclass(frozen=True, kw_only=True)
class Door:
    """The same pages for both: `user` is None for a trainer who came by `token`."""

    session: Session
    name: str
    email: str
    user: User | None = None
    token: str = ""
    may_undo: bool = False

    @property
    def base(self) -> str:
        """The template that frames the pages."""
        return "desk/base.html" if self.user else "base.html"

    def url(self, page: str, *args: object) -> str:
        """Return the address of one of the pages of this sheet, by the way that one came."""
        if self.user:
            return reverse(f"desk:training-{page}", args=[self.session.cycle.slug, self.session.slug, *args])
        return reverse(f"training:teach-{page}", args=[self.token, *args])
