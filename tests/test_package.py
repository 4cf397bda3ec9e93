"""What is installed: one package that meets no other, its manual pages, its types and its description.

An environment is made with the wheel, built from the source distribution, and the package index's `data` and `tui`. The
tests' own environment lies behind it and gives what the wheel depends on.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import pytest

from chainrule import __version__
from chainrule.distribution import address, with_addresses
from tui.cli.main import main

ROOT = Path(__file__).parents[1]
SMOKE = ROOT / "tests" / "e2e" / "smoke.py"
REPOSITORY = "https://forge.example/people/chainrule"
OTHERS = ("data==0.4", "tui==1.1.1")
"""Neither is known to change any more; the second is for Python 2 and can be found but not run."""
PAGES = ("chainrule", *(f"chainrule-{name}" for name in main.commands))
HOSTILE = {
    "data.py": "raise SystemExit('the wrong data')",
    "engine.py": "raise SystemExit('the wrong engine')",
    "tui/__init__.py": "raise SystemExit('the wrong tui')",
    "sitecustomize.py": "import sys, types\nsys.modules['data'] = sys.modules['engine'] = types.ModuleType('other')",
}


class Installed(NamedTuple):
    """The wheel, the environment with it, and a folder of a user who has modules of the same names."""

    wheel: Path
    environment: Path
    folder: Path

    def run(self, *command: str, path: str = "") -> str:
        """What a command of the environment prints, in a folder with nothing of ours."""
        program, *arguments = command
        done = subprocess.run(
            [self.environment / "bin" / program, *arguments],
            cwd=self.environment,
            env={"PATH": os.environ["PATH"], "HOME": str(self.environment), "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def metadata(self) -> "Message":
        with zipfile.ZipFile(self.wheel) as archive:
            return message_from_bytes(archive.read(f"chainrule-{__version__}.dist-info/METADATA"))


def hatchling(target: str, tree: Path, out: Path) -> None:
    """Build a distribution of a source tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)


