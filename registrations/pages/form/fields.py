"""Fields that the forms share: one line of text, a name, groups of choices; and how forms of a class share them."""

from __future__ import annotations

import copy
import re
import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cycles.language.normal_form import nfc

# A letter is written in four characters at most (a Greek one with three marks) that the normal form joins.
LONGEST_WRITING = 4
LONGEST_LOOKED_AT = 500


class SharedFields(dict[str, forms.Field]):
    """The fields of a form class that each of its forms reads where Django has it copy them all.

    Looking at what was typed changes no field. A form that changes one of its fields takes a copy of it (`own`).
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)

    @classmethod
    def of(cls, form: type[forms.Form]) -> SharedFields:
        """Return what becomes the `base_fields` of a form class; those of its bases stay as they are."""
        result = cls({name: copy.deepcopy(field) for name, field in form.base_fields.items()})
        for name, field in result.items():
            describe(name, field)
        return result


def own(form: forms.BaseForm, name: str) -> Any:
    """Return a field that one form alone has, to be changed."""
    field = form.fields[name] = copy.deepcopy(form.fields[name])
    return field


def describe(name: str, field: forms.Field) -> None:
    """Name the notes of a field (its hint and its errors) to those who hear the page."""
    # The label of the newsletter says everything: it would be read twice.
    if not field.widget.is_hidden and name != "newsletter":
        field.widget.attrs["aria-describedby"] = f"{name}-notes"


class LineField(forms.CharField):
    """One line of text: no line break or other control character may hide in it.

    Letters of every alphabet, accents and emoji are welcome. Marks that turn the direction of a text are taken
    out, so that a name cannot disturb the words around it.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "control": _("Write this on one line, without line breaks or control characters."),
        "max_length": _("This is too long: %(limit_value)d characters at most (it has %(show_value)d)."),
    }

    def to_python(self, value: Any) -> str:
        written = super().to_python(value) or ""
        # Bounded before anything else is done with it: whoever sends it chooses how long it is.
        if self.max_length is not None and len(written) > self.max_length * LONGEST_WRITING:
            raise ValidationError(
                self.error_messages["max_length"],
                code="max_length",
                params={"limit_value": self.max_length, "show_value": len(written)},
            )
        text = nfc(written)
        # The joiner of emoji and of some scripts is a format character too, and stays.
        text = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
        if any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in text):
            raise ValidationError(self.error_messages["control"], code="control")
        return " ".join(text.split(" ")).strip()


# A scheme, "www.", a path after a name with dots, an address, or a name with dots that ends as those of the web do.
# The dots are those of every script.
DOT = r"(?:[.\u3002\uff0e\uff61\u2024]|\s[.\u3002]\s?)"
WEB_ENDS = (
    "app|art|asso|biz|blog|buzz|bzh|cc|center|cfd|click|cloud|club|co|com|cyou|de|dev|edu|email|eu|fr|fun|gouv|gov|help"
    "|icu|info|io|ink|link|live|ly|me|mobi|net|news|one|online|org|page|paris|pro|pw|rest|ru|sbs|shop|site|space|store"
    "|tech|tk|to|today|top|tv|uk|us|vip|website|work|world|xyz"
    "|рф|рус|онлайн|сайт|москва|укр|бел|қаз|срб|мкд|ею|бг|ελ|ευ|中国|中國|公司|网址|在线|みんな|한국|닷컴"
)
WEB = re.compile(
    rf"://|\bhxxps?\b|\bhttps?\b|\bwww\b|@|[\w-]{{2,}}(?:{DOT}[\w-]+)*{DOT}[a-z]{{2,}}\s?/"
    rf"|\b\w{DOT}(?:{WEB_ENDS})\s?/"
    rf"|[\w-]{{3,}}{DOT}(?:[\w-]+{DOT})*(?:{WEB_ENDS})\b|[\w-]{{2,}}{DOT}[\w-]+{DOT}[a-z]{{2,}}\b",
    re.IGNORECASE,
)


class NameField(LineField):
    """How somebody is called. It is read by others in mails, so that no advertisement fits in."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "web": _("A web or email address is no name: write only how you are called."),
    }

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        # What is longer is refused for its length.
        if len(text) <= LONGEST_LOOKED_AT and WEB.search(unicodedata.normalize("NFKC", text)):
            raise ValidationError(self.error_messages["web"], code="web")
        return text


class RadioSelect(forms.RadioSelect):
    """A choice whose error is told once, by the group: not again at every button."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return _told_by_the_group(super().create_option(*args, **kwargs))


class CheckboxSelectMultiple(forms.CheckboxSelectMultiple):
    """Likewise for boxes."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return _told_by_the_group(super().create_option(*args, **kwargs))


def _told_by_the_group(option: dict[str, Any]) -> dict[str, Any]:
    # Browsers call each button of a group invalid while it is required and none is chosen.
    for name in ("aria-invalid", "aria-describedby", "required"):
        option["attrs"].pop(name, None)
    return option
