"""The standard questions of each survey, in French and in English; organisers change them as they like.

What is asked at the end of a training is what French quality requirements look for (indicators 4, 8 and 30 of the
national reference, https://travail-emploi.gouv.fr): needs and expectations before, appreciations of everybody after.
"""

from __future__ import annotations

from dataclasses import dataclass

from i18nfield.strings import LazyI18nString

from surveys.models import Question, Survey

Kind = Question.Kind
Moment = Survey.Moment


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A question as it is asked before anybody changes it; `choices` are pairs of words."""

    kind: Kind
    fr: str
    en: str
    choices: tuple[tuple[str, str], ...] = ()
    is_required: bool = False

    def row(self, survey: Survey, *, order: int) -> Question:
        return Question(
            survey=survey,
            order=order,
            kind=self.kind,
            label=LazyI18nString({"fr": self.fr, "en": self.en}),
            choices=LazyI18nString(
                {
                    "fr": "\n".join(french for french, _english in self.choices),
                    "en": "\n".join(english for _french, english in self.choices),
                }
                if self.choices
                else ""
            ),
            is_required=self.is_required,
        )


AGREE = (("pas du tout", "not at all"), ("tout à fait", "entirely"))
USEFUL = (("pas du tout utile", "of no use"), ("très utile", "very useful"))
GOOD = (("insuffisant", "poor"), ("très bien", "very good"))


def _scale(fr: str, en: str, ends: tuple[tuple[str, str], ...] = AGREE, *, must: bool = False) -> Standard:
    return Standard(kind=Kind.SCALE, fr=fr, en=en, choices=ends, is_required=must)


def _text(fr: str, en: str, *, must: bool = False) -> Standard:
    return Standard(kind=Kind.TEXT, fr=fr, en=en, is_required=must)


def _yes_no(fr: str, en: str) -> Standard:
    return Standard(kind=Kind.YES_NO, fr=fr, en=en)


PACE = Standard(
    kind=Kind.CHOICE,
    fr="Le rythme de la formation vous a paru\u202f:",
    en="The pace of the training was:",
    choices=(("trop lent", "too slow"), ("adapté", "right"), ("trop rapide", "too fast")),
)

QUESTIONS: dict[str, tuple[Standard, ...]] = {
    Moment.SESSION: (
        _scale(
            "Cette séance vous a-t-elle été utile\u202f?",
            "How useful was this session to you?",
            USEFUL,
            must=True,
        ),
        _text("Qu’est-ce qui vous a manqué\u202f?", "What was missing?"),
    ),
    Moment.NEEDS: (
        _text(
            "Quelle est votre fonction, ou votre engagement\u202f?", "What is your role, paid or voluntary?"
        ),
        _text(
            "Qu’attendez-vous de cette formation\u202f? Que voulez-vous savoir faire ensuite\u202f?",
            "What do you expect of this training? What do you want to be able to do afterwards?",
            must=True,
        ),
        _scale(
            "Quelle connaissance avez-vous du sujet\u202f?",
            "How well do you know the subject?",
            (("je débute", "I am a beginner"), ("je le connais bien", "I know it well")),
            must=True,
        ),
        _text(
            "Sur quelle situation que vous rencontrez aimeriez-vous travailler\u202f?",
            "Which situation of yours would you like to work on?",
        ),
        _text(
            "Y a-t-il des contraintes dont nous devons tenir compte (horaires, trajet, matériel)\u202f?",
            "Is there anything that we must take into account (hours, travel, equipment)?",
        ),
        _text(
            "Votre employeur ou votre financeur attend-il quelque chose de précis\u202f?",
            "Does your employer or funder expect anything in particular?",
        ),
    ),
    Moment.HOT: (
        _scale(
            "Dans l’ensemble, cette formation vous satisfait-elle\u202f?",
            "All in all, are you satisfied with this training?",
            must=True,
        ),
        _scale("Les objectifs annoncés sont-ils atteints\u202f?", "Were the stated objectives reached?"),
        _scale("Le contenu était-il clair\u202f?", "Was the content clear?"),
        _scale(
            "Le contenu répondait-il à vos besoins\u202f?",
            "Did the content meet your needs?",
        ),
        _scale("L’animation vous a-t-elle convenu\u202f?", "Did the way it was led suit you?"),
        _scale(
            "Les supports et exercices étaient-ils utiles\u202f?", "Were the material and exercises useful?"
        ),
        PACE,
        _scale(
            "L’organisation (informations, lieu, horaires)\u202f:",
            "The organisation (information, place, hours):",
            GOOD,
        ),
        _scale(
            "La formation était-elle accessible, compte tenu de vos besoins\u202f?",
            "Was the training accessible, given what you need?",
        ),
        _yes_no("Recommanderiez-vous cette formation\u202f?", "Would you recommend this training?"),
        _text("Qu’est-ce qui vous a le plus servi\u202f?", "What helped you most?"),
        _text("Que faudrait-il améliorer\u202f?", "What should be improved?"),
    ),
    Moment.COLD: (
        _scale(
            "Utilisez-vous ce que vous avez appris\u202f?",
            "Do you use what you learned?",
            (("jamais", "never"), ("souvent", "often")),
            must=True,
        ),
        _text("Qu’avez-vous changé dans votre pratique\u202f?", "What did you change in the way you work?"),
        _text("Qu’est-ce qui vous en empêche\u202f?", "What keeps you from it?"),
        _yes_no(
            "Avez-vous besoin d’une suite à cette formation\u202f?",
            "Do you need something to follow this training?",
        ),
        _text("Laquelle\u202f?", "What would it be?"),
    ),
    Moment.EMPLOYER: (
        _scale(
            "La formation répondait-elle à votre demande\u202f?",
            "Did the training meet what you asked for?",
            must=True,
        ),
        _scale("En voyez-vous les effets dans le travail\u202f?", "Do you see its effects at work?"),
        _scale(
            "Nos échanges et les documents reçus\u202f:", "Our exchanges and the documents you got:", GOOD
        ),
        _text("Que faudrait-il améliorer\u202f?", "What should be improved?"),
    ),
    Moment.FUNDER: (
        _scale(
            "La formation répondait-elle à ce qui avait été convenu\u202f?",
            "Was the training what had been agreed?",
            must=True,
        ),
        _scale(
            "Les documents reçus étaient-ils complets et à temps\u202f?",
            "Were documents complete and in time?",
        ),
        _text("Que faudrait-il améliorer\u202f?", "What should be improved?"),
    ),
    Moment.TRAINER: (
        _scale(
            "Les objectifs ont-ils été atteints par le groupe\u202f?",
            "Did the group reach the objectives?",
            must=True,
        ),
        _scale(
            "Le niveau et les attentes du groupe correspondaient-ils à ce qui était prévu\u202f?",
            "Were the level and expectations of the group as planned?",
        ),
        _scale(
            "Les conditions (lieu, matériel, horaires)\u202f:",
            "The conditions (place, equipment, hours):",
            GOOD,
        ),
        _text("Que faudrait-il changer la prochaine fois\u202f?", "What should change next time?"),
    ),
}


def rows(survey: Survey) -> list[Question]:
    """Return the standard questions of a survey, unsaved."""
    return [each.row(survey, order=number) for number, each in enumerate(QUESTIONS[survey.moment], start=1)]
