"""What a column holds, by the words of its heading.

In French, English, German, Spanish, Italian, Dutch, Portuguese and Polish: the words of the platforms' exports, and
those that people write themselves.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .reading import Row

LONGEST = 300
# Accents that stand alone once a letter is taken apart, and format characters.
HIDDEN = {"Mn", "Mc", "Me", "Cf"}
Role = Literal[
    "name", "given", "family", "email", "upn", "organisation", "language", "state", "gone",
    "joined", "left", "first_joined", "last_left", "minutes", "attended",
    "action", "moment", "waiting", "part", "moderator", "day",
]  # fmt: skip
IDENTITY: frozenset[str] = frozenset({"name", "given", "family", "email", "upn"})

PHRASES: dict[Role, str] = {
    "email": (
        "email, e mail, mail, emails, user email, email address, e mail address, mail address, adresse e mail, "
        "adresse email, adresse mail, adresse de messagerie, adresse electronique, courriel, adresse courriel, "
        "mel, courrier electronique, "
        "e mail de l utilisateur, email de l utilisateur, participant email, attendee email, invitee email, "
        "contact email, "
        "e mail adresse, email adresse, mailadresse, benutzer e mail, e mail des benutzers, "
        "correo electronico, correo, direccion de correo electronico, direccion de correo, "
        "posta elettronica, indirizzo e mail, indirizzo email, indirizzo di posta elettronica, "
        "e mailadres, emailadres, e mail adres, endereco de e mail, endereco de email, endereco eletronico, "
        "correio eletronico, adres e mail, adres email, poczta elektroniczna"
    ),
    "upn": (
        "participant id upn, participant id, id du participant upn, id de participant upn, teilnehmer id upn, "
        "id de participante upn, id partecipante upn, deelnemer id upn, id do participante upn, "
        "identyfikator uczestnika upn, upn, identifiant upn"
    ),
    "given": (
        "first name, firstname, given name, forename, prenom, prenoms, prenom s, vorname, vornamen, "
        "nombre de pila, primer nombre, nome proprio, primeiro nome, voornaam, imie, attendee first name, "
        "invitee first name"
    ),
    "family": (
        "last name, lastname, last names, family name, surname, nom de famille, nom d usage, nachname, "
        "familienname, apellido, apellidos, primer apellido, cognome, achternaam, familienaam, sobrenome, apelido, "
        "nazwisko, attendee last name, invitee last name"
    ),
    "name": (
        "name, nom, nombre, nome, naam, nazwa, full name, fullname, user name, username, display name, "
        "name original name, user name original name, participant, participants, participant name, attendee, "
        "attendee name, invitee name, guest name, "
        "nom complet, nom et prenom, nom prenom, prenom nom, prenom et nom, prenom s et nom, nom et prenom s, "
        "nom d utilisateur, nom nom original, nom d utilisateur nom original, nom nom d origine, "
        "nom d affichage, nom affiche, nom du participant, vor und nachname, vollstandiger name, benutzername, "
        "anzeigename, teilnehmer, teilnehmername, "
        "nombre completo, nombre y apellidos, nombre y apellido, apellidos y nombre, nombre de usuario, participante, "
        "nome completo, nome e cognome, cognome e nome, nome utente, partecipante, nome do participante, "
        "nome e sobrenome, nome e apelido, nome de usuario, nome de utilizador, "
        "volledige naam, voor en achternaam, gebruikersnaam, weergavenaam, deelnemer, "
        "imie i nazwisko, nazwisko i imie, nazwa uzytkownika, uczestnik, pelna nazwa, pelne imie i nazwisko"
    ),
    "organisation": (
        "organisation, organization, structure, company, company name, entreprise, employer, employeur, association, "
        "nom de l organisation, nom de la structure, nom de l association, societe, etablissement, collectivite, "
        "organisme, raison sociale, institution, firma, unternehmen, verein, einrichtung, organizacion, empresa, "
        "asociacion, "
        "organizzazione, azienda, ente, associazione, organisatie, bedrijf, vereniging, organizacao, instituicao, "
        "associacao, organizacja, stowarzyszenie"
    ),
    "language": (
        "language, langue, lang, preferred language, langue preferee, sprache, idioma, lingua, taal, jezyk"
    ),
    "state": (
        "state, status, registration status, order status, attendee status, etat, statut, etat de l inscription, "
        "statut de l inscription, statut de la commande, etat de la commande, statut du paiement, statut du billet, "
        "inscrit, inscrite, inscrits, inscrit e, est inscrit, est inscrite, inscription, je m inscris, registered, "
        "is registered, angemeldet, inscrito, inscrita, iscritto, iscritta, ingeschreven, "
        "approval status, estado, stato, situacao, stand, anmeldestatus"
    ),
    "gone": (
        "annule, annulee, annules, annulation, date d annulation, billet annule, inscription annulee, cancelled, "
        "canceled, cancelled at, canceled at, cancellation, cancellation date, rembourse, remboursee, remboursement, "
        "refunded, refund, desinscrit, desinscrite, desinscription, desiste, desistement, storniert, storno, "
        "abgesagt, abgemeldet, cancelado, cancelada, annullato, annullata, geannuleerd, anulowano"
    ),
    "joined": (
        "join date time, join datetime, "
        "join time, time joined, join, joins, joined, joined at, entered at, entry time, arrival time, check in, "
        "login time, start of attendance, "
        "heure d arrivee, arrivee, entree, heure d entree, heure de connexion, connexion, heure de participation, "
        "heure de l arrivee, a rejoint, rejoint a, date de connexion, debut de connexion, "
        "heure de debut de participation, "
        "beitrittszeit, beitritt, beigetreten, beigetreten um, beigetreten am, teilnahmebeginn, eintritt, "
        "hora de entrada, hora de union, hora de incorporacion, hora de ingreso, entrada, se unio, union, "
        "ora di ingresso, ora di accesso, ora di partecipazione, ora di entrata, ingresso, entrata, "
        "tijdstip van deelname, deelnametijd, aanmeldtijd, tijd van deelname, tijdstip van aanmelding, binnengekomen, "
        "hora da participacao, hora de ingresso, hora da entrada, entrou, entrou as, ingressou, "
        "godzina dolaczenia, czas dolaczenia, dolaczono, dolaczenie, godzina wejscia"
    ),
    "left": (
        "leave date time, leave datetime, "
        "leave time, time exited, time left, leave, leaves, left, left at, exited at, exit time, departure time, "
        "check out, logout time, "
        "heure de depart, depart, sortie, heure de sortie, heure de deconnexion, deconnexion, heure du depart, "
        "a quitte, quitte a, fin de connexion, heure de fin de participation, "
        "verlassen, verlassen um, verlassen am, zeit des verlassens, zeitpunkt des verlassens, uhrzeit des verlassens, "
        "austrittszeit, austritt, teilnahmeende, "
        "hora de salida, salida, hora de abandono, salio, ora di uscita, uscita, ora di abbandono, "
        "tijdstip van vertrek, vertrektijd, vertrek, tijd van vertrek, afmeldtijd, tijdstip van verlaten, verlaten, "
        "hora de saida, hora da saida, saida, saiu, saiu as, "
        "godzina opuszczenia, czas opuszczenia, opuszczono, opuszczenie, godzina wyjscia, czas wyjscia, wyjscie"
    ),
    "first_joined": (
        "first join, first join time, first joined, premiere connexion, premiere participation, premiere arrivee, "
        "premier acces, heure de la premiere participation, heure de premiere connexion, "
        "erster beitritt, erste teilnahme, erstmals beigetreten, "
        "primera union, primera entrada, primera conexion, primer acceso, primera incorporacion, "
        "prima partecipazione, primo accesso, primo ingresso, primo accesso alla riunione, "
        "eerste deelname, eerste keer deelgenomen, primeira entrada, primeiro ingresso, primeira participacao, "
        "pierwsze dolaczenie, pierwsze wejscie"
    ),
    "last_left": (
        "last leave, last leave time, last left, dernier depart, derniere sortie, derniere deconnexion, "
        "heure du dernier depart, heure de derniere deconnexion, letztes verlassen, letzter austritt, "
        "zuletzt verlassen, "
        "ultima salida, ultima desconexion, ultimo abandono, ultima uscita, ultimo abbandono, "
        "laatste vertrek, laatste keer verlaten, ultima saida, ostatnie opuszczenie, ostatnie wyjscie"
    ),
    "minutes": (
        "duration, minutes, mins, min, time in session, time in meeting, in meeting duration, total duration, "
        "attendance duration, time spent, attendance time, online time, total time, meeting duration, "
        "session duration, attended time, watch time, time attended, total attendance time, live duration, "
        "total attendance, "
        "duree, duree de la reunion, duree dans la reunion, duree en reunion, duree pendant la reunion, "
        "duree de presence, duree de participation, duree totale, duree de connexion, duree de visionnage, "
        "temps passe, temps total, temps dans la session, temps de presence, temps en session, temps de connexion, "
        "temps de participation, temps dans la reunion, temps de presence total, nombre de minutes, "
        "dauer, dauer der besprechung, dauer in der besprechung, besprechungsdauer, gesamtdauer, teilnahmedauer, "
        "anwesenheitsdauer, verweildauer, zeit in der sitzung, zeit in sitzung, gesamtzeit, sitzungsdauer, "
        "anwesenheitszeit, "
        "duracion, duracion de la reunion, duracion en la reunion, duracion total, duracion de la asistencia, "
        "tiempo en la sesion, tiempo en sesion, tiempo total, tiempo de asistencia, tiempo de conexion, "
        "durata, durata riunione, durata della riunione, durata nella riunione, durata totale, "
        "durata partecipazione, durata della partecipazione, durata presenza, tempo in sessione, tempo totale, "
        "tempo di presenza, tempo nella sessione, tempo di partecipazione, "
        "duur, duur van vergadering, duur in vergadering, duur van de vergadering, vergaderduur, totale duur, "
        "aanwezigheidsduur, tijd in sessie, totale tijd, duur van deelname, "
        "duracao, duracao da reuniao, duracao na reuniao, duracao total, tempo na sessao, tempo de presenca, "
        "tempo na reuniao, duracao da participacao, "
        "czas trwania, czas trwania spotkania, czas trwania w spotkaniu, czas trwania podczas spotkania, laczny czas, "
        "czas w sesji, czas obecnosci, calkowity czas, czas uczestnictwa, czas w spotkaniu"
    ),
    "attended": (
        "attended live, attended event, attended webinar, a participe en direct, a participe au live, "
        "a assiste au live, present au live, "
        "attended, has attended, a participe, present, presence, presente, attendance, attendance status, "
        "participation, "
        "presence effective, a assiste, teilgenommen, anwesend, anwesenheit, asistio, asistencia, ha partecipato, "
        "presenza, partecipazione, aanwezig, aanwezigheid, heeft deelgenomen, participou, compareceu, presenca, "
        "obecny, obecnosc, uczestniczyl, emarge, emargement, present e, present absent"
    ),
    "action": (
        "user action, action, action de l utilisateur, action utilisateur, benutzeraktion, aktion, "
        "accion del usuario, accion de usuario, azione utente, azione dell utente, gebruikersactie, "
        "acao do usuario, acao do utilizador, akcja uzytkownika, event, evenement"
    ),
    "moment": (
        "event timestamp, utc event timestamp, "
        "timestamp, time stamp, horodatage, horodateur, zeitstempel, marca de tiempo, marca temporal, data e ora, "
        "timestamp utc, tijdstempel, carimbo de data hora, marca de hora, znacznik czasu, sygnatura czasowa, "
        "date et heure, date and time"
    ),
    "waiting": (
        "in waiting room, waiting room, en salle d attente, dans la salle d attente, salle d attente, "
        "im warteraum, warteraum, en la sala de espera, en sala de espera, sala de espera, "
        "in sala d attesa, sala d attesa, in wachtruimte, in de wachtruimte, in wachtkamer, wachtkamer, "
        "na sala de espera, em sala de espera, w poczekalni, poczekalnia"
    ),
    "part": "role, role dans la reunion, rolle, rol, ruolo, funcao, papel, rola, user type, attendee role",
    "day": (
        "date, jour, day, session date, meeting date, event date, date de la session, date de la seance, "
        "date de la reunion, date de l evenement, datum, fecha, data"
    ),
    "moderator": "moderator, moderateur, moderatrice, animateur, moderador, moderatore, is host, host",
}  # fmt: skip
KNOWN: dict[str, Role] = {phrase: role for role, phrases in PHRASES.items() for phrase in phrases.split(", ")}
# "Nom" is the family's beside a given name, "Nombre" the given one beside a family's.
FAMILY_BESIDE_GIVEN = {"nom", "name", "naam"}
GIVEN_BESIDE_FAMILY = {"nombre", "nome", "name", "naam"}
# Words that say whose name it is, or ask for it: `Quel est votre prénom ?`, `Nom de l’adhérent`.
WORDS_AROUND = """
quel quelle est votre vos ton ta your you what is please enter indiquez indiquer veuillez saisir merci d de du des la le
les l the of del della dello el do da van der ihre ihr tu su tuo il jouw uw seu sua participant participante
participants inscrit inscrite adherent adherente benevole stagiaire personne person attendee registrant ticket holder
membre member beneficiaire contact identity un une a obligatoire required professionnel professionnelle pro personnel
personnelle complete utilisateur utilisatrice user benutzer usuario utente gebruiker uzytkownika invite invitee
"""
AROUND = frozenset(WORDS_AROUND.split())
# The same of whoever paid or booked for others: read where the person's own is missing.
OF_ANOTHER = frozenset(
    [
        "payeur",
        "payer",
        "acheteur",
        "buyer",
        "commanditaire",
        "responsable",
        "referent",
        "ordering",
        "bezahler",
    ]
)
DURATIONS = ("duree", "dauer", "duration", "duracion", "durata", "duur", "duracao")
# How long they spoke, or showed their screen, is not how long they were there.
WORDS_OF_OTHER_THINGS = """
parole talk talking speaking micro mic microphone camera webcam video audio enregistrement recording ecran screen
partage sharing prevue planned scheduled geplant prevista programmee actual reelle chat poll sondage attente waiting
moyenne average mediane mittlere replay replays rediffusion differe wiederholung aufzeichnung
"""
OF_OTHER_THINGS = frozenset(WORDS_OF_OTHER_THINGS.split())
ASCII_WORD = re.compile("[a-z0-9]+")
UNIT_AT_END = re.compile(
    r" (?:(?:en|in|em|w|per) )?(?:minutes|minuten|minutos|minuti|minuut|minut|minutach|min|mins|mn|secondes|seconds|"
    r"sekunden|segundos|secondi|seconden|sec|heures|hours|stunden|horas|ore|uren|hh mm ss|hh mm|h mm ss|h mm|"
    r"utc|gmt|cet|cest)$"
)
# A part of something, in percent, is no length, and nobody's name.
SHARE = re.compile(r"%|\b(?:percent|pourcent|pour\s?cent|prozent|porcent|percentu|procent)", re.IGNORECASE)
# Where a word begins in what programs run together: joinDateTime, UTCTime.
RUN_TOGETHER = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")


def plain(text: str) -> str:
    """Return a text without accents, case and punctuation: `E-mail de l’utilisateur` -> e mail de l utilisateur."""
    if text.isascii():
        return " ".join(ASCII_WORD.findall(text[:LONGEST].lower()))
    folded = (
        text[:LONGEST].casefold().replace("œ", "oe").replace("æ", "ae").replace("ł", "l").replace("ø", "o")
    )
    # Format characters are seen by nobody: they part no word.
    letters = "".join(
        c for c in unicodedata.normalize("NFKD", folded) if unicodedata.category(c) not in HIDDEN
    )
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def spaced(heading: str) -> str:
    """Return a heading of a program as words: `UtcEventTimestamp`, `leave_time` -> Utc Event Timestamp, leave time."""
    return heading if " " in heading else RUN_TOGETHER.sub(" ", heading.replace("_", " "))


def inside_brackets(heading: str) -> str:
    """Return what a heading says in brackets: `Durée (min)` -> min."""
    return " ".join(BRACKETS.findall(heading[:LONGEST]))


def core(words: str) -> str:
    """Return the words of a plain heading without those that only say whose it is, or ask for it."""
    return " ".join(word for word in words.split() if word not in AROUND and word not in OF_ANOTHER)


# Only who somebody is gets asked for in a sentence; hours and states of other things are other things.
ASKED_FOR: dict[str, Role] = {}
for phrase, meant in KNOWN.items():
    if meant in {*IDENTITY, "organisation", "language"} and core(phrase):
        ASKED_FOR.setdefault(core(phrase), meant)
ASKED_FOR |= {
    core(phrase): meant for phrase, meant in KNOWN.items() if core(phrase) == phrase and meant in IDENTITY
}


@lru_cache(maxsize=4096)
def role_of(heading: str) -> tuple[Role | None, bool]:
    """Return (what a heading says its column holds, whether of the person themselves)."""
    if SHARE.search(heading[:LONGEST]):
        return None, True
    heading = spaced(heading[:LONGEST])
    whole = plain(heading)
    base = plain(BRACKETS.sub(" ", heading))
    is_of_another_thing = not OF_OTHER_THINGS.isdisjoint(plain(inside_brackets(heading)).split())
    for words in dict.fromkeys((whole, base, UNIT_AT_END.sub("", base), UNIT_AT_END.sub("", whole))):
        if words in KNOWN:
            return (None if KNOWN[words] == "minutes" and is_of_another_thing else KNOWN[words]), True
    tokens = base.split()
    is_own = not OF_ANOTHER & set(tokens)
    if role := ASKED_FOR.get(core(base)):
        return role, is_own
    # "Durée idéale ?" asks for something else.
    is_length = "?" not in heading and not is_of_another_thing and is_duration(tokens)
    return ("minutes", True) if is_length else (None, True)


def is_duration(words: Sequence[str]) -> bool:
    """True for a heading that begins with the word for a duration, of nothing else than being there."""
    return bool(words) and words[0].endswith(DURATIONS) and not OF_OTHER_THINGS & set(words)


def roles_of(
    headings: Sequence[str], *, wanted: Collection[str], chosen: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Return {what a column holds: its index}, of the roles in `wanted` and those `chosen` by hand by plain heading.

    The first column of a kind counts, a person's own before that of whoever paid for them.
    """
    roles: dict[str, int] = {}
    others: dict[str, int] = {}
    plains = [plain(heading) for heading in headings]
    by_hand = chosen or {}
    for index, words in enumerate(plains):
        if by_hand.get(words):
            roles.setdefault(by_hand[words], index)
    for index, heading in enumerate(headings):
        if plains[index] in by_hand or not plains[index]:
            continue
        role, is_own = role_of(heading)
        if role is not None and role in wanted:
            (roles if is_own else others).setdefault(role, index)
    for name, index in others.items():
        roles.setdefault(name, index)
    return _with_names(roles, plains, by_hand)


