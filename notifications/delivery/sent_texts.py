"""What mails said that have left: kept once for all who got the same, without what is a reader's own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from notifications.models import Delivery, SentText

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from django.db.models import QuerySet


def keep(said: Mapping[int, tuple[str, str]], *, at: dt.datetime) -> None:
    """Keep what some deliveries said, {delivery: (subject, text)}: a few statements for each different text."""
    by_text: dict[tuple[str, str], list[int]] = {}
    for delivery, words in said.items():
        by_text.setdefault(words, []).append(delivery)
    for (subject, text), deliveries in by_text.items():
        digest = hashlib.sha256(f"{subject}\0{text}".encode()).hexdigest()
        row, _is_new = SentText.objects.get_or_create(
            digest=digest, defaults={"subject": subject, "text": text, "at": at}
        )
        Delivery.objects.filter(pk__in=deliveries).update(text=row)


def forget(rows: QuerySet[Delivery]) -> None:
    """Take what they said off some deliveries, and delete what no other one says."""
    texts = set(rows.exclude(text=None).values_list("text", flat=True))
    if texts:
        rows.update(text=None)
        delete_unused(texts)


def delete_unused(pks: Collection[int] | None = None) -> int:
    """Delete the texts (these, or all) that no delivery names any more; return how many."""
    texts = SentText.objects.all() if pks is None else SentText.objects.filter(pk__in=pks)
    unused = texts.filter(~Exists(Delivery.objects.filter(text=OuterRef("pk"))))
    return unused.delete()[1].get(SentText._meta.label, 0)
