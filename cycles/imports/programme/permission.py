"""What the file of an organiser may name and change: their own programmes, and new ones.

The address book and the vocabulary that all programmes share are theirs as well, as in the desk; series and databases,
which the site shows as its own, are theirs who plan all programmes. What else has no programme is everybody's to name,
and the site administrators' to change. Another's programme is not there: its slug is taken, a reference to it is
unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles import access
from cycles.imports.programme.file.records import MODELS

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User
    from cycles.imports.programme.file.records import Record


class Permission:
    """What `by` may do with each row; None is whoever runs the server, and may do everything."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        self._rights: dict[int | None, frozenset[access.Right]] = {}

    def may_change(self, row: Model) -> bool:
        if self.by is None or isinstance(row, access.SHARED):
            return True
        if isinstance(row, access.SITE_WIDE):
            return access.may_plan_everything(self.by)
        programme = access.programme_of(row)
        key = programme.pk if programme else None
        if key not in self._rights:
            self._rights[key] = access.rights(self.by, programme)
        return access.Right.PLAN in self._rights[key]

    def may_name(self, row: Model) -> bool:
        return access.programme_of(row) is None or self.may_change(row)

    def find(self, section: str, slug: str) -> Model | None:
        """Return a row of the database that a reference may name; a session stands in the file itself."""
        row = _stored(section, slug)
        return row if row is not None and self.may_name(row) else None

    def knows(self, section: str, slug: str) -> bool:
        return self.find(section, slug) is not None

    def check(self, record: Record) -> None:
        """Refuse an entry that takes another's slug, or that nobody but an administrator could change later."""
        if self.by is None or self.by.is_superuser or record.section not in MODELS:
            return
        row = _stored(record.section, record.slug)
        if issubclass(MODELS[record.section], access.SITE_WIDE):
            if not access.may_plan_everything(self.by):
                record.item.error(
                    _("the whole site shows it: whoever plans all programmes writes it, leave it out"), "slug"
                )
            return
        if row is not None and not self.may_change(row):
            record.item.error(
                _("this slug is taken in a programme that you do not plan: choose another one"), "slug"
            )
        # What lost its programme would leave the desk of everyone who plans it.
        is_of_none = row is not None and access.programme_of(row) is None
        if (
            "programme" in record.refs
            and not record.refs["programme"]
            and not record.refs.get("session")
            and not is_of_none
        ):
            record.item.error(
                _("say its programme: what belongs to none is for site administrators"), "programme"
            )


def _stored(section: str, slug: str) -> Model | None:
    model = MODELS.get(section)
    return model._default_manager.filter(slug=slug).first() if model is not None else None
