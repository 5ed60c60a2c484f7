"""The list of pictures: each name once, each address one of the site's, each picture kept and of a kept size."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import resolve

from notifications.mail.kinds import KINDS
from tools import shots, shown

FOLDER = Path(shots.__file__).resolve().parent.parent / "docs" / "screens"
MOST = 12 * 1024 * 1024


def test_each_picture_has_a_name_of_its_own_and_an_address_of_the_site() -> None:
    names = [shot.name for shot in shots.SHOTS]
    assert len(names) == len(set(names))
    named = {shot.path for shot in shots.SHOTS if not shot.path.startswith("/")}
    assert [path for path in named if not re.fullmatch(r"[A-Z-]+", path)] == []
    for shot in shots.SHOTS:
        if shot.path.startswith("/"):
            resolve(urlsplit(shot.path).path)


def test_each_picture_of_the_list_is_kept_and_no_other() -> None:
    of_mails = {f"mail-{kind.replace('_', '-')}" for kind in KINDS if kind not in shown.COUNTING}
    in_the_dark = {f"mail-{kind.replace('_', '-')}-dark" for kind in shots.DARK_MAILS}
    listed = {shot.name for shot in shots.SHOTS} | of_mails | in_the_dark
    assert {picture.stem for picture in FOLDER.glob("*.png")} == listed
    assert sum(picture.stat().st_size for picture in FOLDER.glob("*.png")) <= MOST
