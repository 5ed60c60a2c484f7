"""What the public pages show, worked out once before the template: states, dates in words, who illustrates what.

stops      one session as it stands at a moment; what everything else builds on
lines      a whole cycle: its line, its route, its progress
cycle, session, home, coming, programme, news   one page each
facts      what somebody decides from, of a cycle or a session
around     what else there is: other cycles, training, publications
"""

from .around import Around, Beside, around
from .coming import ComingPage, coming_page
from .cycle import CyclePage, cycle_page
from .home import HomePage, home_page, lines_of, next_cycles
from .lines import Line, in_date_order, in_place, line
from .month import MonthPage, month_page
from .news import NewsPage, Post, documents_of, news_page, news_title, posts, recap_of, recaps_of
from .programme import ProgrammePage, programme_page
from .session import SessionPage, ZoneTime, other_zones, segments_of, session_page, with_reason
from .stops import (
    DateBlock,
    Skipped,
    Stop,
    date_block,
    is_registrable,
    next_session,
    reasons_of,
    speakers_of,
    stop,
    takes_registrations,
    true_until,
)

__all__ = [
    "Around",
    "Beside",
    "ComingPage",
    "CyclePage",
    "DateBlock",
    "HomePage",
    "Line",
    "MonthPage",
    "NewsPage",
    "Post",
    "ProgrammePage",
    "SessionPage",
    "Skipped",
    "Stop",
    "ZoneTime",
    "around",
    "coming_page",
    "cycle_page",
    "date_block",
    "documents_of",
    "home_page",
    "in_date_order",
    "in_place",
    "is_registrable",
    "line",
    "lines_of",
    "month_page",
    "news_page",
    "news_title",
    "next_cycles",
    "next_session",
    "other_zones",
    "posts",
    "programme_page",
    "reasons_of",
    "recap_of",
    "recaps_of",
    "segments_of",
    "session_page",
    "speakers_of",
    "stop",
    "takes_registrations",
    "true_until",
    "with_reason",
]
