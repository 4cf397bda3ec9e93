"""Dependencies point one way: engine <- data <- tui, and Textual stays out of everything that runs without a screen."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "data", "tui")
HEADLESS = ("tui.cli.main", "tui.worker.process", "tui.run.spec")


def modules(package: str) -> list[str]:
    """The dotted name of every module of a package."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]


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
            yield ".".join(filter(None, (base, node.module)))


def top(name: str) -> str:
    return name.partition(".")[0]


def loaded_by(*names: str, flags: tuple[str, ...] = ()) -> set[str]:
    """What is in `sys.modules` after a fresh Python imported the modules."""
    code = f"import sys, {', '.join(names)}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, *flags, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", modules("engine"))
def test_the_engine_imports_the_standard_library_and_itself_only(module: str) -> None:
    assert {top(name) for name in imports(module)} <= sys.stdlib_module_names | {"engine"}


@pytest.mark.parametrize(
    "module",
    [
        "tui.panels.boundary.cells",
        "tui.panels.boundary.cursor",
        "tui.panels.boundary.points",
        "tui.panels.boundary.editing",
    ],
)
def test_what_knows_of_points_knows_nothing_of_their_drawing(module: str) -> None:
    assert not [name for name in imports(module) if name.startswith(("tui.draw", "textual"))]


@pytest.mark.parametrize("module", modules("data"))
def test_data_does_not_import_the_app(module: str) -> None:
    assert {top(name) for name in imports(module)}.isdisjoint({"tui", "textual", "rich", "plotext"})


def test_the_packages_do_not_import_each_other_in_a_circle() -> None:
    graph = {
        package: {top(name) for module in modules(package) for name in imports(module)} & set(PACKAGES) - {package}
        for package in PACKAGES
    }
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("engine") < order.index("tui")


def test_the_whole_engine_runs_without_any_installed_package() -> None:
    loaded = loaded_by(*modules("engine"), flags=("-S",))
    assert {top(name) for name in loaded} <= sys.stdlib_module_names | {"engine", "__main__"}


@pytest.mark.parametrize("module", ["tui.workbench.files", "tui.screens.questions", "tui.workbench.status"])
def test_questions_and_how_things_stand_are_put_together_without_any_widget(module: str) -> None:
    assert "textual" not in loaded_by(module)


def test_data_loads_nothing_of_the_app() -> None:
    loaded = {top(name) for name in loaded_by(*modules("data"))}
    assert loaded.isdisjoint({"tui", "textual", "rich", "plotext"})


@pytest.mark.parametrize("module", HEADLESS)
def test_what_runs_without_a_screen_does_not_load_textual(module: str) -> None:
    assert "textual" not in {top(name) for name in loaded_by(module)}


def test_value_brings_the_readable_engine_alone_and_no_third_party() -> None:
    loaded = loaded_by("engine.value", flags=("-S",))
    readable = {
        "engine",
        *(f"engine.{name}" for name in ("ops", "value", "rng", "features", "initialisation", "nn", "optim")),
    }
    assert {name for name in loaded if top(name) == "engine"} == readable
    assert {top(name) for name in loaded} <= sys.stdlib_module_names | {"engine", "__main__"}


def test_value_is_imported_in_under_50_ms() -> None:
    code = "from time import process_time as now; start = now(); import engine.value; print(now() - start)"

    def seconds() -> float:
        return float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True))

    assert min(seconds() for _ in range(5)) < 0.050
