"""A list of people brought into a cycle: what each line would do, told before anything is written.

What becomes of each line is not worked out here: the list is brought in, read off and rolled back. Nothing is kept
between the two looks: the list travels in the page, where it can be corrected.
"""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import addresses
from accounts.addresses.form_fields import AddressField
from accounts.dry_run import dry_run
from registrations import booking
from registrations.booking import questions
from registrations.models import CycleRegistration, Registration, State
from registrations.pages.form.forms import NameFields
from registrations.people import without_address
from registrations.tables.headings import plain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping

    from accounts.models import User
    from cycles.models import Cycle
    from registrations.models import Question
    from registrations.tables import rosters

# Shown of each sort; the others are counted.
LISTED = 100
PIECE = 500
# How the key of somebody without an address begins.
NAMELESS = "none:"
# People of one transaction: nobody who registers meanwhile waits for more than these.
TOGETHER = 100


class LineForm(NameFields):
    """One line, by the same rules as the public form; some people have one name."""

    email = AddressField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_name"].required = self.fields["family_name"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        names = {"given_name", "family_name"}
        if not names & set(self.errors) and not any(data.get(name) for name in names):
            self.add_error("given_name", _("Give a name."))
        return data


class Act(enum.StrEnum):
    """What becomes of a line."""

    NEW = "new"
    KNOWN = "known"
    LEFT = "left"
    TWICE = "twice"
    ASK = "ask"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line, and what becomes of it; `why` says it of one that is passed over.

    `state` is where the person stands in the cycle afterwards, `waits` at how many of its sessions they wait.
    `is_taken` is a question that was answered with yes.
    """

    line: rosters.Line
    act: Act
    why: str = ""
    applicant: booking.Applicant | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    is_taken: bool = False
    state: str = ""
    waits: int = 0

    @property
    def key(self) -> str:
        """What tells this line from the others, wherever it stands."""
        line = self.line
        outcome = f"{line.email}\n{line.given_name}\n{line.family_name}\n{line.organisation_name}"
        return hashlib.sha256(outcome.encode(errors="replace")).hexdigest()[:16]

    @property
    def lacks_address(self) -> bool:
        return self.applicant is not None and not self.applicant.email

    @property
    def words(self) -> str:
        """What happens to the person of this line."""
        if self.why:
            return self.why
        if self.state == State.WAITLISTED:
            return _("goes on the waiting list of the cycle")
        if self.state == State.IN_REVIEW:
            return _("awaits a decision")
        if self.waits:
            words = ngettext(
                "is registered, and waits for a place at %(count)d session",
                "is registered, and waits for a place at %(count)d sessions",
                self.waits,
            )
            return str(words % {"count": self.waits})
        return _("is registered")

    @property
    def email(self) -> str:
        """The address as it is read; as the list has it where it is none."""
        try:
            return addresses.shown(addresses.read(self.line.email))
        except addresses.AddressError:
            return self.line.email

    @property
    def meant(self) -> str:
        """An address near this one that was probably meant; empty when it looks right."""
        if self.applicant is None or not self.applicant.email:
            return ""
        return addresses.shown(addresses.suggestion(self.applicant.email) or "")


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What bringing the list in would do."""

    steps: tuple[Step, ...]
    unread: tuple[str, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(step.act.value for step in self.steps)

    @property
    def states(self) -> Counter[str]:
        """Where those who are registered stand afterwards."""
        return Counter(step.state for step in self.steps if step.act == Act.NEW)

    @property
    def waiting_somewhere(self) -> int:
        return sum(1 for step in self.steps if step.act == Act.NEW and step.waits)

    @property
    def unreachable(self) -> int:
        """How many are registered to whom nothing can be sent."""
        return sum(1 for step in self.new if step.lacks_address)

    @property
    def new(self) -> list[Step]:
        return [step for step in self.steps if step.act == Act.NEW]

    @property
    def wrong(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.act == Act.WRONG)

    @property
    def questions(self) -> tuple[Step, ...]:
        """The lines of which the organiser is asked, those that were answered included."""
        return tuple(step for step in self.steps if step.act == Act.ASK or step.is_taken)

    @property
    def listed(self) -> tuple[Step, ...]:
        """The lines that are shown: those to correct are shown above them, all."""
        return tuple(step for step in self.steps if step.act != Act.WRONG)[:LISTED]

    @property
    def unlisted(self) -> int:
        return max(len(self.steps) - len(self.wrong) - LISTED, 0)


def asked_by_heading(asked: Iterable[Question], languages: Iterable[str]) -> dict[str, str]:
    """Return {plain label: id} of a cycle's questions, in each language."""
    result: dict[str, str] = {}
    for question in asked:
        for language in languages:
            if label := plain(str(question.label.localize(language))):
                result.setdefault(label, str(question.pk))
    return result


def look(
    cycle: Cycle,
    roster: rosters.Roster,
    *,
    language: str,
    taken: Collection[str] = (),
    is_tried: bool = True,
    by: User | None,
    at: dt.datetime,
) -> Preview:
    """Return what becomes of each line of a list; everything that it writes is rolled back.

    `taken` are the keys of lines of which the organiser said that they are registered all the same. Without being
    tried, which takes as long as saving it, a list says who is registered but not where they stand then.
    """
    forms = [_form(line) for line in roster.lines]
    keys = [booking.Applicant(**form.cleaned_data).key if form.is_valid() else "" for form in forms]
    known = _states(cycle, sorted({key for key in keys if key}))
    asked = {str(question.pk): question for question in cycle.questions.all()} if _has_answers(roster) else {}
    names_of = _names_by_address(roster.lines, keys)
    seen: set[str] = set()
    steps = []
    for line, form, key in zip(roster.lines, forms, keys, strict=True):
        step = _step(line, form, asked, language=language, state=known.get(key))
        if step.act == Act.NEW:
            step = _questioned(step, is_again=key in seen, several=len(names_of[key]) > 1, taken=taken)
        if step.act == Act.NEW:
            seen.add(key)
        steps.append(step)
    return Preview(
        steps=_tried(cycle, steps, by=by, at=at) if is_tried else tuple(steps), unread=roster.unread
    )


def _has_answers(roster: rosters.Roster) -> bool:
    return any(line.answers for line in roster.lines)


def _form(line: rosters.Line) -> LineForm:
    form = LineForm(
        {
            "email": line.email,
            "given_name": line.given_name,
            "family_name": line.family_name,
            "organisation_name": line.organisation_name,
        }
    )
    form.full_clean()
    return form


def _names_by_address(lines: Iterable[rosters.Line], keys: Iterable[str]) -> dict[str, set[str]]:
    result: dict[str, set[str]] = {}
    for line, key in zip(lines, keys, strict=True):
        name = " ".join(sorted(plain(f"{line.given_name} {line.family_name}").split()))
        if not line.is_gone:
            result.setdefault(key, set()).add(name)
        else:
            result.setdefault(key, set())
    return result


def _states(cycle: Cycle, keys: list[str]) -> dict[str, str]:
    """Return {key of an applicant: state} of those who are in the cycle already."""
    result: dict[str, str] = {}
    if any(key.startswith(NAMELESS) for key in keys):
        named = without_address.in_cycle(cycle)
        result |= {f"{NAMELESS}{name}": row.state for name, row in named.items()}
    for start in range(0, len(keys), PIECE):
        rows = CycleRegistration.objects.filter(
            cycle=cycle, participant__email_key__in=keys[start : start + PIECE]
        )
        result.update(rows.values_list("participant__email_key", "state"))
    return result


def _step(
    line: rosters.Line, form: LineForm, asked: Mapping[str, Question], *, language: str, state: str | None
) -> Step:
    if not form.is_valid():
        return Step(line=line, act=Act.WRONG, why=" ".join(_why(name, form) for name in form.errors))
    if state == State.CANCELLED:
        return Step(
            line=line, act=Act.LEFT, why=_("cancelled their registration: it is theirs to take again")
        )
    if state == State.REFUSED:
        return Step(line=line, act=Act.LEFT, why=_("was refused: accept the request on the person's page"))
    if state not in (None, State.PENDING):
        return Step(line=line, act=Act.KNOWN, why=_("is registered already, or asked to be"), state=state)
    answers = {}
    for key, written in line.answers.items():
        try:
            answers[key] = questions.read(asked[key], written)
        except ValueError:
            outcome = _("“%(answer)s” is no answer to “%(question)s”: correct it, or leave the cell empty.")
            return Step(
                line=line, act=Act.WRONG, why=outcome % {"answer": written[:80], "question": asked[key].label}
            )
    applicant = booking.Applicant(**form.cleaned_data, language=line.language or language)
    return Step(line=line, act=Act.NEW, applicant=applicant, answers=answers)


def _questioned(step: Step, *, is_again: bool, several: bool, taken: Collection[str]) -> Step:
    """Return a line that could be registered, or the question that it raises."""
    is_taken = step.key in taken
    if step.line.is_gone and not is_taken:
        why = _("the list says “%(state)s”: not registered, unless you say so") % {
            "state": step.line.state[:60]
        }
        return replace(step, act=Act.ASK, why=why)
    if is_again and several:
        # Ticked it stays a question: one name of the address was taken above, perhaps not the right one.
        why = _("this address is further up in the list, and is registered once: tick one person only")
        return replace(step, act=Act.TWICE, why=why, is_taken=is_taken)
    if is_again:
        return replace(step, act=Act.TWICE, why=_("this person is further up in the list"))
    if step.lacks_address and not is_taken:
        why = _("no email address: registered all the same if you say so, and nothing is ever sent to them")
        return replace(step, act=Act.ASK, why=why)
    if several and not is_taken:
        why = _("several people have this address: choose the one to whom it belongs")
        return replace(step, act=Act.ASK, why=why)
    return replace(step, is_taken=is_taken and (several or step.line.is_gone or step.lacks_address))


def _why(name: str, form: LineForm) -> str:
    if name == "email" and not form.has_error(name, "required") and not form.has_error(name, "invalid"):
        return str(form.errors[name][0])
    return {
        "email": _("The email address is missing or is none."),
        "given_name": _("The name is missing, too long or no name."),
        "family_name": _("The family name is too long or no name."),
        "organisation_name": _("The organisation is too long."),
    }[name]


def register(cycle: Cycle, steps: Iterable[Step], *, by: User | None, at: dt.datetime) -> Counter[str]:
    """Register the people of some lines; return how many there are by state."""
    done: Counter[str] = Counter()
    people = [(step.applicant, step.answers) for step in steps if step.applicant is not None]
    for start in range(0, len(people), TOGETHER):
        piece = people[start : start + TOGETHER]
        done += booking.add_all(
            cycle,
            applicants=[applicant for applicant, _answers in piece],
            answers={applicant.key: answers for applicant, answers in piece if answers},
            by=by,
            at=at,
        )
    return done


def _tried(cycle: Cycle, steps: list[Step], *, by: User | None, at: dt.datetime) -> tuple[Step, ...]:
    """Return the lines with where their people stand once they are registered, which is then taken back.

    Where no place is counted all of them fare as the first: it alone is tried, so that a long list keeps nobody waiting
    who registers meanwhile.
    """
    keys = {
        step.key: step.applicant.key for step in steps if step.act == Act.NEW and step.applicant is not None
    }
    new = [step for step in steps if step.key in keys and step.act == Act.NEW]
    if not new:
        return tuple(steps)
    is_counted = cycle.capacity is not None or cycle.sessions.exclude(capacity=None).exists()
    tried = new if is_counted else new[:1]
    looked_up = [keys[step.key] for step in tried]

    def registered() -> tuple[dict[str, str], dict[str, int]]:
        register(cycle, tried, by=by, at=at)
        return _states(cycle, looked_up), _waits(cycle, looked_up)

    states, waits = dry_run(registered).result
    others = "" if is_counted else states.get(looked_up[0], "")
    return tuple(
        replace(step, state=states.get(keys[step.key], others), waits=waits.get(keys[step.key], 0))
        if step.act == Act.NEW
        else step
        for step in steps
    )


def _waits(cycle: Cycle, keys: list[str]) -> dict[str, int]:
    """Return {address: at how many sessions of the cycle the person waits for a place}."""
    result: dict[str, int] = {}
    for start in range(0, len(keys), PIECE):
        rows = Registration.objects.filter(
            cycle_registration__cycle=cycle,
            state=State.WAITLISTED,
            participant__email_key__in=keys[start : start + PIECE],
        )
        counted = rows.order_by().values_list("participant__email_key").annotate(count=Count("pk"))
        result.update(counted)
    return result
