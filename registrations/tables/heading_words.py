"""The words of headings, in eight languages, without accents or capitals: those of platforms, and those of people."""

from __future__ import annotations

from typing import Literal

Role = Literal[
    "name", "given", "family", "email", "upn", "organisation", "language", "state", "gone",
    "joined", "left", "first_joined", "last_left", "minutes", "attended",
    "action", "moment", "waiting", "part", "moderator", "day",
]  # fmt: skip

PHRASES: dict[Role, str] = {
    "email": (
        "email, e mail, mail, emails, user email, email address, e mail address, mail address, adresse e mail, "
        "adresse email, adresse mail, adresse de messagerie, adresse electronique, courriel, adresse courriel, "
        "mel, courrier electronique, "
        "e mail de l utilisateur, email de l utilisateur, participant email, attendee email, invitee email, "
        "contact email, ticket holder email, email 1 value, e mail 1 value, "
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
        "invitee first name, ticket holder first name"
    ),
    "family": (
        "last name, lastname, last names, family name, surname, nom de famille, nom d usage, nachname, "
        "familienname, apellido, apellidos, primer apellido, cognome, achternaam, familienaam, sobrenome, apelido, "
        "nazwisko, attendee last name, invitee last name, ticket holder last name"
    ),
    "name": (
        "name, nom, nombre, nome, naam, nazwa, full name, fullname, user name, username, display name, "
        "name original name, user name original name, participant, participants, participant name, attendee, "
        "attendee name, invitee name, guest name, ticket holder, ticket holder name, "
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
        "organisation, organization, organisation name, organization name, organization 1 name, structure, company, "
        "company name, entreprise, employer, employeur, association, "
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
        "statut du participant, statut participant, etat du participant, statut de la participation, "
        "statut de la reservation, statut de reservation, statut d inscription, participant status, ticket status, "
        "booking status, payment status, rsvp status, "
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
        "rejoindre, rejoint, "
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
        "quitte, quitter, parti, "
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
        "first join, first join time, first joined, first seen, first seen at, "
        "premiere connexion, premiere participation, premiere arrivee, "
        "premier acces, heure de la premiere participation, heure de premiere connexion, "
        "erster beitritt, erste teilnahme, erstmals beigetreten, "
        "primera union, primera entrada, primera conexion, primer acceso, primera incorporacion, "
        "prima partecipazione, primo accesso, primo ingresso, primo accesso alla riunione, "
        "eerste deelname, eerste keer deelgenomen, primeira entrada, primeiro ingresso, primeira participacao, "
        "pierwsze dolaczenie, pierwsze wejscie"
    ),
    "last_left": (
        "last leave, last leave time, last left, last seen, last seen at, "
        "dernier depart, derniere sortie, derniere deconnexion, "
        "heure du dernier depart, heure de derniere deconnexion, letztes verlassen, letzter austritt, "
        "zuletzt verlassen, "
        "ultima salida, ultima desconexion, ultimo abandono, ultima uscita, ultimo abbandono, "
        "laatste vertrek, laatste keer verlaten, ultima saida, ostatnie opuszczenie, ostatnie wyjscie"
    ),
    "minutes": (
        "duration, minutes, mins, min, time in session, time in meeting, in meeting duration, total duration, "
        "attendance duration, time spent, attendance time, online time, total time, meeting duration, "
        "session duration, attended time, watch time, time attended, total attendance time, live duration, "
        "total attendance, time in call, time on call, "
        "duree, duree de la reunion, duree dans la reunion, duree en reunion, duree pendant la reunion, "
        "duree de presence, duree de participation, duree totale, duree de connexion, duree de visionnage, "
        "temps passe, temps total, temps dans la session, temps de presence, temps en session, temps de connexion, "
        "temps de participation, temps dans la reunion, temps de presence total, nombre de minutes, temps en ligne, "
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
# Words that say whose name it is, or ask for it: `Quel est votre prénom ?`, `Nom de l’adhérent`.
WORDS_AROUND = """
quel quelle est votre vos ton ta your you what is please enter indiquez indiquer veuillez saisir merci d de du des la le
les l the of del della dello el do da van der ihre ihr tu su tuo il jouw uw seu sua participant participante
participants inscrit inscrite adherent adherente benevole stagiaire personne person attendee registrant
membre member beneficiaire contact identity un une a obligatoire required professionnel professionnelle pro personnel
personnelle perso prive privee principal principale primary
complete utilisateur utilisatrice user benutzer usuario utente gebruiker uzytkownika invite invitee
"""
