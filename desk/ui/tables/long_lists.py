"""Tables of any length, cut into pages that all cost the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Up to so many rows are passed over with all their columns; beyond, by their numbers alone, which an index holds.
NEAR = 1000


class LongList(Paginator):  # type: ignore[type-arg]  # takes no argument when it runs
    """Pages of a queryset that is read from whichever end is nearer: the last page costs what the first does."""

    def page(self, number: int | str) -> Page[Any]:
        """Return a page, as Django's paginator does."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        return Page(self._slice(start, end), number, self)

    def _slice(self, start: int, end: int) -> Any:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # a queryset is what it is made with
        is_reversed = start > self.count - end
        first, last = (self.count - end, self.count - start) if is_reversed else (start, end)
        ordered = rows.reverse() if is_reversed else rows
        if first <= NEAR:
            result = list(ordered[first:last])
        else:
            numbers = list(ordered.values_list("pk", flat=True)[first:last])
            by_number = {row.pk: row for row in rows.filter(pk__in=numbers).order_by()}
            result = [by_number[pk] for pk in numbers if pk in by_number]
        return result[::-1] if is_reversed else result
