"""A run and its papers: half-days and their sheets, trainees and their hours, certificates, who issues them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import journal
from cycles import access
from desk.evidence import board
from desk.mail import announcing
from desk.ui.rights import may
from training.documents import certificates
from training.documents.issued import issuers
from training.documents.own_views import pdf
from training.documents.participation import DocumentError
from training.models import Document, RunSyllabus, TraineeFile
from training.signing import hours, queries, statements
from training.signing.sheet import sheet_views
from training.syllabus import queries as syllabuses

from . import forms, providers, runs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cycles.models import Cycle

FORM = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = 422
EXPORTED = "training.paper_file"
KINDS = {"certificate": Document.Kind.CERTIFICATE, "statement": Document.Kind.STATEMENT}


def _cycle(request: HttpRequest, slug: str, *, right: access.Right) -> tuple[Cycle, frozenset[access.Right]]:
    """Return a cycle in which people sign, or will; others have none of these pages."""
    cycle, rights = access.cycle_for(request.user, slug, right=right)
    if not queries.is_of_training(cycle):
        raise Http404
    return cycle, rights


@require_safe
@never_cache
@login_required
def run(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything of a run on one page: what is signed, what is missing, which papers there are."""
    cycle, rights = _cycle(request, slug, right=access.Right.TEACH)
    result = certificates.run(cycle)
    issuer = issuers.of(cycle)
    language = get_language() or "fr"
    words = sheet_views.state_words()
    ready = [row for row in result.rows if row.reaches and not row.certificate]
    context = {
        "cycle": cycle,
        "tab": "training",
        "run": result,
        "issuer": issuer,
        **may(rights),
        "half_days": [
            {
                "session": one,
                "when": statements.when(one, language=language),
                "sheet": result.sheets.get(one.pk),
                "is_over": one.ends_at is not None and one.ends_at <= timezone.now(),
                "is_live": one.phase(at=timezone.now()) == one.Phase.LIVE,
            }
            for one in result.sessions
        ],
        "rows": [
            {
                "row": row,
                "hours": hours.clock(row.minutes),
                "cells": [
                    words[day.presence.state] if (day := row.half_days[one.pk]) else "—"
                    for one in result.sessions
                ],
            }
            for row in result.rows
        ],
        "planned": hours.clock(result.rows[0].planned) if result.rows else "",
        "needs": board.needs(result, issuer=issuer, may_plan=access.Right.PLAN in rights, at=timezone.now()),
        "syllabus": syllabuses.of_run(cycle),
        "may_give_syllabus": access.Right.PLAN in rights
        and cycle.is_run
        and result.rows
        and not RunSyllabus.objects.filter(cycle=cycle).exists(),
        "ready": ready,
        "without_address": [row.name for row in ready if not row.has_address],
        "has_nda": issuer.provider is not None and bool(issuer.provider.nda),
    }
    return render(request, "desk/training/run.html", context)


