"""Which room may import which: the arrows of CONTRIBUTING.md point one way, and Textual stays where the screen is."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "data", "tui")

ORDER = (
    "engine", "engine.programs", "engine.run", "engine.views", "engine.export",
    "data", "data.csv",
    "tui.draw", "tui.terminal", "tui.keys", "tui.run", "tui.worker", "tui.panels", "tui.screens", "tui.workbench",
    "tui.app", "tui.cli",
)  # fmt: skip
"""The rooms from the ground up: each imports only from those before it. `tui.panels` stands for its panels' rooms."""

GROUND = ("tui.draw", "tui.terminal", "tui.keys")
"""What every room of `tui` may use imports nothing of `tui` itself but one another."""

HEADLESS = ("tui.run", "tui.worker", "tui.cli")
"""Rooms in which nothing loads Textual by being imported."""

WIDGETS = ("panel", "plane", "mouse", "scrolling")
"""The files of a panel's room that handle keys, mouse or widgets: the rest draws, and knows no Textual."""

BESIDE = {"tui.panels.inspector": "tui.panels.graph"}
"""The one panel's room that uses another's: the inspector speaks of the nodes as the graph folds them."""


def modules(package: str) -> list[str]:
    """The dotted name of every module of a package."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]


EVERY = [module for package in PACKAGES for module in modules(package)]


def source_of(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(module: str) -> Iterator[str]:
    """Every module that the source names in an import, wherever the statement stands."""
    source = source_of(module)
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".") if source.name == "__init__.py" else module.split(".")[:-1]
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            named = ".".join(filter(None, (base, node.module)))
            inner = [f"{named}.{alias.name}" for alias in node.names]
            yield from (name for name in inner if name in EVERY)
            if not all(name in EVERY for name in inner):
                yield named


def top(name: str) -> str:
    return name.partition(".")[0]


def room(module: str) -> str:
    """The room of ORDER that a module stands in."""
    return max((known for known in ORDER if f"{module}.".startswith(f"{known}.")), key=len, default=top(module))


def panel_of(module: str) -> str:
    """The panel's room that a module stands in, or nothing."""
    parts = module.split(".")
    return ".".join(parts[:3]) if parts[:2] == ["tui", "panels"] and (ROOT.joinpath(*parts[:3])).is_dir() else ""


def loaded_by(*names: str, flags: tuple[str, ...] = ()) -> set[str]:
    """What is in `sys.modules` after a fresh Python imported the modules."""
    code = f"import sys, {', '.join(names)}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, *flags, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", [module for module in EVERY if room(module) in ORDER])
def test_a_room_imports_only_from_the_rooms_below_it(module: str) -> None:
    allowed = {module, *GROUND} if room(module) in GROUND else {*ORDER[: ORDER.index(room(module)) + 1]}
    ours = {name for name in imports(module) if top(name) in PACKAGES}
    assert not [
        name for name in ours if room(name) not in allowed and not (room(module) in GROUND and top(name) == "engine")
    ]


@pytest.mark.parametrize("module", [module for module in EVERY if panel_of(module)])
def test_no_panel_knows_another(module: str) -> None:
    mine = panel_of(module)
    others = {panel_of(name) for name in imports(module)} - {"", mine, BESIDE.get(mine, "")}
    assert not others


@pytest.mark.parametrize("module", modules("tui.panels".replace(".", "/")))
def test_in_a_panels_room_only_what_handles_keys_mouse_or_widgets_imports_textual(module: str) -> None:
    name = module.rpartition(".")[2]
    assert name in WIDGETS or not [found for found in imports(module) if top(found) == "textual"]


FOLDERS = [path for top in PACKAGES for path in (ROOT / top, *(ROOT / top).rglob("*")) if path.is_dir()]


@pytest.mark.parametrize("folder", [path for path in FOLDERS if "__pycache__" not in path.parts], ids=str)
def test_no_room_has_more_than_sixteen_files(folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.is_file()]
    assert len(files) <= 16


@pytest.mark.parametrize("module", [module for module in EVERY if source_of(module).name == "__init__.py"])
def test_each_room_says_what_lives_there(module: str) -> None:
    assert ast.get_docstring(ast.parse(source_of(module).read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", modules("engine"))
def test_the_engine_imports_the_standard_library_and_itself_only(module: str) -> None:
    assert {top(name) for name in imports(module)} <= sys.stdlib_module_names | {"engine"}


def test_the_whole_engine_runs_without_any_installed_package() -> None:
    loaded = loaded_by(*modules("engine"), flags=("-S",))
    assert {top(name) for name in loaded} <= sys.stdlib_module_names | {"engine", "__main__"}


@pytest.mark.parametrize("module", modules("data"))
def test_data_imports_no_package_of_a_screen(module: str) -> None:
    assert {top(name) for name in imports(module)}.isdisjoint({"textual", "rich", "plotext"})


def test_the_app_does_not_load_what_trains() -> None:
    trains = {"engine.run.session", "engine.programs.backend", "engine.programs.c_library", "engine.export.c", "ctypes"}
    assert trains.isdisjoint(loaded_by("tui.cli.main", "tui.cli.start", "tui.app"))


@pytest.mark.parametrize("name", HEADLESS)
def test_what_runs_without_a_screen_does_not_load_textual(name: str) -> None:
    assert "textual" not in {top(found) for found in loaded_by(*(each for each in EVERY if room(each) == name))}


def test_value_brings_the_readable_engine_alone_and_no_third_party() -> None:
    loaded = loaded_by("engine.value", flags=("-S",))
    readable = {
        "engine",
        *(f"engine.{name}" for name in ("ops", "value", "rng", "features", "nn", "optim")),
    }
    assert {name for name in loaded if top(name) == "engine"} == readable
    assert {top(name) for name in loaded} <= sys.stdlib_module_names | {"engine", "__main__"}


def test_value_is_imported_in_under_50_ms() -> None:
    code = "from time import process_time as now; start = now(); import engine.value; print(now() - start)"

    def seconds() -> float:
        return float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True))

    assert min(seconds() for _ in range(5)) < 0.050
