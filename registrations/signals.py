"""What registrations tell the apps above. Sent inside the transaction: receivers write rows, nothing else."""

from django.dispatch import Signal

# kwargs: kind ("requested" | "repeated" | "confirmed" | "cancelled" | "restored" | "promoted"),
#         cycle_registration_id (int), registration_ids (list[int]: the per-session rows concerned),
#         participant_id (int), cycle_id (int), at (aware UTC datetime)
registration_changed = Signal()