@FORM
@never_cache
@login_required
def run_settings(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, _rights = _cycle(request, slug, right=access.Right.PLAN)
    form = forms.SettingsForm(
        request.POST if request.method == "POST" else None, instance=certificates.settings_of(cycle)
    )
    if request.method == "POST" and form.is_valid():
        runs.write_settings(
            cycle, values=form.cleaned_data, by=access.account(request.user), at=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("desk:training-run", slug)
    context = {"cycle": cycle, "form": form, "title": _("How presence is proved")}
    return render(
        request, "desk/training/form.html", context, status=REFUSED if request.method == "POST" else 200
    )


@FORM
@never_cache
@login_required
def trainee(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A trainee's file, and their papers."""
    cycle, rights = _cycle(request, slug, right=access.Right.PEOPLE)
    row = _row(cycle, pk)
    owner = row.registration
    file = row.file or TraineeFile(cycle_registration=owner)
    is_sent = request.method == "POST"
    if is_sent and access.Right.PLAN not in rights:
        raise access.Refused(programme=cycle.programme, right=access.Right.PLAN)
    form = forms.TraineeForm(request.POST if is_sent else None, instance=file)
    if is_sent and form.is_valid():
        runs.write_trainee(
            owner, values=form.cleaned_data, by=access.account(request.user), at=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("desk:training-trainee", slug, pk)
    return _trainee_page(request, cycle, row, form, rights=rights, status=REFUSED if is_sent else 200)


def _row(cycle: Cycle, pk: int) -> certificates.Row:
    result = next((row for row in certificates.run(cycle).rows if row.registration.pk == pk), None)
    if result is None:
        raise Http404
    return result


def _trainee_page(
    request: HttpRequest,
    cycle: Cycle,
    row: certificates.Row,
    form: Any,
    *,
    rights: frozenset[access.Right],
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    history = Document.objects.light().filter(
        cycle_registration=row.registration, kind__in=certificates.KINDS
    )
    context = {
        "cycle": cycle,
        "row": row,
        "hours": hours.printed(row.minutes),
        "form": form,
        "told": _told(row),
        "documents": list(history.order_by("kind", "-number", "-version")),
        **may(rights),
        "error": error,
        "kinds": [
            ("certificate", _("certificate of completion"), row.certificate),
            ("statement", _("statement of training"), row.statement),
        ],
    }
    return render(request, "desk/training/trainee.html", context, status=status)


@require_POST
@login_required
@announcing.announces(beside="pk")
def issue(request: HttpRequest, slug: str, pk: int, paper: str) -> HttpResponse:
    """Issue a trainee's certificate or statement, also below the threshold: its hours are those attended."""
    cycle, rights = _cycle(request, slug, right=access.Right.PLAN)
    row = _row(cycle, pk)
    if paper not in KINDS:
        raise Http404
    try:
        document = certificates.issue(
            row.registration,
            kind=KINDS[paper],
            reason=request.POST.get("reason", "")[:300],
            by=access.account(request.user),
            at=timezone.now(),
        )
    except DocumentError as error:
        file = row.file or TraineeFile(cycle_registration=row.registration)
        form = forms.TraineeForm(instance=file)
        return _trainee_page(request, cycle, row, form, rights=rights, error=str(error), status=REFUSED)
    before = row.documents.get(KINDS[paper])
    if before is not None and before.pk == document.pk:
        messages.info(
            request,
            _(
                "Nothing to change: %(number)s says the same already. Nothing was issued, and nobody is written to."
            )
            % {"number": document.full_number},
        )
        return redirect("desk:training-trainee", slug, pk)
    done = _("Issued: %(number)s.") % {"number": document.full_number}
    messages.success(request, f"{done} {_told(row)}")
    return redirect("desk:training-trainee", slug, pk)


def _told(row: certificates.Row) -> str:
    """Say whether a trainee is told of their papers by an email."""
    if row.has_address:
        return _("They are told by email, with the link to their page.")
    return _("They have no email address and are not told: hand them the PDF.")


@require_POST
@login_required
@announcing.announces()
def issue_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Issue certificates for everybody who reaches the threshold and has none."""
    cycle, _rights = _cycle(request, slug, right=access.Right.PLAN)
    try:
        count = certificates.issue_all(
            cycle, kind=Document.Kind.CERTIFICATE, by=access.account(request.user), at=timezone.now()
        )
    except DocumentError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            ngettext("%(count)d certificate issued.", "%(count)d certificates issued.", count)
            % {"count": count},
        )
    return redirect("desk:training-run", slug)


@FORM
@never_cache
@login_required
@announcing.announces(asks=False)
def withdraw(request: HttpRequest, slug: str, document: int) -> HttpResponse:
    """Take back a certificate or a statement, with a reason."""
    cycle, _rights = _cycle(request, slug, right=access.Right.PLAN)
    rows = get_object_or_404(
        Document.objects.live().light(), pk=document, cycle=cycle, kind__in=certificates.KINDS
    )
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        certificates.withdraw(
            rows,
            reason=form.cleaned_data["reason"],
            by=access.account(request.user),
            at=timezone.now(),
        )
        messages.success(request, _("Withdrawn: %(number)s.") % {"number": rows.full_number})
        return redirect("desk:training-run", slug)
    context = {
        "cycle": cycle,
        "form": form,
        "title": _("Withdraw %(number)s") % {"number": rows.full_number},
        "is_dangerous": True,
        "note": _of_withdrawing(cycle, rows),
    }
    return render(
        request, "desk/training/form.html", context, status=REFUSED if request.method == "POST" else 200
    )


def _of_withdrawing(cycle: Cycle, document: Document) -> str:
    """Say who is told that a paper is withdrawn."""
    row = next(
        (
            one
            for one in certificates.run(cycle).rows
            if one.registration.pk == document.cycle_registration_id
        ),
        None,
    )
    if row is None:
        return ""
    if row.has_address:
        return _("%(name)s is told by email, with your reason.") % {"name": row.name}
    return _("%(name)s has no email address and is not told: tell them yourself.") % {"name": row.name}


@require_safe
@never_cache
@login_required
def document_file(request: HttpRequest, slug: str, document: int) -> HttpResponse:
    """Hand out a trainee's paper."""
    cycle, _rights = _cycle(request, slug, right=access.Right.PEOPLE)
    result = get_object_or_404(Document, pk=document, cycle=cycle, kind__in=certificates.KINDS)
    journal.record(
        EXPORTED,
        by=access.account(request.user),
        at=timezone.now(),
        target=cycle,
        detail=result.full_number,
    )
    return pdf(result)


@FORM
@never_cache
@login_required
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Who issues the papers of a programme."""
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.PLAN)
    is_sent = request.method == "POST"
    form = forms.ProviderForm(
        request.POST if is_sent else None,
        instance=_provider_of_form(request, programme),
        organisations=providers.organisations(request.user, programme),
    )
    if is_sent and form.is_valid():
        values = dict(form.cleaned_data)
        providers.write(
            programme,
            organisation=values.pop("organisation"),
            values=values,
            by=access.account(request.user),
            at=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("desk:training-provider", slug)
    context = {
        "programme": programme,
        "form": form,
        "title": _("Training provider"),
        "has_organisations": providers.organisations(request.user, programme).exists(),
    }
    return render(request, "desk/training/form.html", context, status=REFUSED if is_sent else 200)


def _provider_of_form(request: HttpRequest, programme: Any) -> Any:
    """Return the row that a form writes: the one of the organisation that is chosen, so that it is no second one."""
    chosen = request.POST.get("organisation", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < len("9" * 18):
        allowed = providers.organisations(request.user, programme).filter(pk=chosen).first()
        if allowed is not None:
            return getattr(allowed, "training_provider", None)
    return providers.of(programme)
