"""Attendance, the reports it is read from, and the counts that stay when the rows are gone (retention)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Named questions."""

    def came(self) -> AttendanceQuerySet:
        """Those who were there, all the time or part of it."""
        return self.filter(state__in=(Attendance.State.PRESENT, Attendance.State.PARTIAL))

    def missed(self) -> AttendanceQuerySet:
        """Those who were expected and did not come; somebody excused had said so and is not among them."""
        return self.filter(state=Attendance.State.ABSENT)

    def known(self) -> AttendanceQuerySet:
        return self.exclude(state=Attendance.State.UNKNOWN)

    def settled(self) -> AttendanceQuerySet:
        """What a person decided or signed: no import and no click changes it."""
        return self.filter(source__in=(Attendance.Source.HAND, Attendance.Source.SIGNATURE))


class Attendance(models.Model):
    """Whether one registered person was there. No row says the same as `unknown`."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("attendance", "unknown")
        PRESENT = "present", pgettext_lazy("attendance", "present")
        PARTIAL = "partial", pgettext_lazy("attendance", "present in part")
        ABSENT = "absent", pgettext_lazy("attendance", "absent")
        EXCUSED = "excused", pgettext_lazy("attendance", "excused")

    class Source(models.TextChoices):
        JOIN = "join", _("join page")
        REPORT = "report", _("report of the platform")
        HAND = "hand", _("by hand")
        SIGNATURE = "signature", _("signature")

    registration = models.ForeignKey(
        "registrations.Registration", on_delete=models.CASCADE, related_name="attendances"
    )
    # A session of up to half a day has one; a day of training two.
    half_day = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("attendance"), max_length=10, choices=State)
    source = models.CharField(pgettext_lazy("attendance", "source"), max_length=10, choices=Source)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    # When they were there, as reports say: [[from, to], …] in seconds from the session's start. A second report of
    # the same session is added to it. None where only minutes are known.
    spans = models.JSONField(null=True, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = (
            models.UniqueConstraint(fields=("registration", "half_day"), name="attendance_once_a_half_day"),
            models.CheckConstraint(name="attendance_half_day_from_one", condition=Q(half_day__gte=1)),
            models.CheckConstraint(
                name="attendance_absent_without_minutes",
                condition=Q(minutes=None) | Q(state__in=["present", "partial"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_id}/{self.half_day}: {self.state}"


class AttendanceReport(models.Model):
    """A platform's file: kept only until an organiser has looked at the preview; then the counts remain."""

    session = models.ForeignKey("cycles.Session", on_delete=models.CASCADE, related_name="attendance_reports")
    name = models.CharField(_("file"), max_length=200)
    # Compressed bytes of the file; emptied when it is applied.
    content = models.BinaryField()
    # SHA-256 of the file, in hexadecimal: the same file is known again when its content is gone.
    digest = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    matched_count = models.PositiveIntegerField(default=0)
    unmatched_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("attendance report")
        verbose_name_plural = _("attendance reports")
        constraints = (
            models.CheckConstraint(
                name="attendance_report_emptied", condition=Q(applied_at=None) | Q(content=b"")
            ),
        )

    def __str__(self) -> str:
        return f"{self.session_id}: {self.name}"


class AttendanceCount(models.Model):
    """How many people a session had in each state, when the rows that say who are erased."""

    session = models.ForeignKey("cycles.Session", on_delete=models.CASCADE, related_name="attendance_counts")
    state = models.CharField(max_length=10, choices=Attendance.State)
    people = models.PositiveIntegerField()
    # Of these, whoever was there without a place: given back, still waited for.
    without_place = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("session", "state"), name="attendance_count_once_a_state"),
        )

    def __str__(self) -> str:
        return f"{self.session_id}: {self.people} {self.state}"