def cloned(tree: Path) -> None:
    """A copy of the tree as from a repository with an address."""
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for part in ("chainrule", "engine", "data", "tui", "tests"):
        shutil.copytree(ROOT / part, tree / part, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    subprocess.run(["git", "remote", "add", "origin", "git@forge.example:people/chainrule.git"], cwd=tree, check=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    work = tmp_path_factory.mktemp("package")
    cloned(work / "clone")
    hatchling("sdist", work / "clone", work)
    with tarfile.open(work / f"chainrule-{__version__}.tar.gz") as archive:
        archive.extractall(work, filter="data")
    hatchling("wheel", work / f"chainrule-{__version__}", work)
    (wheel,) = work.glob("*.whl")
    environment = work / "environment"
    venv.create(environment)
    python = str(environment / "bin" / "python")
    (purelib,) = environment.glob("lib/python*/site-packages")
    (purelib / "behind.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, "--no-build-isolation", *OTHERS], check=True)
    subprocess.run([*pip, "--no-deps", "--ignore-installed", str(wheel)], check=True)
    for name, text in HOSTILE.items():
        path = work / "hostile" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Installed(wheel, environment, work / "hostile")


def test_nothing_but_chainrule_is_at_the_top_level(installed: Installed) -> None:
    names = {Path(name).parts[0] for name in zipfile.ZipFile(installed.wheel).namelist()}
    assert names == {"chainrule", *(f"chainrule-{__version__}.{kind}" for kind in ("dist-info", "data"))}


@pytest.mark.parametrize("start", [("chainrule",), ("python", "-m", "chainrule")])
def test_modules_of_the_same_names_are_not_taken_for_ours(installed: Installed, start: tuple[str, ...]) -> None:
    path = str(installed.folder)
    assert installed.run(*start, "--version", path=path) == f"chainrule {__version__}\n"
    assert installed.run(*start, "train", "--steps", "3", path=path).count("train loss") == 3


def test_the_app_runs_beside_packages_of_the_same_names(installed: Installed) -> None:
    command = str(installed.environment / "bin" / "chainrule")
    shown = installed.run(sys.executable, "-P", "-S", str(SMOKE), command, path=str(installed.folder))
    assert shown == "the app started, took its keys and quit\n"


def test_the_other_packages_are_what_they_were(installed: Installed) -> None:
    """`data` runs. `tui` is found with all its modules, although no Python of today can run it."""
    code = (
        "import data, importlib.util as u, json; from importlib.metadata import files\n"
        "found = [file for name in ('data', 'tui') for file in files(name) if file.suffix == '.py' and file.hash]\n"
        "whole = [file.hash.value in __import__('base64').urlsafe_b64encode(__import__('hashlib').sha256("
        "file.locate().read_bytes()).digest()).decode() for file in found]\n"
        "print(json.dumps([data.__version__, data.Data('x').__class__.__module__, u.find_spec('tui').origin, whole]))"
    )
    version, module, tui, whole = json.loads(installed.run("python", "-P", "-c", code))
    assert (version, module) == ("0.4", "data")
    assert tui.startswith(str(installed.environment))
    assert len(whole) == 6
    assert all(whole)


def test_a_script_has_the_engine(installed: Installed) -> None:
    code = "from chainrule.engine import Value; x = Value(3.0); (x * x).backward(); print(x.grad)"
    assert installed.run("python", "-c", code, path=str(installed.folder)) == "6.0\n"


@pytest.mark.parametrize("name", ["engine", "chainrule.engine"])
def test_in_a_checkout_the_engine_goes_by_two_names(name: str) -> None:
    code = f"from {name} import Value; print(Value.__module__)"
    assert subprocess.check_output([sys.executable, "-S", "-c", code], cwd=ROOT, text=True) == f"{name}.value\n"


def test_the_readme_s_example_is_strictly_typed(installed: Installed, tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "example.py").write_text(example)
    python = installed.environment / "bin" / "python"
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "example.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "Success: no issues found in 1 source file\n"


@pytest.mark.parametrize("page", PAGES)
def test_each_command_has_a_manual_page_with_all_its_options(installed: Installed, page: str) -> None:
    text = (installed.environment / "share" / "man" / "man1" / f"{page}.1").read_text()
    shown = re.sub(r"\\f[BIR]", "", text).replace(r"\-", "-")
    _, _, name = page.partition("-")
    command = main.commands[name] if name else main
    assert f"\n{page} - " in shown
    for option in (option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)):
        if option.startswith("-"):
            assert re.search(rf"^{option}\b", shown, re.MULTILINE), option
    assert f"chainrule {__version__}" in shown


def test_the_manual_names_every_command(installed: Installed) -> None:
    folder = installed.environment / "share" / "man" / "man1"
    assert {page.stem for page in folder.iterdir()} == set(PAGES)
    text = (folder / "chainrule.1").read_text().replace(r"\-", "-")
    assert all(f"{page}\\fR(1)" in text for page in PAGES[1:])


def test_the_description_s_links_and_the_project_s_lead_to_its_repository(installed: Installed) -> None:
    metadata = installed.metadata()
    assert f"Source, {REPOSITORY}" in metadata.get_all("Project-URL", [])
    links = re.findall(r"\]\((.*?)\)", str(metadata.get_payload()))
    assert f"{REPOSITORY}/raw/HEAD/tests/shown/chainrule.svg" in links
    assert all(link.startswith("https://") for link in links)
    paths = [re.sub(rf"^{REPOSITORY}/(raw|blob)/HEAD/", "", link) for link in links]
    assert all((ROOT / path).exists() for path in paths)


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://forge.example/people/chainrule.git", REPOSITORY),
        ("https://name:secret@forge.example/people/chainrule", REPOSITORY),
        ("ssh://git@forge.example:2222/people/chainrule.git", REPOSITORY),
        ("git@forge.example:people/chainrule.git", REPOSITORY),
        ("/srv/chainrule.git", ""),
        ("../chainrule", ""),
        ("", ""),
    ],
)
def test_the_repository_is_where_the_checkout_came_from(tmp_path: Path, remote: str, expected: str) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "config", "remote.origin.url", remote], cwd=tmp_path, check=True)
    assert address(str(tmp_path)) == expected


def test_without_a_repository_s_address_there_is_only_text() -> None:
    text = "![The app of h1[3]](shown/app.svg), [the map](MAP.md), [elsewhere](https://x.example), [below](#start)"
    assert with_addresses(text, "") == "*The app of h1[3]*, the map, [elsewhere](https://x.example), [below](#start)"
    assert with_addresses(text, REPOSITORY) == (
        f"![The app of h1[3]]({REPOSITORY}/raw/HEAD/shown/app.svg), [the map]({REPOSITORY}/blob/HEAD/MAP.md), "
        "[elsewhere](https://x.example), [below](#start)"
    )
