"""CONTRIBUTING.md is true: what it names is there, and the files of a recipe are all those that its example is in."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PRODUCT = ("engine", "data", "tui", "chainrule")

PLACE = re.compile(r"`([\w/.]+\.(?:py|c|h|tcss|toml|md))`(?:: ((?:`[\w.]+`(?:, )?)+))?")
"""`folder/file.py`, and after a colon names that are defined there, each in backquotes."""

RECIPE = re.compile(r"^### (.+?) \(as ([^)]+)\)\n(.*?)(?=^#)", re.MULTILINE | re.DOTALL)
"""A recipe with the example that shows it, by the names it has in the code, and its steps."""

RECIPES = RECIPE.findall(TEXT)
STEP = re.compile(r"^\d+\. .*", re.MULTILINE)


def defined_in(path: Path) -> set[str]:
    """Functions, classes, methods and names that a module or its classes assign, methods with their class."""
    names: set[str] = set()

    def collect(nodes: list[ast.stmt], prefix: str) -> None:
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(prefix + node.name)
                if isinstance(node, ast.ClassDef):
                    collect(node.body, f"{prefix}{node.name}.")
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            names.update(prefix + target.id for target in targets if isinstance(target, ast.Name))

    collect(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return names


def product_files() -> list[Path]:
    return [path for top in PRODUCT for path in sorted((ROOT / top).rglob("*")) if path.suffix in (".py", ".c", ".h")]


@pytest.mark.parametrize("place", sorted({match.group() for match in PLACE.finditer(TEXT)}))
def test_every_file_and_name_that_is_mentioned_is_there(place: str) -> None:
    match = PLACE.fullmatch(place)
    assert match
    path = ROOT / match[1]
    assert path.is_file()
    names = re.findall(r"`([\w.]+)`", match[2] or "")
    if names:
        assert set(names) <= defined_in(path)


@pytest.mark.parametrize(("what", "example", "steps"), RECIPES, ids=[what for what, *_ in RECIPES])
def test_a_recipes_files_are_those_that_its_example_is_in(what: str, example: str, steps: str) -> None:
    names = "|".join(re.findall(r"`(\w+)`", example))
    found = {
        str(path.relative_to(ROOT))
        for path in product_files()
        if re.search(rf"(?<![A-Za-z])({names})(?![A-Za-z])", path.read_text(encoding="utf-8"))
    }
    assert found == {match[1] for step in STEP.findall(steps) for match in PLACE.finditer(step)}, what


def test_there_is_a_recipe_for_each_kind_of_thing() -> None:
    kinds = {what.split(" ", 1)[1] for what, *_ in RECIPE.findall(TEXT)}
    assert kinds >= {
        "operation",
        "activation",
        "optimizer",
        "loss",
        "data set",
        "setting",
        "key",
        "intent",
        "panel view",
    }


def test_the_map_names_every_room_and_no_other() -> None:
    listed = set(re.findall(r"^ *([\w/]+)/ ", TEXT.split("```")[1], re.MULTILINE))
    tops = ("engine", "data", "tui", "chainrule")
    rooms = {str(path.parent.relative_to(ROOT)) for top in tops for path in (ROOT / top).rglob("__init__.py")}
    assert listed == rooms
