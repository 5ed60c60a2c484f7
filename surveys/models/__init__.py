"""What is asked, of whom, who has answered, and what was said.

survey   a survey of a cycle and its questions
named    answers that carry a name, and people asked who are not registered
anonymous  answers that carry none: who has answered, and apart from it what was said
"""

from .anonymous import Turn, Urn
from .named import Answer, Guest
from .survey import Question, Survey

__all__ = ["Answer", "Guest", "Question", "Survey", "Turn", "Urn"]
