"""Programmes, cycles, sessions, and everything published around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from django.db.models import Model


class CyclesConfig(AppConfig):
    name = "cycles"

    def ready(self) -> None:
        # Cache invalidation, not business: whatever is saved here may be on a public page.
        from django.db.models.signals import m2m_changed, post_delete, post_save  # noqa: PLC0415 - apps are loaded now

        from .calendars import calendar_revision  # noqa: PLC0415 - likewise
        from .content import content_version  # noqa: PLC0415 - likewise
        from .models import ContentVersion, FeedDay, FeedFetch, Invitation, Membership  # noqa: PLC0415 - likewise

        private = (ContentVersion, FeedDay, FeedFetch, Invitation, Membership)

        def content_saved(sender: type[Model], **_kwargs: Any) -> None:
            if sender not in private and sender._meta.app_label == "cycles":
                content_version.touch()

        for signal in (post_save, post_delete, m2m_changed):
            signal.connect(content_saved, weak=False, dispatch_uid="cycles.content_saved")
        calendar_revision.connect()
