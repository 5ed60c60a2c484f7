"""Changing what things say, not when they are: words, agendas, objectives, partners, links, whether one may see them.

Every verb is one transaction, locks what it changes, and refuses to overwrite what someone else saved meanwhile.
None raises a session's `revision`: a corrected title plans no reminder anew.

session   words, settings and agenda of a session; whether its date is sure
cycle     a cycle's words, its rhythm, its sessions made from it
content   programmes, modules, workshops, resources, news, organisations, people
file      the file of a resource, a document of a session
recap     what follows a session: its recap, replay and resources
drafts    a programme or a cycle that was begun and came to nothing
removal   drafts, and names that nothing names any more
picture   the picture of a cycle, a session or a post; the logo of a programme or an organisation
rows      ordered rows below one of them
shown     what an editor was shown, as a short text
"""

from .content import archive, create, digest, edit_content, publish, unarchive, withdraw
from .cycle import duplicate, plan, season_title, set_rule
from .drafts import delete_cycle, delete_programme, goes_with, why_kept, why_programme_kept
from .file import add_document, file_of, remove_file, set_file
from .picture import picture_of, remove_picture, set_picture
from .recap import digest_after, next_after, recap_of, resources_of, write_recap
from .removal import REMOVABLE, delete, references
from .session import AGENDA_LIMIT, confirm_date, edit
from .shown import fingerprint

__all__ = [
    "AGENDA_LIMIT",
    "REMOVABLE",
    "add_document",
    "archive",
    "confirm_date",
    "create",
    "delete",
    "delete_cycle",
    "delete_programme",
    "digest",
    "digest_after",
    "duplicate",
    "edit",
    "edit_content",
    "file_of",
    "fingerprint",
    "goes_with",
    "next_after",
    "picture_of",
    "plan",
    "publish",
    "recap_of",
    "references",
    "remove_file",
    "remove_picture",
    "resources_of",
    "season_title",
    "set_file",
    "set_picture",
    "set_rule",
    "unarchive",
    "why_kept",
    "why_programme_kept",
    "withdraw",
    "write_recap",
]
