"""What registrations tell the apps above. Sent inside the transaction: receivers write rows, nothing else."""

from django.dispatch import Signal

# One person's own act, or an organiser's decision about them.
# kwargs: kind ("requested" | "repeated" | "in_review" | "refused" | "waitlisted" | "confirmed" | "taken"
#         | "restored" | "cancelled" | "removed"), registration (CycleRegistration with its participant loaded),
#         registration_ids (list[int]: the per-session rows concerned), at (aware UTC datetime),
#         reason (str: what an organiser wrote to somebody "removed")
registration_changed = Signal()

# The queue moved by itself: places that became free went on to people who waited, or offers ended.
# kwargs: kind ("promoted" | "offered" | "offer_ended"), at (aware UTC datetime),
#         people (dict[int, list[int]]: cycle registration -> its per-session rows, none for the whole cycle)
queue_moved = Signal()

# People who are registered for a whole cycle got rows at sessions that were added to it.
# kwargs: cycle_id (int), session_ids (list[int]), at (aware UTC datetime)
sessions_joined = Signal()

# It became known, or known better, who came to a session.
# kwargs: session_id (int), at (aware UTC datetime)
attendance_changed = Signal()

# Somebody asks for a copy of everything held about them. Receivers answer {part: what they hold of it}.
# kwargs: the one `participant` concerned, cycles (ids of the only cycles to answer for | None: all)
copy_asked = Signal()

# Registrations are nobody's from now on, or are about to be erased, while the person may stay for others.
# kwargs: ids (list[int]: cycle registrations)
registrations_forgotten = Signal()

# A person was erased, but their row stays with a proof that must be kept.
# kwargs: the one `participant` concerned
address_forgotten = Signal()

# Somebody wants to be written to elsewhere: the new address must be proved first.
# kwargs: participant (Participant), email (str), holder (Participant | None: whose it is already),
#         at (aware UTC datetime)
address_asked = Signal()

# Somebody's own link is to be mailed to the address on record.
# kwargs: participant (Participant), at (aware UTC datetime)
link_asked = Signal()

# It is in force: proved, or corrected by an organiser.
# kwargs: participant (Participant with the new address), before (str: the old one),
#         corrected (CycleRegistration on which an organiser did it | None), at (aware UTC datetime)
address_changed = Signal()
