"""What the documents say is so: every setting is listed, every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tools import newcomer

ROOT = Path(__file__).parent.parent.parent
# Read by the bootstrap, by Django, or by docker-compose.yml alone.
IMAGES = {"POSTGRES_IMAGE", "REDIS_IMAGE", "MAILPIT_IMAGE", "PYTHON_IMAGE"}
ELSEWHERE = {
    "DJANGO_SETTINGS_MODULE",
    "PORT",
    "ESCALE_DEMO",
    "POSTGRES_PASSWORD",
    "MAIL_PORT",
    "LOG_FORMAT",
    *IMAGES,
}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    """Return the environment variables that the settings look at."""
    result: set[str] = set()
    for path in (ROOT / "config" / "settings").glob("*.py"):
        result |= set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", path.read_text(encoding="utf-8")))
    return result


def test_every_setting_is_explained_and_none_is_invented() -> None:
    table = text("docs/operating.md").split("## Settings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    explained = [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]
    assert sorted(explained) == sorted(settings_read() | ELSEWHERE)


def test_the_example_environment_names_only_what_is_read() -> None:
    named = re.findall(r"^#? ?([A-Z_]+)=", text(".env.example"), re.MULTILINE)
    assert set(named) - settings_read() - ELSEWHERE == set()


def test_compose_runs_web_worker_beat_and_what_they_need() -> None:
    services = yaml.safe_load(text("docker-compose.yml"))["services"]
    assert sorted(services) == ["beat", "db", "mail", "migrate", "redis", "web", "worker"]
    lasting = {name: service for name, service in services.items() if name != "migrate"}
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []
    assert {service["restart"] for service in lasting.values()} == {"unless-stopped"}
    # Neither memory nor logs of any of them may take the machine.
    assert [name for name, service in services.items() if "mem_limit" not in service] == []
    assert {service["logging"]["options"]["max-size"] for service in services.values()} == {"10m"}


DOCKER = """#!/bin/sh
case "$1" in
  pull) echo "$3" >> pulled ;;
  image) echo "$4" | sed "s|{{index .RepoDigests 0}}|${5%:*}@sha256:0123|" ;;
  compose) shift; echo "$@" > composed ;;
esac
"""


def test_the_command_that_pins_images_pins_every_image_that_is_taken_from_elsewhere(tmp_path: Path) -> None:
    defaults = dict(re.findall(r"\$\{([A-Z]+_IMAGE):-([^}]+)\}", text("docker-compose.yml")))
    assert set(defaults) == IMAGES
    services = yaml.safe_load(text("docker-compose.yml"))["services"].values()
    foreign = {service["image"] for service in services if service["image"] != "escale"}
    assert foreign == {f"${{{name}:-{defaults[name]}}}" for name in IMAGES - {"PYTHON_IMAGE"}}
    assert {service["build"]["args"]["PYTHON_IMAGE"] for service in services if "build" in service} == {
        f"${{PYTHON_IMAGE:-{defaults['PYTHON_IMAGE']}}}"
    }
    assert re.findall(r"^(?:FROM|ARG) (\S+)", text("Dockerfile"), re.MULTILINE) == [
        f"PYTHON_IMAGE={defaults['PYTHON_IMAGE']}",
        "${PYTHON_IMAGE}",
        "${PYTHON_IMAGE}",
    ]
    docker = tmp_path / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    (tmp_path / ".env").write_text("SECRET_KEY=x\nREDIS_IMAGE=redis@sha256:old\n")
    (command,) = re.findall(r"```\n(sed .*?)```", text("docs/operating.md"), re.DOTALL)
    subprocess.run(
        ["/bin/sh", "-eu", "-c", command], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True
    )
    lines = (tmp_path / ".env").read_text().splitlines()
    assert dict(line.split("=") for line in lines) == {"SECRET_KEY": "x"} | {
        name: f"{image.partition(':')[0]}@sha256:0123" for name, image in defaults.items()
    }
    assert (len(lines), sorted((tmp_path / "pulled").read_text().split())) == (5, sorted(defaults.values()))
    assert (tmp_path / "composed").read_text() == "up -d --build\n"


def documents() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],  # noqa: S607 - the developer's git
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return listed.stdout.split()


def anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", documents())
def test_links_between_documents_lead_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    broken = []
    for link in re.findall(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)", text(name)):
        if link.startswith(("https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        path = here / target if target else ROOT / name
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(link)
    assert broken == []


def test_the_stylesheet_keeps_to_its_weight() -> None:
    assert "25 KB at most" in text("docs/look.md")
    assert (ROOT / "static" / "escale.css").stat().st_size <= 25 * 1024


def test_what_the_desk_adds_to_the_stylesheet_keeps_to_its_weight() -> None:
    assert "8 KB more at most" in text("docs/look.md")
    assert (ROOT / "static" / "desk.css").stat().st_size <= 8 * 1024


def make_targets() -> dict[str, str]:
    """Return the targets of the Makefile with their commands."""
    parts = re.split(r"^([a-z0-9-]+):.*\n", text("Makefile"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def made(source: str) -> set[str]:
    """Return the targets that a text asks `make` for."""
    return set(re.findall(r"(?:^|[`;] ?|=\S* )make ([a-z][a-z0-9-]*)", source, re.MULTILINE))


@pytest.mark.parametrize("name", [*documents(), ".ci/run"])
def test_every_make_command_that_is_named_exists(name: str) -> None:
    assert made(text(name)) - set(make_targets()) == set()


def test_the_readme_asks_a_newcomer_for_two_commands() -> None:
    assert newcomer.readme_commands(text("README.md")) == ["make run", "make test"]


def test_ci_does_what_the_readme_says_before_it_installs_anything() -> None:
    script = text(".ci/run").split("\nstep() ")[1]  # behind the functions
    before, after = script.split("python3 tools/newcomer.py\n")
    assert re.findall(r"\|\| (install .*)", before) == ["install python3-venv"]
    assert made(after) == {"check", "test-services", "e2e"}
    assert "tools/bootstrap.py" not in text(".ci/run")


def test_the_readme_names_every_command_of_ci() -> None:
    assert {"run", "test", *made(text(".ci/run"))} <= made(text("README.md"))


def test_every_target_sets_up_what_it_needs() -> None:
    targets = make_targets()
    assert {"help"} == {
        name for name, commands in targets.items() if not re.search(r"\$\((BOOT|DEV|E2E|CHECKED)\)", commands)
    }


def test_only_the_browser_tests_need_the_browser_set() -> None:
    targets = make_targets()
    assert [name for name in ("test", "test-services") if "$(NO_BROWSER)" not in targets[name]] == []
    outside = [
        p
        for p in (ROOT / "tests").rglob("*.py")
        if "browser" not in p.parts and re.search(r"^from playwright", p.read_text("utf-8"), re.MULTILINE)
    ]
    assert outside == []
