"""Who may do what. The only place that turns a role into a permission.

Whoever teaches without planning sees the training runs at which they train, and no other.

A view asks for its object through `programme_for`, `cycle_for` or `session_for` and never fetches by hand:
what someone may not see does not exist for them (404); what they may see but not do is refused (403).
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, Model, Q
from django.http import Http404

from .models import (
    Cycle,
    Event,
    ExternalDatabase,
    Membership,
    Module,
    News,
    Organisation,
    Person,
    Programme,
    Resource,
    ResourceSeries,
    Session,
    SpeakerSlot,
    Territory,
    Topic,
    Workshop,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User


class Right(enum.Enum):
    """What a page or a button needs. Each permission has its name here and nowhere else."""

    SEE = "see"  # the plan, the texts, the figures
    PEOPLE = "people"  # who registered: names, addresses, exports, mails
    TEACH = "teach"  # who came: attendance, sign-in sheets
    ANSWERS = "answers"  # what people answered to a survey: their texts, and who needs what
    PLAN = "plan"  # change dates, texts, reminders; write to people
    PRIVACY = "privacy"  # find a person everywhere, hand over or erase what is held
    AUDIT = "audit"  # who did what
    MEMBERS = "members"  # invite, give and take roles
    MOVE = "move"  # take something out of the programme, or in from another one; delete a draft of it whole


# Who may what: the only place where a role becomes a permission.
RIGHTS: dict[str, frozenset[Right]] = {
    Membership.Role.OWNER: frozenset(Right),
    Membership.Role.ORGANISER: frozenset({Right.SEE, Right.PEOPLE, Right.TEACH, Right.ANSWERS, Right.PLAN}),
    Membership.Role.TRAINER: frozenset({Right.SEE, Right.PEOPLE, Right.TEACH, Right.ANSWERS}),
    Membership.Role.READER: frozenset({Right.SEE}),
    Membership.Role.PRIVACY: frozenset({Right.SEE, Right.PEOPLE, Right.PRIVACY, Right.AUDIT}),
}


class Refused(PermissionDenied):
    """What someone sees but may not do; the page that says so notes it in the journal."""

    def __init__(self, *, programme: Programme | None, right: Right) -> None:
        super().__init__(f"the right to {right.value} is missing")
        self.programme = programme
        self.right = right


def roles_with(right: Right) -> list[str]:
    """Return the roles that hold a right."""
    return [role for role, rights in RIGHTS.items() if right in rights]


# Of training runs, who holds one of these roles has only those at which they train: an agenda names their address.
OWN_RUNS_ONLY = [role for role, held in RIGHTS.items() if Right.TEACH in held and Right.PLAN not in held]


def rights(user: User | AnonymousUser, programme: Programme | None) -> frozenset[Right]:
    """Return everything that someone may do in a programme; None is what belongs to no programme.

    Site administrators may do everything; what belongs to no programme is theirs alone.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Right)
    if programme is None:
        return frozenset()
    role = Membership.objects.filter(user=user, programme=programme).values_list("role", flat=True).first()
    return RIGHTS.get(role or "", frozenset())


def account(user: User | AnonymousUser) -> User | None:
    """Return who is signed in, for the `by` of a verb."""
    return user if user.is_authenticated else None


def programmes(user: User | AnonymousUser, *, right: Right = Right.SEE) -> QuerySet[Programme]:
    """Return the programmes in which someone has a right."""
    if not user.is_authenticated or not user.is_active:
        return Programme.objects.none()
    if user.is_superuser:
        return Programme.objects.all()
    return Programme.objects.filter(memberships__user=user, memberships__role__in=roles_with(right))


def cycles(user: User | AnonymousUser, *, right: Right = Right.SEE) -> QuerySet[Cycle]:
    """Return the cycles in which someone has a right."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return Cycle.objects.all()
    theirs = Cycle.objects.filter(programme__in=programmes(user, right=right))
    if not user.is_authenticated:
        return theirs
    narrow = Programme.objects.filter(memberships__user=user, memberships__role__in=OWN_RUNS_ONLY)
    return theirs.filter(
        ~Q(kind=Cycle.Kind.RUN)
        | ~Q(programme__in=narrow)
        | Q(pk__in=_taught(user).values("segment__session__cycle"))
    )


def _taught(user: User) -> QuerySet[SpeakerSlot]:
    """Return the parts of agendas that an account is asked for, by its address: nobody who said no."""
    return SpeakerSlot.objects.filter(contact_email=user.email, state__in=SpeakerSlot.SPEAKING)


def _allow(
    user: User | AnonymousUser, programme: Programme | None, right: Right, *, cycle: Cycle | None = None
) -> frozenset[Right]:
    held = rights(user, programme)
    if Right.SEE not in held:
        raise Http404
    if (
        cycle is not None
        and cycle.is_run
        and user.is_authenticated
        and Right.TEACH in held
        and Right.PLAN not in held
        and not _taught(user).filter(segment__session__cycle=cycle).exists()
    ):
        raise Http404
    if right not in held:
        raise Refused(programme=programme, right=right)
    return held


def programme_for(
    user: User | AnonymousUser, slug: str, *, right: Right = Right.SEE
) -> tuple[Programme, frozenset[Right]]:
    """Return a programme with all that the person may do in it. Raises Http404 or PermissionDenied."""
    programme = Programme.objects.filter(slug=slug).first()
    if programme is None:
        raise Http404
    return programme, _allow(user, programme, right)


def cycle_for(
    user: User | AnonymousUser, slug: str, *, right: Right = Right.SEE
) -> tuple[Cycle, frozenset[Right]]:
    """Return a cycle with all that the person may do in it. Raises Http404 or PermissionDenied."""
    cycle = Cycle.objects.select_related("programme", "module").filter(slug=slug).first()
    if cycle is None:
        raise Http404
    return cycle, _allow(user, cycle.programme, right, cycle=cycle)


def session_for(
    user: User | AnonymousUser, cycle: str, slug: str, *, right: Right = Right.SEE
) -> tuple[Session, frozenset[Right]]:
    """Return a session with all that the person may do with it. Raises Http404 or PermissionDenied."""
    session = Session.objects.select_related("cycle__programme").filter(cycle__slug=cycle, slug=slug).first()
    if session is None:
        raise Http404
    return session, _allow(user, session.cycle.programme, right, cycle=session.cycle)


# What every programme of the site names alike: one address book and one vocabulary, kept by whoever plans.
SHARED: tuple[type[Model], ...] = (Organisation, Person, Topic, Territory)
# What the site shows as its own, whatever programme it helps: kept by whoever plans all of them.
SITE_WIDE: tuple[type[Model], ...] = (ResourceSeries, ExternalDatabase)


def rights_anywhere(user: User | AnonymousUser) -> frozenset[Right]:
    """Return what someone may do in at least one programme; one query."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Right)
    roles = Membership.objects.filter(user=user).values_list("role", flat=True).distinct()
    return frozenset().union(*(RIGHTS.get(role, frozenset()) for role in roles))


