"""The tables of training: signatures, documents, and whom they are issued for and by."""

from .documents import Counter, Document, DocumentPerson, GoneDocument
from .provider import ProgrammeProvider, TrainingProvider
from .run import RunSettings, TraineeFile, TrainerEngagement
from .signing import PaperScan, Signature, TrainerNote
from .syllabus import RunSyllabus, Syllabus, SyllabusLook

__all__ = [
    "Counter",
    "Document",
    "DocumentPerson",
    "GoneDocument",
    "PaperScan",
    "ProgrammeProvider",
    "RunSettings",
    "RunSyllabus",
    "Signature",
    "Syllabus",
    "SyllabusLook",
    "TraineeFile",
    "TrainerEngagement",
    "TrainerNote",
    "TrainingProvider",
]
