"""The column of an address in its normal form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from .reading import key

if TYPE_CHECKING:
    EmailField = models.EmailField[str, str]
else:
    # Django's classes take type parameters in the stubs only.
    EmailField = models.EmailField


class AddressColumn(EmailField):
    """An address, stored and compared in its normal form: every write and every exact look-up goes through `key`.

    So a unique constraint on it holds for people, not for spellings, in every database and under every locale.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return key(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value