def may_plan_anything(user: User | AnonymousUser) -> bool:
    """Tell whether someone plans at least one programme: they may write in the address book, and begin a programme."""
    return Right.PLAN in rights_anywhere(user)


def may_plan_everything(user: User | AnonymousUser) -> bool:
    """Tell whether someone plans every programme there is, as site administrators do; one query."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    theirs = Q(memberships__user=user, memberships__role__in=roles_with(Right.PLAN))
    counted = Programme.objects.aggregate(
        there=Count("pk", distinct=True), planned=Count("pk", filter=theirs, distinct=True)
    )
    return bool(counted["planned"]) and counted["planned"] == counted["there"]


def may_write(user: User | AnonymousUser, model: type[Model]) -> bool:
    """Tell whether someone may write something new of a kind: what the site shows as its own, or what is theirs."""
    return may_plan_everything(user) if issubclass(model, SITE_WIDE) else may_plan_anything(user)


def programme_of(row: Any) -> Programme | None:
    """Return the programme that decides who may write a thing; None for what belongs to none, or to all."""
    if isinstance(row, Programme):
        return row
    if isinstance(row, Session):
        return row.cycle.programme
    if isinstance(row, Workshop):
        return row.module.programme if row.module else None
    programme: Programme | None = getattr(row, "programme", None)
    if programme is None and isinstance(row, Resource) and row.session is not None:
        return row.session.cycle.programme
    return programme


PARENTS: dict[type[Model], tuple[str, ...]] = {
    Workshop: ("module__programme",),
    Resource: ("programme", "session__cycle__programme"),
    Module: ("programme",),
    News: ("programme",),
    Event: ("programme",),
    Cycle: ("programme",),
}


def content_for(
    user: User | AnonymousUser, model: type[Model], slug: str, *, right: Right = Right.PLAN
) -> tuple[Any, frozenset[Right]]:
    """Return a programme, module, post, organisation… with all that the person may do with it.

    What belongs to no programme is the site administrators'; what is SHARED is everyone's who plans, what is SITE_WIDE
    theirs who plan all. Raises Http404 or PermissionDenied.
    """
    rows = model._default_manager.select_related(*PARENTS.get(model, ()))
    row = rows.filter(slug=slug).first()
    if row is None or not user.is_authenticated:
        raise Http404
    if isinstance(row, (*SHARED, *SITE_WIDE)):
        if may_write(user, model):
            return row, frozenset({Right.SEE, Right.PLAN})
        if not user.is_active or not Membership.objects.filter(user=user).exists():
            raise Http404
        raise Refused(programme=None, right=Right.PLAN)
    return row, _allow(user, programme_of(row), right, cycle=row if isinstance(row, Cycle) else None)


def content(user: User | AnonymousUser, model: type[Model], *, right: Right = Right.PLAN) -> QuerySet[Any]:
    """Return the rows of a kind that someone may write (or has another right on)."""
    rows = model._default_manager.all()
    if user.is_authenticated and user.is_active and user.is_superuser:
        return rows
    if issubclass(model, (*SHARED, *SITE_WIDE)):
        return _shared(user, rows)
    theirs = programmes(user, right=right)
    if model is Programme:
        return rows.filter(pk__in=theirs)
    if model is Workshop:
        return rows.filter(module__programme__in=theirs)
    if model is Resource:
        return rows.filter(Q(programme__in=theirs) | Q(programme=None, session__cycle__programme__in=theirs))
    return rows.filter(programme__in=theirs)


def _shared(user: User | AnonymousUser, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows of a shared kind that someone may write, in one query: a search goes through every kind."""
    planned = programmes(user, right=Right.PLAN)
    rows = rows.filter(Exists(planned))
    if not issubclass(rows.model, SITE_WIDE):
        return rows
    return rows.filter(~Exists(Programme.objects.exclude(pk__in=planned.values("pk"))))
