from .agenda import Segment, SpeakerSlot
from .changes import SessionChange
from .imported import ImportedEvent
from .session import Session

__all__ = ["ImportedEvent", "Segment", "Session", "SessionChange", "SpeakerSlot"]
