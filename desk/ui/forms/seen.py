"""A plain form that knows which version its page was filled from, so that nobody's work is overwritten unseen."""

from __future__ import annotations

from django import forms

from desk.content.editors.fields import say, with_seen


class SeenForm(forms.Form):
    """`seen` is the digest of what the page showed; its verb refuses when that is no longer what is kept."""

    # Without an id: a page may have several such forms.
    seen = forms.CharField(widget=forms.HiddenInput(attrs={"id": False}), required=False, max_length=64)

    def follow(self, version: str) -> None:
        """Carry another version than the one that was sent: sending it again is then a choice."""
        self.data = with_seen(self.data, version)

    def say(self, name: str) -> str:
        """Return what is written in a field, in words, to set two versions side by side."""
        field = self[name]
        if isinstance(field.field, forms.TimeField):
            return str(field.field.widget.format_value(field.value()) or "")
        return say(field)

    def named(self) -> list[tuple[str, str]]:
        """Return (name, label) of everything that the page asks for, in its order."""
        return [(field.name, str(field.label)) for field in self.visible_fields()]
