"""`python -m tui`: the `chainrule` command from a checkout that is not installed."""

from tui.cli.main import main

if __name__ == "__main__":  # a spawned worker imports this module too, under another name
    main()
