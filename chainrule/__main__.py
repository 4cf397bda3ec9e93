"""The `chainrule` command, also as `python -m chainrule`."""

import gc
import sys

import chainrule

PACKAGES = ("engine", "data", "tui")


def main() -> None:
    own_packages_first()
    gc.disable()
    from tui.cli.main import main as command  # noqa: PLC0415  # found now

    gc.freeze()  # what is imported stays and need not be looked through
    gc.enable()
    command()


def own_packages_first() -> None:
    """In this process `engine`, `data` and `tui` are ours, whoever else has packages of these names.

    Raises nothing and undoes nothing: the process is to be chainrule and nothing else from here on. What was imported
    under one of the names before, by a `.pth` file or `sitecustomize`, stays with those who have it.
    """
    sys.path.insert(0, chainrule.__path__[-1])
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        del sys.modules[name]


if __name__ == "__main__":
    main()