def others_of(
    headings: Sequence[str], roles: Mapping[str, int], *, chosen: Mapping[str, str] | None = None
) -> dict[str, list[int]]:
    """Return the further columns of what `roles` has of somebody: asked twice, or by a form and by its platform.

    {what they hold: their indexes}, in the order of the file; none that is somebody else's, or chosen by hand.
    """
    results: dict[str, list[int]] = {}
    taken = set(roles.values())
    for index, heading in enumerate(headings):
        role, is_own = role_of(heading) if plain(heading) else (None, True)
        if index in taken or not is_own or plain(heading) in (chosen or {}):
            continue
        word, held = core(plain(heading)), str(role)
        if role == "name" and "name" not in roles:
            # A name of which the columns beside it said which part it is.
            parts = (("family", FAMILY_BESIDE_GIVEN), ("given", GIVEN_BESIDE_FAMILY))
            held = next((part for part, words in parts if part in roles and word in words), "")
        if held in roles and held in IDENTITY:
            results.setdefault(held, []).append(index)
    return results


def _with_names(roles: dict[str, int], plains: list[str], by_hand: Mapping[str, str]) -> dict[str, int]:
    """Settle a column called only `Nom`, `Name` or `Nombre` by the columns beside it."""
    index = roles.get("name")
    if index is None or plains[index] in by_hand:
        return roles
    word = core(plains[index])
    if "given" in roles and "family" not in roles and word in FAMILY_BESIDE_GIVEN:
        roles["family"] = roles.pop("name")
    elif "family" in roles and "given" not in roles and word in GIVEN_BESIDE_FAMILY:
        roles["given"] = roles.pop("name")
    return roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that was seen: its heading, something that stands in it, and what it was taken for, if for anything."""

    heading: str
    sample: str
    role: str

    @property
    def key(self) -> str:
        return plain(self.heading)


def columns(heading: Row, rows: Sequence[Row], roles: Mapping[str, int]) -> tuple[Column, ...]:
    """Return the columns under a heading, as an organiser is asked about them."""
    by_index = {index: role for role, index in roles.items()}
    return tuple(
        Column(
            heading=cell,
            sample=next((row.cells[n] for row in rows[:50] if n < len(row.cells) and row.cells[n]), ""),
            role=by_index.get(n, ""),
        )
        for n, cell in enumerate(heading.cells)
        if plain(cell)
    )
