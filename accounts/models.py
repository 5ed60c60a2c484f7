"""The organiser's account, and the journal of what organisers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses.columns import AddressColumn

from . import addresses

if TYPE_CHECKING:
    from collections.abc import Collection


class UserManager(BaseUserManager["User"]):
    """Accounts are found by e-mail address."""

    def at_address(self, address: str) -> User | None:
        """Return the account of an address, as every door finds it: by the normal form, and by nothing near it."""
        try:
            return self.filter(email=addresses.normal_form(address)).first()
        except addresses.AddressError:
            return None

    def get_by_natural_key(self, username: str | None) -> User:
        user = self.at_address(username or "")
        if user is None:
            raise self.model.DoesNotExist
        return user

    def create_user(self, email: str, *, password: str | None = None, **fields: Any) -> User:
        """Create an account. Without a password the person signs in by link or code only.

        Raises AddressError (a ValueError) for what is no address.
        """
        if not email:
            msg = "an account needs an email address"
            raise ValueError(msg)
        user = self.model(email=addresses.normal_form(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, *, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password=password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who organises. What they may do is decided by their roles per programme (cycles.Membership)."""

    email = AddressColumn(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("site administrator"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = (
            # What no normal form holds; written by hand it would make a second account of one person.
            models.CheckConstraint(name="user_email_normal", condition=Q(email=Lower("email"))),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def of_programme(self, programme_id: int, *, members: Collection[int] = ()) -> AuditEntryQuerySet:
        """Return what was done in a programme, and the sign-ins (which belong to none) of its members."""
        return self.filter(Q(programme_id=programme_id) | Q(programme_id=None, by__in=members))


class AuditEntry(models.Model):
    """Who did what, when: a number for the person, a word for the act, a number for the object. Nothing personal.

    Objects are named by kind and number, without foreign keys: the journal outlives what it speaks of. Written
    by `accounts.journal` only, never changed, kept for `accounts.journal.KEPT`.
    """

    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="audit_entries", verbose_name=_("who")
    )
    verb = models.CharField(_("what"), max_length=60)
    programme_id = models.BigIntegerField(null=True)
    target_kind = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    # A code (a role, a right, a format), never words that somebody typed.
    detail = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("programme_id", "-at"), name="audit_of_programme"),
            models.Index(fields=("at",), name="audit_by_age"),
        )
        constraints = (
            models.CheckConstraint(
                name="audit_target_whole",
                condition=Q(target_kind="", target_id=None)
                | (~Q(target_kind="") & Q(target_id__isnull=False)),
            ),
            models.CheckConstraint(name="audit_has_verb", condition=~Q(verb="")),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_kind} {self.target_id or ''}".strip()

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            msg = "the journal is only added to"
            raise TypeError(msg)
        super().save(*args, **options)
