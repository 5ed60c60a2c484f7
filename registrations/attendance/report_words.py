"""The words of attendance files, in the languages of the platforms, without accents or capitals."""

from __future__ import annotations

# The rows that describe the meeting have columns of the same names as the people's.
ABOUT_THE_MEETING = {
    "meeting id", "webinar id", "topic", "sujet", "id de reunion", "n de reunion", "id du webinaire", "thema",
    "meeting id de reunion", "tema", "argomento", "onderwerp", "topico", "temat", "webinar name", "actual start time",
}  # fmt: skip
NO = {
    "no", "non", "nein", "nee", "nao", "nie", "false", "faux", "falsch", "0", "n", "absent", "absente", "ausente",
    "assente", "afwezig", "abwesend", "nieobecny", "nieobecna", "missed", "not attended", "did not attend", "no show",
}  # fmt: skip
YES = {
    "yes", "oui", "ja", "si", "sim", "tak", "true", "vrai", "wahr", "1", "y", "o", "x", "p", "attended", "present",
    "presente", "presents", "anwesend", "aanwezig", "obecny", "obecna", "teilgenommen", "a participe", "participe",
    "asistio", "participou", "ha partecipato", "presenza", "checked in", "ok", "v",
}  # fmt: skip
WENT_IN = {
    "joined", "join", "joined before", "entered", "a rejoint", "rejoint", "arrivee", "a rejoint avant", "connecte",
    "beigetreten", "teilgenommen", "se unio", "unido", "ha partecipato", "entrato", "iscritto", "deelgenomen",
    "toegetreden", "ingressou", "entrou", "dolaczono", "dolaczyl", "dolaczyla", "connexion", "entree", "login", "in",
    "a joint", "s est joint", "participe", "a participe",
}  # fmt: skip
WENT_OUT = {
    "left", "leave", "exited", "a quitte", "quitte", "parti", "est parti", "depart", "sorti", "verlassen",
    "hat verlassen", "salio", "abandono", "ha abbandonato", "uscito", "abbandonato", "verlaten", "saiu", "opuszczono",
    "opuscil", "opuscila", "deconnexion", "sortie", "logout", "out", "deconnecte", "a quitte la reunion",
}  # fmt: skip
# What stands in a column of states for somebody who was not let in.
WAITED = (
    "waiting room", "in lobby", "salle d attente", "im warteraum", "sala de espera", "sala d attesa", "wachtruimte",
    "w poczekalni",
)  # fmt: skip
# Beginnings of what those who hold a meeting are called, in the column of roles and above their own table.
HOLDERS = (
    "host", "co host", "cohost", "alternative host", "panelist", "panellist", "organi", "presenter", "presentateur",
    "animat", "moderat", "hote", "intervenant", "panelista", "panelliste", "speaker", "referent", "veranstalter",
    "gastgeber", "moderador", "moderatore", "anfitrion", "prowadzacy", "formateur", "podiumsteilnehmer", "presentador",
    "relatore", "apresentador", "presentator", "gastheer", "trainer",
)  # fmt: skip
