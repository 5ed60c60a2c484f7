"""The programme sheet of the demonstration's modules: invented, complete, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from i18nfield.strings import LazyI18nString

from cycles.models.shared import Modality
from training.syllabus import versions

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Module
    from training.models import Syllabus

TEXTS = {
    "audience": ("Bénévoles, agents et élus.", "Volunteers, staff and elected members."),
    "prerequisites": ("Aucun.", "No prior knowledge."),
    "objectives": (
        "- Observer une rivière et ses berges\n- Noter ce que l’on voit\n- Raconter l’année d’un cours d’eau",
        "- Observe a river and its banks\n- Note what one sees\n- Tell the year of a stream",
    ),
    "content": (
        "- Lire l’eau : débit, couleur, fond\n- Lire la berge : arbres, traces, ouvrages\n- Tenir un carnet",
        "- Reading the water: flow, colour, bed\n- Reading the bank: trees, traces, works\n- Keeping a notebook",
    ),
    "access": (
        "Inscription jusqu’à la veille, dans la limite des places.",
        "Registration until the day before, while there are places.",
    ),
    "price": ("120 € ; gratuit pour les bénévoles.", "€120; free for volunteers."),
    "methods": ("Exposés courts, sortie au bord de l’eau.", "Short talks, an outing to the water."),
    "means": ("Salle, carnets, bottes prêtées.", "Room, notebooks, boots on loan."),
    "trainers": ("Tariq Benhaddou, hydrologue.", "Tariq Benhaddou, hydrologist."),
    "assessment": ("Une page de carnet, relue ensemble.", "A page of the notebook, read together."),
    "validation": ("Certificat de réalisation.", "Certificate of completion."),
    "accessibility": (
        "Lieu de plain-pied ; écrivez-nous pour tout aménagement : acces@example.org.",
        "Step-free place; write to us for any arrangement: acces@example.org.",
    ),
    "contact": ("formation@example.org", "formation@example.org"),
}


def publish(module: Module, *, at: dt.datetime) -> Syllabus:
    """Write the first version of a module's sheet and publish it; results are left out, with the reason."""
    values: dict[str, Any] = {
        name: LazyI18nString({"fr": _narrow(french), "en": english})
        for name, (french, english) in TEXTS.items()
    }
    values |= {
        "dated_on": at.date(),
        "minutes": 420,
        "half_days": 2,
        "modality": Modality.ON_SITE,
        "waivers": {"results": "première session : pas encore de résultats".replace(" :", "\u202f:")},
        "bpf_goal": "d",
        "nsf_code": "343",
    }
    versions.save(module, values=values, seen=None, by=None, at=at)
    return versions.publish(module, by=None, at=at)


def _narrow(text: str) -> str:
    """Return French with narrow no-break spaces before high punctuation."""
    return text.replace(" :", "\u202f:").replace(" ;", "\u202f;")
