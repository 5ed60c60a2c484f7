"""What other apps may hear from cycles. Sent inside the transaction: receivers write rows or refuse, nothing else."""

from django.dispatch import Signal

# kwargs: change (cycles.models.SessionChange), at (aware UTC datetime)
session_changed = Signal()
# kwargs: cycle (cycles.models.Cycle), session_ids (list[int]), at: sessions that were created or published
sessions_added = Signal()

# Asked before what visitors or people may count on is taken away: a receiver that must keep it raises PlanningError.
# kwargs: session (cycles.models.Session), at: it is about to be deleted
session_leaving = Signal()
# kwargs: cycle (cycles.models.Cycle), at: it has sessions ahead and is about to become a draft
cycle_leaving = Signal()

# The number of places of a session, or of a whole cycle, changed. kwargs: cycle_id (int), at (aware UTC datetime)
places_changed = Signal()
# kwargs: news (cycles.models.News), by (User or None), at: a post, such as a recap, became visible to everyone
news_published = Signal()
# kwargs: session (cycles.models.Session), at: a date that is sure now has a theme, which it did not have before
session_announced = Signal()
# kwargs: session_id (int), at: the agenda was written anew: who speaks, or their addresses, may have changed
speakers_changed = Signal()
