"""Every address of the site, and whom it lets in. A new address needs its line here (tests/test_doors.py).

`public` is for anyone; `link` needs a signed token; `own` needs an account; `look`, `act` and `form` need a
right in the programme to which the object belongs: to read a page, to post something, or both.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cycles.access import Right
from cycles.models import (
    Cycle,
    Invitation,
    Membership,
    Module,
    News,
    Programme,
    Resource,
    Session,
    SpeakerSlot,
)
from notifications.models import Delivery, GroupMessage, RefusedMailing, SentText
from notifications.plan import defaults
from registrations.attendance.models import AttendanceReport
from registrations.models import CycleRegistration, Question, Registration, State
from registrations.people.models import PersonNote
from surveys.asking import verbs as surveys
from surveys.models import Survey
from tests import make
from training.documents.issued import issuers, issuing
from training.models import Document, PaperScan, Syllabus

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, kw_only=True)
class World:
    """One programme with everything that an address can name, its people, and someone from elsewhere."""

    programme: Programme
    cycle: Cycle
    session: Session
    people: dict[str, User]
    membership: Membership
    invitation: Invitation
    stranger: User
    # Who holds the role of a trainer in the programme, and trains at none of its runs.
    outsider: User


def world() -> World:
    """Build the world: one person for each role, and a stranger who owns another programme."""
    programme = make.programme(slug="quais")
    cycle = make.cycle(slug="tour", programme=programme)
    defaults.default_steps(cycle)
    session = make.session(cycle=cycle, slug="escale-02")
    News.objects.create(slug="billet", kind=News.Kind.RECAP, programme=programme, is_published=False)
    people = {role.value: make.membership(programme=programme, role=role).user for role in Membership.Role}
    stranger = make.membership(role=Membership.Role.OWNER).user
    membership = make.membership(programme=programme, role=Membership.Role.READER)
    invitation = make.invitation(programme=programme)
    return World(
        programme=programme,
        cycle=cycle,
        session=session,
        people=people,
        membership=membership,
        invitation=invitation,
        stranger=stranger,
        outsider=make.membership(programme=programme, role=Membership.Role.TRAINER).user,
    )


def registered(world: World) -> Registration:
    return Registration.objects.first() or make.registration(session=world.session)


def waiting(world: World) -> Registration:
    return Registration.objects.filter(state=State.WAITLISTED).first() or make.registration(
        session=world.session, state=State.WAITLISTED
    )


def waiting_for_the_cycle(world: World) -> CycleRegistration:
    return CycleRegistration.objects.filter(state=State.WAITLISTED).first() or make.cycle_registration(
        cycle=world.cycle, state=State.WAITLISTED, queued_at=make.AT
    )


def noted(world: World) -> PersonNote:
    return PersonNote.objects.first() or PersonNote.objects.create(
        cycle_registration=registered(world).cycle_registration, text="Rappelle jeudi.", written_at=make.AT
    )


def asked(world: World) -> Question:
    return Question.objects.first() or make.question(cycle=world.session.cycle)


def waiting_mail(world: World) -> Delivery:
    return Delivery.objects.first() or make.delivery(registered(world))


def left_mail(world: World) -> Delivery:
    """Return a mail that has left, with what it said."""
    sent = Delivery.objects.filter(text__isnull=False).first()
    if sent is not None:
        return sent
    said = SentText.objects.create(digest="0" * 64, subject="Bonjour", text="Bonjour.", at=make.AT)
    return make.delivery(registered(world), state=Delivery.State.SENT, text=said)


def refused_mailing(world: World) -> RefusedMailing:
    return RefusedMailing.objects.first() or make.refused_mailing(cycle=world.session.cycle)


def unread_report(world: World) -> AttendanceReport:
    return AttendanceReport.objects.first() or make.attendance_report(session=world.session)


def group_draft(world: World) -> GroupMessage:
    return GroupMessage.objects.first() or make.group_message(cycle=world.session.cycle)


def named_resource(world: World) -> Resource:
    resource, _is_new = Resource.objects.get_or_create(
        slug="guide", defaults={"kind": "guide", "title": {"fr": "Guide"}, "programme": world.programme}
    )
    return resource


def named_module(world: World) -> Module:
    """Return a draft that a workshop names: whoever may delete it is let in, and it stays for the next role."""
    module, _is_new = Module.objects.get_or_create(
        slug="module",
        defaults={"programme": world.programme, "is_published": False, "title": {"fr": "Lire une rivière"}},
    )
    module.workshops.get_or_create(slug="atelier", defaults={"title": {"fr": "Atelier carnet"}})
    return module


def published_sheet(world: World) -> Syllabus:
    """Return the programme sheet of the module, which only informs: nothing of it is needed."""
    module = named_module(world)
    known = Syllabus.objects.published().filter(module=module).first()
    return known or Syllabus.objects.create(
        module=module, version=1, dated_on=make.AT.date(), revised_at=make.AT, published_at=make.AT
    )


def named_speaker(world: World) -> SpeakerSlot:
    return SpeakerSlot.objects.first() or make.slot(world.session)


def a_run(world: World) -> Cycle:
    """Return a run at which the trainer of the world trains."""
    known = Cycle.objects.runs().first()
    if known is not None:
        return known
    run = make.run(module=named_module(world), status=Cycle.Status.DRAFT)
    make.slot(make.half_days(run)[0], contact_email=world.people["trainer"].email)
    return run


def become_run(world: World) -> None:
    """Make the cycle of the world a run: who trains there is let in as before, another trainer is not."""
    module = named_module(world)
    Cycle.objects.filter(pk=world.cycle.pk).update(
        kind=Cycle.Kind.RUN,
        module=module,
        run_number=module.runs.count() + 1,
        frequency="",
        nth=None,
        weekday=None,
    )
    make.slot(world.session, contact_email=world.people["trainer"].email)


def half_day(world: World, *more: Any) -> tuple[Any, ...]:
    """Return the address of a half-day of training, at which somebody has a place."""
    session = Session.objects.filter(slug="formation").first() or make.session(
        cycle=world.cycle, slug="formation", legal_frame=Session.LegalFrame.TRAINING
    )
    if not session.registrations.exists():
        make.registration(session=session)
    return ("tour", "formation", *more)


def trainee(world: World) -> Registration:
    half_day(world)
    return Registration.objects.get(session__slug="formation")


def survey(world: World) -> Survey:
    """Return the open survey of the cycle, whose first question no role may take away: it has more."""
    return Survey.objects.filter(cycle=world.cycle).first() or surveys.open_survey(
        world.cycle, moment="session", by=None, at=make.AT
    )


def of_survey(world: World, *more: Any) -> tuple[Any, ...]:
    return ("tour", survey(world).moment, *more)


def asked_session(world: World) -> tuple[Any, ...]:
    survey(world)
    return SESSION


def survey_question(world: World) -> tuple[Any, ...]:
    question = survey(world).questions.filter(is_retired=False).first()
    return of_survey(world, question.pk if question else 0)


def survey_to_retire(world: World) -> tuple[Any, ...]:
    more = survey(world).questions.create(kind="text", order=9, label={"fr": "Et encore ?"})
    return of_survey(world, more.pk)


def survey_of_run(world: World) -> tuple[Any, ...]:
    """Return the survey of a run that asks guests."""
    cycle = a_run(world)
    surveys.open_survey(cycle, moment="employer", by=None, at=make.AT)
    return (cycle.slug, "employer")


def training_document(world: World, kind: Document.Kind) -> Document:
    """Return a document of training in force: a sheet of the half-day, or a paper of its trainee."""
    row = trainee(world)
    is_sheet = kind == Document.Kind.SHEET
    subject = {"session": row.session} if is_sheet else {"cycle_registration": row.cycle_registration}
    known = Document.objects.live().filter(kind=kind, **subject).first()
    if known is not None:
        return known
    record: dict[str, Any] = {"kind": str(kind), "of": row.pk}
    draft = issuing.Draft(
        kind=kind,
        issuer=issuers.of(world.cycle),
        cycle=world.cycle,
        record=record,
        ended_at=make.AT,
        people=[row.cycle_registration_id],
        is_demo=True,
        **subject,
    )
    return issuing.issue(draft, render=lambda _printed: b"%PDF-", issued_by=None, at=make.AT)


def scan(world: World) -> PaperScan:
    row = trainee(world)
    return PaperScan.objects.first() or PaperScan.objects.create(
        session=row.session,
        name="scan.pdf",
        kind="application/pdf",
        content=b"%PDF-",
        sha256="0" * 64,
        added_at=make.AT,
        by_name="Marc",
    )


class Kind(enum.Enum):
    PUBLIC = "public"
    LINK = "link"
    OWN = "own"
    OBJECT = "object"


Arguments = tuple[Any, ...] | Callable[[World], tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Door:
    """What an address asks for. `get` and `post` are the right needed; None where the method does not exist."""

    kind: Kind
    args: Arguments = ()
    get: Right | bool | None = None
    post: Right | bool | None = None
    # What an allowed GET answers (a page that needs more than a right may lead elsewhere).
    opens: int = 200


def public(*args: Any) -> Door:
    return Door(kind=Kind.PUBLIC, args=args)


def link(*args: Any) -> Door:
    return Door(kind=Kind.LINK, args=args)


def own(*args: Any, get: bool = True, post: bool = True, opens: int = 200) -> Door:
    return Door(kind=Kind.OWN, args=args, get=get or None, post=post or None, opens=opens)


def _of(args: tuple[Any, ...]) -> Arguments:
    """Take `look(RIGHT, lambda world: (…))` for objects that only the database can number."""
    return args[0] if args and callable(args[0]) else args


def look(right: Right, *args: Any, opens: int = 200) -> Door:
    return Door(kind=Kind.OBJECT, args=_of(args), get=right, opens=opens)


def act(right: Right, *args: Any) -> Door:
    return Door(kind=Kind.OBJECT, args=_of(args), post=right)


def form(right: Right, *args: Any, see: Right | None = None, opens: int = 200) -> Door:
    return Door(kind=Kind.OBJECT, args=_of(args), get=see or right, post=right, opens=opens)


PROGRAMME = ("quais",)
CYCLE = ("tour",)
SESSION = ("tour", "escale-02")
STEP = ("j-7",)
POST = ("news", "billet")
TOKEN = "no-such-token"

DOORS: dict[str, Door] = {
    "root": public(),
    # cycles: what everyone may read
    "cycles:home": public(),
    "cycles:catalogue-feed": public(),
    "robots": public(),
    "security": public(),
    "picture": public("0" * 64),
    "picture-small": public("0" * 64),
    "picture-tiny": public("0" * 64),
    "sitemap": public(),
    "sitemap-part": public("pages", "1"),
    "cycles:subscribe": public(),
    "cycles:agenda": public(),
    "cycles:agenda-month": public(1999, 1),
    "cycles:filter": public(),
    "cycles:filter-feed": public("topic.no-such-topic"),
    "cycles:filter-subscribe": public("topic.no-such-topic"),
    "cycles:changes": public(),
    "cycles:programme-feed": public("quais"),
    "cycles:programme-list": public(),
    "cycles:programme-detail": public("quais"),
    "cycles:programme-subscribe": public("quais"),
    "cycles:topic-feed": public("no-such-topic"),
    "cycles:topic-subscribe": public("no-such-topic"),
    "cycles:speaker-feed": public("no-such-speaker"),
    "cycles:speaker-subscribe": public("no-such-speaker"),
    "cycles:cycle-changes": public("tour"),
    "cycles:news-atom": public(),
    "cycles:cycle-feed": public("tour"),
    "cycles:cycle-detail": public("tour"),
    "cycles:cycle-subscribe": public("tour"),
    "cycles:session-calendar": public(*SESSION),
    "cycles:session-detail": public(*SESSION),
    "cycles:session-times": public(*SESSION),
    "cycles:module-list": public(),
    "cycles:module-detail": public("no-such-module"),
    "cycles:module-feed": public("no-such-module"),
    "cycles:module-subscribe": public("no-such-module"),
    "cycles:resource-list": public(),
    "cycles:resource-detail": public("no-such-resource"),
    "resource-file": public("no-such-resource"),
    "cycles:series-detail": public("no-such-series"),
    "cycles:event-detail": public("no-such-event"),
    "cycles:organisation-detail": public("no-such-organisation"),
    "cycles:upcoming": public(),
    "cycles:upcoming-chosen": public(),
    "cycles:search": public(),
    "cycles:cycle-card": public("tour"),
    "cycles:session-card": public(*SESSION),
    "cycles:cycle-track": public("tour", "no-such-track"),
    "cycles:news-list": public(),
    "cycles:news-detail": public("no-such-news"),
    "cycles:privacy": public(),
    "cycles:accessibility": public(),
    # registrations: no account, but a personal link
    # training: signing, and papers
    "training:sign": link(TOKEN),
    "training:sign-from-mine": link(TOKEN, 1),
    "training:room": public("tour", "no-such-half-day", "BCDFGH"),
    "training:teach-sheet": link(TOKEN),
    "training:teach-person": link(TOKEN, 1),
    "training:teach-absent": link(TOKEN),
    "training:teach-countersign": link(TOKEN),
    "training:teach-walk-in": link(TOKEN),
    "training:teach-room": link(TOKEN),
    "training:teach-tablet": link(TOKEN),
    "training:teach-blank": link(TOKEN),
    "training:teach-file": link(TOKEN),
    "training:teach-from-speaker": link(TOKEN, 1),
    "training:tablet": link(TOKEN, "Marc"),
    "training:tablet-sign": link(TOKEN, "Marc", 1),
    "training:mine": link(TOKEN),
    "training:attest-session": link(TOKEN, 1),
    "training:attest-cycle": link(TOKEN, 1),
    "training:my-document": link(TOKEN, "no-such-code"),
    "training:syllabus": public("no-such-module", 1),
    "surveys:answer": link(TOKEN),
    "surveys:answered": link(TOKEN),
    "surveys:mine": link(TOKEN),
    "training:verify": public(),
    "training:verify-document": public("no-such-code"),
    "registrations:register": public("tour"),
    "registrations:register-sent": public("tour"),
    "registrations:erased": public(),
    "registrations:find-link": public(),
    "registrations:link-sent": public(),
    "registrations:links-ended": public(),
    "registrations:send-link": link(TOKEN),
    "registrations:confirm": link(TOKEN),
    "registrations:offer": link(TOKEN),
    "registrations:offer-accept": link(TOKEN, 1),
    "registrations:offer-decline": link(TOKEN, 1),
    "registrations:offer-accept-cycle": link(TOKEN),
    "registrations:offer-decline-cycle": link(TOKEN),
    "speakers:page": link(TOKEN),
    "speakers:zone": link(TOKEN),
    **{
        f"speakers:{name}": link(TOKEN, 1)
        for name in ("yes", "no", "room", "card", "own-photo", "own-slides", "consents", "entry")
    },
    "speakers:withdraw": link(TOKEN, 1, "photo"),
    "speakers:calendar": link(TOKEN),
    "speakers:speaker": public("nobody"),
    "speakers:topic": public("nothing"),
    "speaker-photo": public("0" * 64),
    "speaker-slides": public("0" * 64),
    "registrations:join": link(TOKEN),
    "registrations:my-registrations": link(TOKEN),
    "registrations:my-prove": link(TOKEN),
    "registrations:my-links-end": link(TOKEN),
    "registrations:my-cancel": link(TOKEN, 1),
    "registrations:my-take": link(TOKEN, 1, 1),
    "registrations:my-cancel-all": link(TOKEN, 1),
    "registrations:my-restore": link(TOKEN, 1),
    "registrations:my-take-all": link(TOKEN, 1),
    "registrations:my-reminders-stop": link(TOKEN),
    "registrations:my-reminders-resume": link(TOKEN),
    "registrations:my-newsletter-join": link(TOKEN),
    "registrations:my-newsletter-leave": link(TOKEN),
    "registrations:my-person": link(TOKEN),
    "registrations:my-dates": link(TOKEN),
    "registrations:my-feed-reset": link(TOKEN),
    "registrations:my-feed-alarm": link(TOKEN),
    "registrations:my-address": link(TOKEN),
    "registrations:my-copy": link(TOKEN),
    "registrations:confirm-address": link(TOKEN),
    "registrations:my-export": link(TOKEN),
    "registrations:my-erase": link(TOKEN),
    "registrations:private-feed": link(TOKEN),
    # notifications: probes, the mailbox of a machine that sends nothing
    "notifications:livez": public(),
    "notifications:readyz": public(),
    "notifications:metrics": public(),
    "notifications:unsubscribe": link(TOKEN),
    "notifications:unsubscribe-before": link(TOKEN),
    "notifications:mailbox": public(),
    "notifications:mailbox-mail": public("no-such-mail"),
    "notifications:mailbox-html": public("no-such-mail"),
    # accounts: signing in
    "accounts:login": public(),
    "accounts:enter": link(TOKEN),
    "accounts:logout": public(),
    "account_login": public(),
    "account_request_login_code": public(),
    "account_confirm_login_code": public(),
    "account_logout": public(),
    "account_inactive": public(),
    "account_signup": public(),
    "mfa_authenticate": public(),
    "mfa_login_webauthn": public(),
    "openid_connect_login": public("no-such-provider"),
    "openid_connect_callback": public("no-such-provider"),
    "socialaccount_login_cancelled": public(),
    # accounts: one's own account
    "accounts:profile": own(),
    "accounts:signed-in": own(post=False),
    "account_reauthenticate": own(opens=403),
    "mfa_reauthenticate": own(opens=403),
    "mfa_reauthenticate_webauthn": own(opens=403),
    "mfa_index": own(post=False),
    "mfa_activate_totp": own(),
    "mfa_deactivate_totp": own(opens=404),
    "mfa_view_recovery_codes": own(post=False, opens=404),
    "mfa_generate_recovery_codes": own(),
    "mfa_download_recovery_codes": own(post=False, opens=404),
    "mfa_list_webauthn": own(post=False),
    "mfa_add_webauthn": own(),
    "mfa_remove_webauthn": own(1, opens=404),
    "mfa_edit_webauthn": own(1, opens=404),
    # the desk, programme by programme
    "desk:invitation": link(TOKEN),
    "desk:journal": look(Right.AUDIT, *PROGRAMME),
    "desk:journal-export": look(Right.AUDIT, *PROGRAMME),
    "desk:members": form(Right.MEMBERS, *PROGRAMME, see=Right.SEE),
    "desk:member-leave": act(Right.SEE, *PROGRAMME),
    "desk:member-role": act(Right.MEMBERS, lambda world: ("quais", world.membership.pk)),
    "desk:member-remove": act(Right.MEMBERS, lambda world: ("quais", world.membership.pk)),
    "desk:invitation-again": act(Right.MEMBERS, lambda world: ("quais", world.invitation.pk)),
    "desk:invitation-withdraw": act(Right.MEMBERS, lambda world: ("quais", world.invitation.pk)),
    # the desk, cycle by cycle
    "desk:home": own(post=False),
    "desk:programme": look(Right.SEE, *PROGRAMME),
    "desk:programme-delete": form(Right.MOVE, *PROGRAMME),
    "desk:cycles": own(post=False),
    "desk:modules": own(post=False),
    "desk:contents": own(post=False),
    "desk:people": own(post=False),
    "desk:mailings": own(post=False),
    "desk:teams": own(post=False),
    "desk:search": own(post=False),
    "desk:status": own(post=False, opens=403),
    "desk:test-mail": own(get=False, opens=405),
    "desk:cycle-detail": look(Right.SEE, *CYCLE),
    "desk:cycle-import": form(Right.PLAN, *CYCLE),
    "desk:cycle-import-save": act(Right.PLAN, *CYCLE),
    "desk:calendars": look(Right.SEE, *CYCLE),
    "desk:cycle-plan": form(Right.PLAN, *CYCLE),
    "desk:cycle-plan-create": act(Right.PLAN, *CYCLE),
    "desk:module-runs": look(Right.PLAN, lambda world: (named_module(world).slug,)),
    "desk:syllabus": form(Right.PLAN, lambda world: (named_module(world).slug,)),
    "desk:syllabus-publish": act(Right.PLAN, lambda world: (named_module(world).slug,)),
    "desk:syllabus-draft": look(Right.PLAN, lambda world: (named_module(world).slug,), opens=404),
    "desk:syllabus-version": look(
        Right.PLAN, lambda world: (named_module(world).slug, published_sheet(world).version)
    ),
    "desk:syllabus-codes": form(
        Right.PLAN, lambda world: (named_module(world).slug, published_sheet(world).version)
    ),
    "desk:syllabus-give": act(Right.PLAN, lambda world: (a_run(world).slug,)),
    "desk:run-new": form(Right.PLAN, lambda world: (named_module(world).slug,)),
    "desk:run-elsewhere": form(Right.PLAN, lambda world: (named_module(world).slug,)),
    "desk:workshop-open": form(Right.PLAN, lambda world: (named_module(world).workshops.get().slug,)),
    "desk:run-half-days": form(Right.PLAN, lambda world: (a_run(world).slug,)),
    "desk:run-facts": form(Right.PLAN, lambda world: (a_run(world).slug,)),
    "desk:run-repeat": form(Right.PLAN, lambda world: (a_run(world).slug,)),
    "desk:cycle-next-season": act(Right.PLAN, *CYCLE),
    "desk:cycle-confirm": look(Right.PLAN, *CYCLE),
    "desk:cycle-confirm-save": act(Right.PLAN, *CYCLE),
    "desk:cycle-invite-back": act(Right.PLAN, *CYCLE),
    "desk:cycle-move": form(Right.PLAN, *CYCLE),
    "desk:cycle-move-save": act(Right.PLAN, *CYCLE),
    "desk:cycle-cancel": form(Right.PLAN, *CYCLE),
    "desk:cycle-undo": act(Right.PLAN, *CYCLE),
    "desk:cycle-delete": form(Right.PLAN, *CYCLE),
    "desk:cycle-publish": act(Right.PLAN, *CYCLE),
    "desk:cycle-delete-all": form(Right.PLAN, *CYCLE),
    "desk:cycle-withdraw": act(Right.PLAN, *CYCLE),
    "desk:cycle-archive": act(Right.PLAN, *CYCLE),
    "desk:cycle-unarchive": act(Right.PLAN, *CYCLE),
    # the desk, session by session
    "desk:session-edit": form(Right.PLAN, *SESSION, see=Right.SEE),
    "desk:session-edit-arrange": act(Right.PLAN, *SESSION),
    "desk:session-edit-effect": act(Right.PLAN, *SESSION),
    "desk:session-edit-preview": act(Right.PLAN, *SESSION, "fr"),
    "desk:session-move": form(Right.PLAN, *SESSION),
    "desk:session-move-save": act(Right.PLAN, *SESSION),
    "desk:session-cancel": form(Right.PLAN, *SESSION),
    "desk:session-restore": form(Right.PLAN, *SESSION),
    "desk:session-confirm": act(Right.PLAN, *SESSION),
    "desk:session-after": form(Right.PLAN, *SESSION),
    "desk:session-after-arrange": act(Right.PLAN, *SESSION),
    "desk:session-after-preview": act(Right.PLAN, *SESSION, "fr"),
    "desk:session-after-publish": act(Right.PLAN, *SESSION),
    "desk:session-postpone": form(Right.PLAN, *SESSION),
    "desk:session-undo": act(Right.PLAN, *SESSION),
    "desk:session-publish": act(Right.PLAN, *SESSION),
    # the desk, who speaks
    "desk:cycle-speakers": look(Right.PLAN, *CYCLE),
    "desk:session-speakers": look(Right.PLAN, *SESSION),
    "desk:speaker-name": act(Right.PLAN, *SESSION),
    "desk:speaker-briefing": act(Right.PLAN, *SESSION),
    **{
        f"desk:speaker-{name}": act(Right.PLAN, lambda world: (*SESSION, named_speaker(world).pk))
        for name in ("invite", "uninvite", "yes", "no", "accept")
    },
    "desk:speaker-card": form(Right.PLAN, lambda world: (*SESSION, named_speaker(world).pk)),
    "desk:speaker-consents": form(Right.PLAN, lambda world: (*SESSION, named_speaker(world).pk)),
    **{
        f"desk:speaker-{name}": look(Right.PLAN, lambda world: (*SESSION, named_speaker(world).pk), opens=404)
        for name in ("photo", "slides")
    },
    # the desk, what is written: lists and new things are for whoever plans something, here or elsewhere
    "desk:programme-import": own(opens=403),
    "desk:programme-import-save": own(opens=302),
    "desk:words": own(get=False, opens=405),
    "desk:content-list": own("news", post=False, opens=403),
    "desk:content-new": own("news", opens=403),
    "desk:content-new-arrange": own("news", opens=302),
    "desk:content-new-preview": own("news", "fr", opens=302),
    "desk:content-edit": form(Right.PLAN, *POST),
    "desk:content-edit-arrange": act(Right.PLAN, *POST),
    "desk:content-edit-preview": act(Right.PLAN, *POST, "fr"),
    "desk:content-picture": form(Right.PLAN, *POST),
    "desk:content-picture-remove": act(Right.PLAN, *POST),
    "desk:content-file": form(Right.PLAN, lambda world: (named_resource(world).slug,)),
    "desk:content-file-remove": act(Right.PLAN, lambda world: (named_resource(world).slug,)),
    # Nothing was uploaded; tests/desk/content/test_documents.py downloads.
    "desk:content-file-download": look(Right.PLAN, lambda world: (named_resource(world).slug,), opens=404),
    "desk:session-documents": form(Right.PLAN, *SESSION),
    "desk:session-picture": form(Right.PLAN, *SESSION),
    "desk:session-picture-remove": act(Right.PLAN, *SESSION),
    "desk:content-publish": act(Right.PLAN, *POST),
    "desk:content-withdraw": act(Right.PLAN, *POST),
    "desk:content-delete": form(Right.PLAN, lambda world: ("modules", named_module(world).slug)),
    # the desk, people and their mails
    "desk:registrants": look(Right.PEOPLE, *CYCLE),
    "desk:registrants-export": look(Right.PEOPLE, *CYCLE),
    "desk:registrants-sheet": look(Right.PEOPLE, *CYCLE),
    "desk:registrants-import": form(Right.PLAN, *CYCLE),
    "desk:registrants-import-save": act(Right.PLAN, *CYCLE),
    "desk:newsletter": look(Right.PEOPLE, "quais"),
    "desk:newsletter-export": look(Right.PEOPLE, "quais"),
    "desk:newsletter-sheet": look(Right.PEOPLE, "quais"),
    "desk:registrants-decide": form(Right.PLAN, *CYCLE),
    "desk:group-messages": look(Right.PLAN, *CYCLE),
    "desk:group-message-new": form(Right.PLAN, *CYCLE),
    "desk:group-message": look(Right.PLAN, lambda world: ("tour", group_draft(world).pk)),
    "desk:group-message-edit": form(Right.PLAN, lambda world: ("tour", group_draft(world).pk)),
    "desk:group-message-html": look(Right.PLAN, lambda world: ("tour", group_draft(world).pk)),
    "desk:group-message-test": act(Right.PLAN, lambda world: ("tour", group_draft(world).pk)),
    "desk:group-message-send": act(Right.PLAN, lambda world: ("tour", group_draft(world).pk)),
    "desk:group-message-stop": act(Right.PLAN, lambda world: ("tour", group_draft(world).pk)),
    "desk:group-message-discard": act(Right.PLAN, lambda world: ("tour", group_draft(world).pk)),
    "desk:registrant-add": form(Right.PLAN, *CYCLE),
    "desk:registrant": form(
        Right.PLAN, lambda world: ("tour", registered(world).cycle_registration_id), see=Right.PEOPLE
    ),
    "desk:registrant-correct": form(
        Right.PLAN, lambda world: ("tour", registered(world).cycle_registration_id)
    ),
    "desk:registrant-cancel": act(
        Right.PLAN, lambda world: ("tour", registered(world).cycle_registration_id)
    ),
    "desk:registrant-restore": act(
        Right.PLAN, lambda world: ("tour", registered(world).cycle_registration_id)
    ),
    "desk:registrant-stop-cancel": form(
        Right.PLAN,
        lambda world: ("tour", registered(world).cycle_registration_id, registered(world).session_id),
    ),
    "desk:registrant-give": form(Right.PLAN, lambda world: ("tour", waiting_for_the_cycle(world).pk)),
    "desk:registrant-stop-give": form(
        Right.PLAN,
        lambda world: ("tour", waiting(world).cycle_registration_id, waiting(world).session_id),
    ),
    "desk:registrant-note": act(Right.PLAN, lambda world: ("tour", registered(world).cycle_registration_id)),
    "desk:registrant-note-delete": act(
        Right.PLAN,
        lambda world: ("tour", registered(world).cycle_registration_id, noted(world).pk),
    ),
    "desk:registrant-stop-take": act(
        Right.PLAN,
        lambda world: ("tour", registered(world).cycle_registration_id, registered(world).session_id),
    ),
    "desk:cycle-report": look(Right.SEE, *CYCLE),
    "desk:cycle-report-csv": look(Right.SEE, *CYCLE),
    "desk:cycle-report-xlsx": look(Right.SEE, *CYCLE),
    "desk:cycle-report-pdf": look(Right.SEE, *CYCLE),
    "desk:session-report": look(Right.SEE, *SESSION),
    "desk:programme-report": look(Right.SEE, *PROGRAMME),
    "desk:programme-report-csv": look(Right.SEE, *PROGRAMME),
    "desk:programme-report-xlsx": look(Right.SEE, *PROGRAMME),
    "desk:programme-report-pdf": look(Right.SEE, *PROGRAMME),
    "desk:surveys": look(Right.SEE, *CYCLE),
    "desk:survey-results": look(Right.SEE, of_survey),
    "desk:survey-csv": look(Right.ANSWERS, of_survey),
    "desk:survey-xlsx": look(Right.ANSWERS, of_survey),
    "desk:survey-open": act(Right.PLAN, of_survey),
    "desk:survey-close": act(Right.PLAN, of_survey),
    "desk:survey-guests": act(Right.PLAN, survey_of_run),
    "desk:survey-question-new": form(Right.PLAN, of_survey),
    "desk:survey-question": form(Right.PLAN, survey_question),
    "desk:survey-question-retire": act(Right.PLAN, survey_to_retire),
    "desk:session-survey": look(Right.SEE, asked_session),
    "desk:training-sheet": look(Right.TEACH, half_day),
    "desk:training-person": form(Right.TEACH, lambda world: half_day(world, trainee(world).pk)),
    "desk:training-absent": act(Right.TEACH, half_day),
    "desk:training-countersign": form(Right.TEACH, half_day),
    "desk:training-ask": act(Right.PLAN, half_day),
    "desk:training-undo": form(Right.PLAN, half_day),
    "desk:training-walk-in": form(Right.TEACH, half_day),
    "desk:training-room": look(Right.TEACH, half_day),
    "desk:training-tablet": look(Right.TEACH, half_day),
    "desk:training-trainers": look(Right.TEACH, half_day),
    "desk:training-paper": form(Right.TEACH, half_day),
    "desk:training-scan": look(Right.TEACH, lambda world: half_day(world, scan(world).pk)),
    "desk:training-blank": look(Right.TEACH, half_day),
    "desk:training-sheet-file": look(
        Right.TEACH, lambda world: half_day(world, training_document(world, Document.Kind.SHEET).pk)
    ),
    "desk:training-run": look(Right.TEACH, lambda world: half_day(world)[:1]),
    "desk:training-archive": look(Right.PLAN, lambda world: half_day(world)[:1]),
    "desk:training-settings": form(Right.PLAN, lambda world: half_day(world)[:1]),
    "desk:training-issue-all": act(Right.PLAN, lambda world: half_day(world)[:1]),
    "desk:training-trainee": form(
        Right.PLAN, lambda world: ("tour", trainee(world).cycle_registration_id), see=Right.PEOPLE
    ),
    "desk:training-issue": act(
        Right.PLAN, lambda world: ("tour", trainee(world).cycle_registration_id, "certificate")
    ),
    "desk:training-withdraw": form(
        Right.PLAN, lambda world: ("tour", training_document(world, Document.Kind.CERTIFICATE).pk)
    ),
    "desk:training-paper-file": look(
        Right.PEOPLE, lambda world: ("tour", training_document(world, Document.Kind.CERTIFICATE).pk)
    ),
    "desk:yearly-latest": look(Right.PLAN, *PROGRAMME, opens=302),
    "desk:yearly": look(Right.PLAN, *PROGRAMME, 2026),
    "desk:yearly-file": look(Right.PLAN, *PROGRAMME, 2026),
    "desk:yearly-trainers": act(Right.PLAN, *PROGRAMME, 2026),
    "desk:training-provider": form(Right.PLAN, *PROGRAMME),
    "desk:registration": form(Right.PLAN, *CYCLE),
    "desk:registration-codes": act(Right.PLAN, *CYCLE),
    "desk:registration-crowd": act(Right.PLAN, *CYCLE),
    "desk:registration-crowd-end": act(Right.PLAN, *CYCLE),
    "desk:question-new": form(Right.PLAN, *CYCLE),
    "desk:question-edit": form(Right.PLAN, lambda world: ("tour", asked(world).pk)),
    "desk:question-retire": act(Right.PLAN, lambda world: ("tour", asked(world).pk)),
    "desk:data-requests": own(opens=403),
    "desk:data-contact-forget": own(opens=302),
    "desk:data-person": look(Right.PRIVACY, lambda world: (registered(world).participant_id,)),
    "desk:data-json": look(Right.PRIVACY, lambda world: (registered(world).participant_id,)),
    "desk:data-html": look(Right.PRIVACY, lambda world: (registered(world).participant_id,)),
    "desk:data-erase": form(Right.PRIVACY, lambda world: (registered(world).participant_id,)),
    "desk:session-host": form(Right.TEACH, *SESSION),
    "desk:attendance": form(Right.TEACH, *SESSION),
    "desk:attendance-import": form(Right.TEACH, *SESSION),
    "desk:attendance-report": form(Right.TEACH, lambda world: (*SESSION, unread_report(world).pk)),
    "desk:attendance-report-save": act(Right.TEACH, lambda world: (*SESSION, unread_report(world).pk)),
    "desk:attendance-report-discard": act(Right.TEACH, lambda world: (*SESSION, unread_report(world).pk)),
    "desk:attendance-absent": act(Right.TEACH, *SESSION),
    "desk:attendance-list": look(Right.TEACH, *SESSION),
    "desk:attendance-export": look(Right.TEACH, *SESSION),
    "desk:attendance-sheet": look(Right.TEACH, *SESSION),
    "desk:deliveries": look(Right.PEOPLE, *CYCLE),
    "desk:delivery-text": look(Right.PEOPLE, lambda world: ("tour", left_mail(world).pk)),
    "desk:deliveries-withdraw": act(Right.PLAN, *CYCLE),
    "desk:my-mails": own(),
    "desk:mail-ahead": own(post=False),
    "desk:mail-rehearsal": look(Right.PLAN, *CYCLE),
    "desk:mail-pause": own(opens=403),
    "desk:mail-resume": own(get=False, opens=405),
    "desk:messages": look(Right.PLAN, *CYCLE),
    "desk:message-edit": form(Right.PLAN, *CYCLE, "reminder"),
    "desk:message-preview": look(Right.PLAN, *CYCLE, "reminder"),
    "desk:message-html": look(Right.PLAN, *CYCLE, "reminder"),
    "desk:message-words": act(Right.PLAN, *CYCLE, "reminder"),
    "desk:message-test": act(Right.PLAN, *CYCLE, "reminder"),
    "desk:deliveries-person": look(Right.PEOPLE, lambda world: ("tour", registered(world).participant_id)),
    "desk:delivery-retry": act(Right.PLAN, lambda world: ("tour", waiting_mail(world).pk)),
    "desk:delivery-withdraw": act(Right.PLAN, lambda world: ("tour", waiting_mail(world).pk)),
    "desk:mailing-go-on": act(Right.PLAN, lambda world: ("tour", refused_mailing(world).pk)),
    "desk:mailing-lift": act(Right.PLAN, lambda world: ("tour", refused_mailing(world).pk)),
    "desk:stopped": look(Right.PEOPLE, *CYCLE),
    "desk:address-stop": act(Right.PLAN, lambda world: ("tour", registered(world).participant_id)),
    "desk:address-allow": act(Right.PLAN, lambda world: ("tour", registered(world).participant_id)),
    "desk:reminders": form(Right.PLAN, *CYCLE, see=Right.SEE),
    "desk:reminders-save": act(Right.PLAN, *CYCLE),
    "desk:reminder-change-save": act(Right.PLAN, *CYCLE, *STEP),
    "desk:reminder-remove-save": act(Right.PLAN, *CYCLE, *STEP),
    "desk:reminder-change": form(Right.PLAN, *CYCLE, *STEP),
    "desk:reminder-remove": act(Right.PLAN, *CYCLE, *STEP),
    "desk:reminder-skip": act(Right.PLAN, *SESSION, *STEP),
    "desk:reminder-follow": act(Right.PLAN, *SESSION, *STEP),
    "desk:reminder-send": form(Right.PLAN, *SESSION, *STEP),
    "desk:mailing-stop": act(Right.PLAN, *SESSION, 1),
}


def address(name: str, world: World) -> str:
    args = DOORS[name].args
    return reverse(name, args=args(world) if callable(args) else args)
