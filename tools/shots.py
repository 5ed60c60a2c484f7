"""The pictures of docs/screens, in their order: public pages, a person's own, mails, the desk.

A path in capitals is one that shown.py finds or a state that screens.py brings a page to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

CYCLE, RUN = "onze-ponts", "demo-lire-sa-riviere-1"
PROGRAMME, MODULE = "au-fil-de-la-vaubrette", "lire-une-riviere"
WIDE, NARROW, MAIL = 1280, 390, 640
HEIGHTS = {WIDE: 900, NARROW: 844, MAIL: 900}


class Shot(NamedTuple):
    """One picture: its file, its page, how wide, in which theme, and whether an organiser looks."""

    name: str
    path: str
    width: int = WIDE
    theme: Literal["light", "dark"] = "light"
    signed_in: bool = False


def _both(name: str, path: str, *, signed_in: bool = False) -> tuple[Shot, Shot]:
    """Return a page wide and light, and narrow and dark."""
    return (
        Shot(name, path, signed_in=signed_in),
        Shot(f"{name}-dark-narrow", path, NARROW, "dark", signed_in=signed_in),
    )


def _desk(**paths: str) -> tuple[Shot, ...]:
    """Return pages of the desk, one look each."""
    return tuple(
        Shot(f"desk-{name.replace('_', '-')}", f"/fr/desk/{path}", signed_in=True)
        for name, path in paths.items()
    )


PUBLIC = (
    *_both("home", "/fr/"),
    *_both("upcoming", "/fr/upcoming/"),
    Shot("agenda", "/fr/agenda/2026-12/"),
    Shot("agenda-narrow", "/fr/agenda/2026-12/", NARROW),
    Shot("search", "/fr/search/?q=pont"),
    Shot("search-nothing", "/fr/search/?q=avion"),
    *_both("programme", f"/fr/programmes/{PROGRAMME}/"),
    *_both("cycle", f"/fr/cycles/{CYCLE}/"),
    Shot("cycle-shifted", "/fr/cycles/reconnaissance-2020-2021/"),
    Shot("session", f"/fr/cycles/{CYCLE}/pont-07/"),
    Shot("session-dark", f"/fr/cycles/{CYCLE}/pont-07/", theme="dark"),
    Shot("session-full", f"/fr/cycles/{CYCLE}/pont-06/"),
    Shot("session-full-dark-narrow", f"/fr/cycles/{CYCLE}/pont-06/", NARROW, "dark"),
    Shot("session-past", f"/fr/cycles/{CYCLE}/pont-04/"),
    Shot("session-moved", f"/fr/cycles/{CYCLE}/pont-08/"),
    Shot("session-cancelled", f"/fr/cycles/{CYCLE}/pont-09/"),
    Shot("modules", "/fr/modules/"),
    *_both("module", f"/fr/modules/{MODULE}/"),
    Shot("module-elsewhere", "/fr/modules/demo-cours-en-ligne/"),
    Shot("run", f"/fr/cycles/{MODULE}-3/"),
    Shot("run-past", f"/fr/cycles/{RUN}/"),
    Shot("run-half-day-narrow", f"/fr/cycles/{MODULE}-3/demi-journee-01/", NARROW),
    Shot("daily", "/fr/cycles/cinq-gestes/"),
    Shot("daily-article", "/fr/cycles/cinq-gestes/geste-2/"),
    Shot("daily-past", "/fr/cycles/21-jours-pour-convaincre-2019/"),
    Shot("daily-past-article-narrow", "/fr/cycles/21-jours-pour-convaincre-2019/etape-du-jour-01/", NARROW),
    Shot("workshop", "/fr/modules/module-mse-aff-rameau/"),
    *_both("resources", "/fr/resources/"),
    Shot("resource", "/fr/resources/demo-cahier-3/"),
    Shot("resource-narrow", "/fr/resources/rapport-odd17/", NARROW),
    Shot("series", "/fr/resources/series/demo-cahiers-du-gue/"),
    Shot("event", "/fr/events/demo-fete-du-gue/"),
    Shot("organisation", "/fr/organisations/demo-syndicat-des-rives/"),
    Shot("topic", "/fr/topics/demo-partage-de-l-eau/"),
    Shot("speaker-public", "/fr/speakers/demo-odile-marchenoir/"),
    *_both("news", "/fr/news/"),
    Shot("news-post", "/fr/news/recap-pont-04/"),
    Shot("subscribe", f"/fr/cycles/{CYCLE}/subscribe/"),
    Shot("subscribe-all-narrow", "/fr/subscribe/", NARROW),
    Shot("find", "/fr/link/"),
    Shot("verify", "/fr/verify/"),
    Shot("verify-narrow", "VERIFY", NARROW),
    Shot("privacy", "/fr/privacy/"),
    Shot("not-found", "/fr/cycles/pont-inconnu/"),
    Shot("register", f"/fr/register/{CYCLE}/"),
    Shot("register-narrow", f"/fr/register/{CYCLE}/", NARROW),
    Shot("register-run", f"/fr/register/{MODULE}-3/"),
    Shot("register-errors-dark-narrow", "ERRORS", NARROW, "dark"),
    Shot("sent", "SENT"),
    Shot("confirm", "CONFIRM"),
    Shot("confirmed", "CONFIRMED"),
    Shot("confirmed-dark-narrow", "CONFIRMED", NARROW, "dark"),
)
OWN = (
    *_both("my-registrations", "MY"),
    Shot("my-registrations-waiting", "MY-WAITING"),
    Shot("my-cancel-all", "CANCEL-ALL"),
    Shot("my-data", "MY-DATA"),
    Shot("my-erase", "MY-ERASE"),
    Shot("stop", "STOP"),
    Shot("join", "JOIN"),
    Shot("join-waiting", "JOIN-WAITING"),
    Shot("join-over", "JOIN-OVER"),
    Shot("my-papers", "PAPERS"),
    Shot("my-surveys", "SURVEYS"),
    Shot("speaker", "SPEAK"),
    Shot("speaker-narrow", "SPEAK", NARROW),
    Shot("speaker-dark", "SPEAK", theme="dark"),
    Shot("sign-narrow", "SIGN", NARROW),
    Shot("sign-sheet-dark-narrow", "SHEET", NARROW, "dark"),
    Shot("sign-room", "ROOM"),
    Shot("sign-tablet", "TABLET"),
)
OF_CYCLE = f"cycles/{CYCLE}/"
DESK = (
    Shot("sign-in", "/fr/account/login/"),
    Shot("desk", "/fr/desk/", signed_in=True),
    Shot("desk-dark", "/fr/desk/", theme="dark", signed_in=True),
    Shot("desk-narrow", "/fr/desk/", NARROW, signed_in=True),
    *_desk(
        cycles="cycles/",
        modules="modules/",
        contents="content/",
        people="people/",
        mailings="mailings/",
        teams="teams/",
        search="search/?q=pont",
        search_action="search/?q=exporter",
        programme=f"programme/{PROGRAMME}/",
        programme_edit=f"content/programmes/{PROGRAMME}/",
        journal=f"programmes/{PROGRAMME}/journal/",
        team=f"programmes/{PROGRAMME}/members/",
        newsletter=f"programmes/{PROGRAMME}/newsletter/",
        programme_report=f"programmes/{PROGRAMME}/report/",
        yearly=f"programmes/{PROGRAMME}/yearly/2026/",
        provider=f"programmes/{PROGRAMME}/provider/",
        module=f"modules/{MODULE}/runs/",
        syllabus=f"modules/{MODULE}/programme/",
        status="status/",
        data="data/",
        my_mails="mail/mine/",
        mail_ahead="mail/",
        mail_pause="mail/pause/",
    ),
    *_both("desk-cycle", f"/fr/desk/{OF_CYCLE}", signed_in=True),
    *_both("desk-session", f"/fr/desk/{OF_CYCLE}sessions/pont-07/", signed_in=True),
    *_both("desk-reminders", f"/fr/desk/{OF_CYCLE}reminders/", signed_in=True),
    *_both("desk-registrants", f"/fr/desk/{OF_CYCLE}registrants/", signed_in=True),
    *_both("desk-report", f"/fr/desk/{OF_CYCLE}report/", signed_in=True),
    *_both("desk-rehearsal", f"/fr/desk/{OF_CYCLE}rehearsal/", signed_in=True),
    *_both("desk-text", f"/fr/desk/{OF_CYCLE}messages/reminder/", signed_in=True),
    *_desk(
        cycle_edit=f"content/cycles/{CYCLE}/",
        planner=f"{OF_CYCLE}plan/",
        calendars=f"{OF_CYCLE}calendars/",
        confirm_dates="cycles/reconnaissance-2020-2021/confirm/",
        cancel=f"{OF_CYCLE}cancel/",
        speakers_cycle=f"{OF_CYCLE}speakers/",
        speakers=f"{OF_CYCLE}sessions/pont-06/speakers/",
        documents=f"{OF_CYCLE}sessions/pont-04/documents/",
        picture=f"{OF_CYCLE}sessions/pont-07/picture/",
        session_cancel=f"{OF_CYCLE}sessions/pont-07/cancel/",
        after=f"{OF_CYCLE}sessions/pont-05/after/",
        attendance=f"{OF_CYCLE}sessions/pont-05/attendance/",
        session_survey=f"{OF_CYCLE}sessions/pont-05/survey/",
        resource="content/resources/demo-carnet/",
        resource_file="content/resources/demo-carnet/file/",
        terms=f"{OF_CYCLE}registration/",
        registrant_add=f"{OF_CYCLE}registrants/add/",
        decide=f"{OF_CYCLE}registrants/decide/",
        group_messages=f"{OF_CYCLE}group-messages/",
        messages=f"{OF_CYCLE}messages/",
        mail_preview=f"{OF_CYCLE}messages/reminder/preview/",
        deliveries=f"{OF_CYCLE}deliveries/",
        stopped=f"{OF_CYCLE}stopped/",
        reminder_line=f"{OF_CYCLE}reminders/j-7/",
        surveys=f"{OF_CYCLE}surveys/",
        survey_results=f"{OF_CYCLE}surveys/session/",
    ),
    Shot("desk-deliveries-narrow", f"/fr/desk/{OF_CYCLE}deliveries/", NARROW, signed_in=True),
    Shot("desk-sent-text", "SENT-TEXT", signed_in=True),
    Shot("desk-mails-of-person", "MAILS-OF-PERSON", signed_in=True),
    Shot("desk-data-person", "DATA-PERSON", signed_in=True),
    Shot("desk-move", "MOVE", signed_in=True),
    Shot("desk-import", "IMPORT", signed_in=True),
    Shot("desk-group-message", "GROUP", signed_in=True),
    Shot("desk-registrant", "PERSON", signed_in=True),
    Shot("desk-announced", "ANNOUNCED", signed_in=True),
    Shot("training-run", f"/fr/desk/cycles/{RUN}/training/", signed_in=True),
    Shot("training-settings", f"/fr/desk/cycles/{RUN}/training/settings/", signed_in=True),
    Shot("training-trainee", "TRAINEE", signed_in=True),
    Shot("training-sheet", "DESK-SHEET", signed_in=True),
    Shot("training-surveys", f"/fr/desk/cycles/{RUN}/surveys/hot/", signed_in=True),
)
# They change what the other pages show.
LAST = (
    *_both("survey", "SURVEY"),
    Shot("join-open", "JOIN-OPEN"),
    Shot("join-open-dark-narrow", "JOIN-OPEN", NARROW, "dark"),
    Shot("desk-plan", "PLAN", signed_in=True),
)
SHOTS = (*PUBLIC, *OWN, *DESK, *LAST)
# Of each kind of mail its HTML part, as a program shows it; those that most people get in the dark, too.
DARK_MAILS = ("registration_confirmed", "reminder", "session_moved", "recap")
