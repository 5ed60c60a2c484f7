#!/usr/bin/env python3
"""Delete from an environment what no page reads: other languages, sources of catalogues, tests of libraries.

    slim.py /opt/venv fr en

keeps what is French and English. The Dockerfile does it where the environment is made: the image never holds the rest.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def is_other(name: str, languages: set[str]) -> bool:
    """Tell whether a folder or file that is named for a language (`fr`, `en_GB`, `pt-br`) is of none of these."""
    return name.replace("-", "_").partition("_")[0].lower() not in languages


def superfluous(packages: Path, languages: set[str]) -> list[Path]:
    """Return the folders and files below that no page reads; a folder stands for all that is in it."""
    found = []
    for catalogues in packages.glob("**/locale/*/LC_MESSAGES"):
        language = catalogues.parent
        found += [language] if is_other(language.name, languages) else [*catalogues.glob("*.po")]
    # Babel's names of days, months, places and numbers; `root` stands above every language.
    for data in packages.glob("babel/locale-data/*.dat"):
        found += [data] if is_other(data.stem, {"root", *languages}) else []
    found += [folder for folder in packages.glob("*/**/tests") if folder.is_dir()]
    return found


def size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file())


def main(arguments: list[str]) -> int:
    if len(arguments) < 2:  # noqa: PLR2004 - a folder and a language
        print(__doc__)
        return 2
    freed = 0
    for packages in Path(arguments[0]).glob("lib/python3*/site-packages"):
        for path in superfluous(packages, set(arguments[1:])):
            freed += size(path) if path.exists() else 0
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    print(f"{freed / 1e6:.0f} MB deleted that no page reads")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
