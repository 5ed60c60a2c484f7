"""Documents that were issued, frozen as they were, and the counters of their numbers.

The rows are guarded by triggers (migration 0002): nothing of a document changes but its end, once; a proof is not
deleted before its date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cycles.models import Cycle, Session
from registrations.models import CycleRegistration, Registration
from training.documents.issued import codes

if TYPE_CHECKING:
    import datetime as dt

models.CharField.register_lookup(Length)


class Counter(models.Model):
    """The last number of a series of an issuer in a year; locked by whoever takes the next."""

    issuer = models.CharField(max_length=40)
    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("issuer", "series", "year"), name="counter_once"),)

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"


class DocumentQuerySet(models.QuerySet["Document"]):
    """Named questions."""

    def live(self) -> DocumentQuerySet:
        """Documents in force: neither replaced nor taken back."""
        return self.filter(ended_at=None)

    def sheets(self) -> DocumentQuerySet:
        return self.filter(kind=Document.Kind.SHEET)

    def proofs(self) -> DocumentQuerySet:
        """Those that the law makes an organiser keep."""
        return self.exclude(kind__in=Document.OF_THE_PERSON)

    def light(self) -> DocumentQuerySet:
        """Without the bytes."""
        return self.defer("pdf")


class Document(models.Model):
    """Something issued: its record (canonical JSON), its PDF, their hashes, its place in the chain of its issuer."""

    class Kind(models.TextChoices):
        SHEET = "sheet", _("sign-in sheet")
        CERTIFICATE = "certificate", _("certificate of completion")
        STATEMENT = "training_statement", _("statement of training")
        PARTICIPATION = "participation", _("attestation of participation")
        CYCLE = "cycle_statement", _("attestation of participation in a cycle")

    class End(models.TextChoices):
        REPLACED = "replaced", pgettext_lazy("document", "replaced")
        WITHDRAWN = "withdrawn", pgettext_lazy("document", "withdrawn")

    # No duty to keep them: they go when the person wants, and their registration is forgotten.
    OF_THE_PERSON = (Kind.PARTICIPATION, Kind.CYCLE)
    SERIES = {
        Kind.SHEET: "FE",
        Kind.CERTIFICATE: "CR",
        Kind.STATEMENT: "AF",
        Kind.PARTICIPATION: "AP",
        Kind.CYCLE: "AC",
    }

    kind = models.CharField(pgettext_lazy("document", "kind"), max_length=20, choices=Kind)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="documents")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    cycle_registration = models.ForeignKey(
        CycleRegistration, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    issuer = models.CharField(max_length=40)
    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=20, unique=True)
    # Text, not JSON: the bytes that were hashed, as they were (PostgreSQL's jsonb would order them its own way).
    record = models.TextField()
    record_sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    # The chain of what an issuer issued: the link before this one, and this one (training.documents.issued.records).
    previous_sha256 = models.CharField(max_length=64, blank=True)
    # Papers that the person may have erased stand in no chain: theirs begins and ends with each.
    chain_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=End, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    keep_until = models.DateField()
    # Of the demonstration: it may go with it.
    is_demo = models.BooleanField(default=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("pk",)
        indexes = (models.Index(fields=("issuer", "id"), name="document_chain"),)
        constraints = (
            models.UniqueConstraint(
                fields=("session",),
                condition=Q(kind="sheet", ended_at=None),
                name="document_one_live_sheet",
            ),
            models.UniqueConstraint(
                fields=("cycle_registration", "kind"),
                condition=Q(kind__in=["certificate", "training_statement", "cycle_statement"], ended_at=None),
                name="document_one_live_of_a_trainee",
            ),
            models.UniqueConstraint(
                fields=("registration",),
                condition=Q(kind="participation", ended_at=None),
                name="document_one_live_participation",
            ),
            models.UniqueConstraint(
                fields=("issuer", "series", "year", "number", "version"), name="document_number_once"
            ),
            models.CheckConstraint(name="document_code_long", condition=Q(code__length__gte=16)),
            models.CheckConstraint(
                name="document_hashes_whole",
                condition=Q(record_sha256__length=64, pdf_sha256__length=64, chain_sha256__length=64)
                & (Q(previous_sha256="") | Q(previous_sha256__length=64)),
            ),
            models.CheckConstraint(
                name="document_ends_whole",
                condition=Q(ended_at=None, end="", end_reason="")
                | (Q(ended_at__isnull=False, end__in=["replaced", "withdrawn"]) & ~Q(end_reason="")),
            ),
            models.CheckConstraint(
                name="document_subject_of_its_kind",
                condition=Q(kind="sheet", session__isnull=False, cycle_registration=None, registration=None)
                | Q(
                    kind__in=["certificate", "training_statement", "cycle_statement"],
                    cycle_registration__isnull=False,
                    session=None,
                    registration=None,
                )
                | Q(
                    kind="participation",
                    registration__isnull=False,
                    cycle_registration__isnull=False,
                    session__isnull=False,
                ),
            ),
            models.CheckConstraint(name="document_numbered", condition=Q(number__gte=1, version__gte=1)),
            models.CheckConstraint(
                name="document_replaces_another", condition=Q(replaces=None) | ~Q(replaces=F("id"))
            ),
        )

    def __str__(self) -> str:
        return self.full_number

    @property
    def full_number(self) -> str:
        return codes.number(series=self.series, year=self.year, number=self.number, version=self.version)

    @property
    def grouped_code(self) -> str:
        return codes.grouped(self.code)

    @property
    def is_live(self) -> bool:
        return self.ended_at is None

    def may_go(self, *, at: dt.datetime) -> bool:
        """Tell whether nothing obliges anybody to keep it any more."""
        return self.is_demo or self.kind in self.OF_THE_PERSON or self.keep_until < at.date()


class DocumentPerson(models.Model):
    """A registration that a document names. While it does, the registration stays."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="people")
    cycle_registration = models.ForeignKey(
        CycleRegistration, on_delete=models.PROTECT, related_name="named_in"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "cycle_registration"), name="document_person_once"),
        )

    def __str__(self) -> str:
        return f"{self.document_id}: {self.cycle_registration_id}"


class GoneDocument(models.Model):
    """A proof that was kept long enough and erased: its number and its link, so that neither seems to be missing."""

    issuer = models.CharField(max_length=40)
    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField()
    previous_sha256 = models.CharField(max_length=64, blank=True)
    chain_sha256 = models.CharField(max_length=64, unique=True)
    gone_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "series", "year", "number", "version"), name="gone_document_once"
            ),
        )

    def __str__(self) -> str:
        return codes.number(series=self.series, year=self.year, number=self.number, version=self.version)
