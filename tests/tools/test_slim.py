"""What the image leaves out of its environment: other languages and tests, nothing that the site says or does."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from tools import slim

ROOT = Path(__file__).parent.parent.parent
KEPT = (
    *("django/conf/locale/__init__.py", "django/conf/locale/de/formats.py", "django/test/client.py"),
    *("django/conf/locale/fr/LC_MESSAGES/django.mo", "django/conf/locale/en_GB/LC_MESSAGES/django.mo"),
    *("babel/locale-data/root.dat", "babel/locale-data/fr_FR.dat", "babel/locale-data/en_001.dat"),
    *("babel/locale-data/LICENSE.unicode", "babel/global.dat", "pytest_like/tests.py", "tests_of_it/one.py"),
)
DELETED = (
    *("django/contrib/admin/locale/pt_BR/LC_MESSAGES/django.mo", "allauth/locale/zh-hans/LC_MESSAGES/a.mo"),
    *("django/conf/locale/fr/LC_MESSAGES/django.po", "holidays/locale/frr/LC_MESSAGES/FR.mo"),
    *("babel/locale-data/frr.dat", "babel/locale-data/ast_ES.dat"),
    *("icalendar/tests/data/one.ics", "django/contrib/gis/tests/tests/one.py"),
)


def test_other_languages_and_tests_go_and_nothing_else(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.13" / "site-packages"
    for name in (*KEPT, *DELETED):
        path = packages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert slim.main([str(tmp_path), "fr", "en"]) == 0
    left = {path.relative_to(packages).as_posix() for path in packages.rglob("*") if path.is_file()}
    assert left == set(KEPT)
    assert slim.main([str(tmp_path), "fr", "en"]) == 0


def test_it_asks_for_a_folder_and_a_language(tmp_path: Path) -> None:
    assert slim.main([str(tmp_path)]) == 2


def test_the_image_keeps_the_languages_of_the_site() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (kept,) = re.findall(r"slim\.py /opt/venv ([a-z ]+)", dockerfile)
    assert sorted(kept.split()) == sorted(code for code, _name in settings.LANGUAGES)
