"""The tables of training: signatures, documents, and whom they are issued for and by."""

from .documents import Counter, Document, DocumentPerson, GoneDocument
from .provider import ProgrammeProvider, TrainingProvider
from .run import RunSettings, TraineeFile
from .signing import PaperScan, Signature, TrainerNote

__all__ = [
    "Counter",
    "Document",
    "DocumentPerson",
    "GoneDocument",
    "PaperScan",
    "ProgrammeProvider",
    "RunSettings",
    "Signature",
    "TraineeFile",
    "TrainerNote",
    "TrainingProvider",
]
