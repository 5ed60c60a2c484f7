"""Who issues the papers of a training: the organisation as the law knows it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cycles.models import Organisation, Programme


class TrainingProvider(models.Model):
    """The legal identity under which an organisation trains; few have one, and no public page shows it."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="training_provider"
    )
    legal_name = models.CharField(_("legal name"), max_length=200)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    nda = models.CharField(_("declaration of activity (NDA)"), max_length=11, blank=True)
    address = models.TextField(_("address"), max_length=400)
    city = models.CharField(_("city where papers are signed"), max_length=120)
    signatory_name = models.CharField(_("who signs its papers"), max_length=160)
    signatory_quality = models.CharField(_("in what quality"), max_length=160)

    class Meta:
        verbose_name = _("training provider")
        verbose_name_plural = _("training providers")
        constraints = (
            models.CheckConstraint(name="provider_siret_of_14", condition=Q(siret="") | Q(siret__length=14)),
            models.CheckConstraint(
                name="provider_has_signatory", condition=~Q(signatory_name="") & ~Q(signatory_quality="")
            ),
        )

    def __str__(self) -> str:
        return self.legal_name


class ProgrammeProvider(models.Model):
    """In whose name the papers of a programme are issued."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="training_provider")
    provider = models.ForeignKey(TrainingProvider, on_delete=models.PROTECT, related_name="programmes")

    class Meta:
        verbose_name = _("provider of a programme")
        verbose_name_plural = _("providers of programmes")

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.provider_id}"
