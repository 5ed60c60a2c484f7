"""The fixed words of legal papers, in French whatever the page: read on 29 November 2026 against what the law asks.

Few articles are named, and all of them here. Nothing says "certified", "compliant" or "of legal value".
"""

from __future__ import annotations

NARROW = "\u202f"

DEMONSTRATION = "Démonstration : personnes et organisations inventées, document sans valeur."
ATTACHMENT = "Ce que dit ce document, en données (JSON)"
MISSING_SIGNS = "Certains signes, qu’aucune police de caractères ne possède ici, ne sont pas imprimés."
ISSUED = "Document %(number)s, établi le %(when)s."
VERIFY = "Vérifier ce document : code %(code)s, sur %(address)s"
HASH = "Empreinte SHA-256 de l’enregistrement (joint au PDF) : %(sha256)s"

MODALITIES = {"online": "à distance", "on_site": "en présence", "hybrid": "en présence et à distance"}

STATES = {
    "present": "présent·e",
    "partial": "présent·e en partie",
    "absent": "absent·e",
    "excused": "excusé·e",
}
MEANS = {
    "link": "par lien personnel",
    "room_code": "par lien personnel, avec le code de la salle",
    "tablet": "sur tablette, dans la salle",
    "paper": "sur papier",
    "trainer": "présence attestée par le formateur ou la formatrice",
}


def nda(number: str) -> str:
    """Return the line of the declaration of activity, with the sentence that must stand beside it (L6352-12)."""
    return (
        f"Déclaration d’activité enregistrée sous le numéro {number}. "
        "Cet enregistrement ne vaut pas agrément de l’État."
    )


# The ministry's model of 1 June 2020 (R6332-26; order of 21 December 2018).
CERTIFICATE_TITLE = "Certificat de réalisation"
CERTIFICATE_I = (
    "Je soussigné·e %(signatory)s, %(quality)s, représentant·e légal·e du dispensateur de l’action concourant au "
    "développement des compétences %(provider)s,"
)
CERTIFICATE_WHO = "atteste que Mme/M. %(name)s%(employer)s a suivi l’action %(title)s."
CERTIFICATE_EMPLOYER = ", salarié·e de l’entreprise %(employer)s,"
CERTIFICATE_NATURE = "Nature de l’action concourant au développement des compétences :"
CERTIFICATE_KINDS = (
    "action de formation",
    "bilan de compétences",
    "action de VAE",
    "action de formation par apprentissage",
)
CERTIFICATE_WHEN = "qui s’est déroulée %(dates)s, pour une durée de %(hours)s."
CERTIFICATE_KEEP = (
    "Sans préjudice des délais imposés par les règles fiscales, comptables ou commerciales, je m’engage à conserver "
    "l’ensemble des pièces justificatives qui ont permis d’établir le présent certificat pendant une durée de 3 ans à "
    "compter de la fin de l’année du dernier paiement. En cas de cofinancement des fonds européens la durée de "
    "conservation est étendue conformément aux obligations conventionnelles spécifiques."
)
CERTIFICATE_REMOTE = (
    "Heures suivies à distance : celles des demi-journées que la personne a suivies et signées."
)
DONE_AT = "Fait à %(city)s, le %(date)s."
SIGNED_BY = "Cachet et signature du responsable du dispensateur : %(signatory)s, %(quality)s"

STATEMENT_TITLE = "Attestation de fin de formation"
STATEMENT_WHO = "%(name)s a suivi la formation « %(title)s »."
STATEMENT_OBJECTIVES = "Objectifs"
STATEMENT_RESULT = "Résultat de l’évaluation des acquis"

PARTICIPATION_TITLE = "Attestation de participation"
PARTICIPATION_NOT = "Cette attestation n’est pas un certificat de réalisation d’une action de formation."
PARTICIPATION_WHO = "%(name)s a participé à la séance « %(title)s », %(when)s."
PARTICIPATION_JOINED = "%(name)s s’est connecté·e à la séance « %(title)s », %(when)s."
PARTICIPATION_CYCLE = "%(name)s a participé au cycle « %(title)s » : %(total)s."

SYLLABUS_TITLE = "Programme de formation"
SYLLABUS_VERSION = "Version %(version)d du %(date)s."
SYLLABUS_DRAFT = "Brouillon de la version %(version)d : rien n’en est publié."
SYLLABUS_DURATION = "%(half_days)s, soit %(hours)s"

SHEET_TITLE = "Feuille d’émargement"
SHEET_BLANK = "Feuille d’émargement à signer sur papier"
SHEET_HEAD = ("Nom", "Structure", "Présence", "Acte")
SHEET_HEAD_BLANK = ("Nom", "Structure", "Heure", "Signature")
SHEET_SEEN = "%(name)s déclare avoir vu les personnes notées présentes ; contresigné le %(when)s."
# Whoever was not there declares nothing of what they saw.
SHEET_TAKEN_OVER = (
    "%(name)s contresigne cette feuille le %(when)s à la place de qui assurait la formation, "
    "au motif : %(reason)s"
)
SHEET_BLANK_SIGN = "Nom et signature du formateur ou de la formatrice :"
STRUCK = "sans signature"
