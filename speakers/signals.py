"""What other apps may hear from speakers. Sent inside the transaction: receivers write rows, nothing else."""

from django.dispatch import Signal

# kwargs: engagement (Engagement), at (aware UTC datetime): somebody is to be asked whether they speak
speaker_invited = Signal()
# kwargs: engagement, at: the invitation must not leave any more
invitation_withdrawn = Signal()
# kwargs: engagement, answer (Engagement.Answer), at: they said yes, no, or no after a yes
speaker_answered = Signal()
# kwargs: contact, session, purpose (SpeakerConsent.Purpose), at: they do not agree, or no more
consent_refused = Signal()
