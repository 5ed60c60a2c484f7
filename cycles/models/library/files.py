"""The file of a resource, where it is kept here and not only at an address elsewhere."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .resources import Resource


class ResourceFileQuerySet(models.QuerySet["ResourceFile"]):
    def public(self) -> ResourceFileQuerySet:
        """Those that everyone may download: of a resource whose page everyone may read."""
        return self.filter(resource__in=Resource.objects.published())


class ResourceFile(models.Model):
    """One file of one resource, named by its content (cycles/content/documents.py)."""

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, related_name="file")
    digest = models.CharField(max_length=64)
    # What it is by its bytes; the name that it is saved under ends with it.
    ending = models.CharField(max_length=4)
    name = models.CharField(_("name of the file"), max_length=160)
    size = models.PositiveIntegerField(_("bytes"))
    added_at = models.DateTimeField()

    objects = ResourceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a resource")
        verbose_name_plural = _("files of resources")
        constraints = (models.CheckConstraint(name="resource_file_not_empty", condition=Q(size__gte=1)),)

    def __str__(self) -> str:
        return self.name
