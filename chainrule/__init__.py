"""What is installed: the command, and the engine for scripts, `from chainrule.engine import Value`.

In a wheel the packages `engine`, `data` and `tui` lie in here, so that none of them can meet another of its name. In a
checkout they lie beside this folder and are found there as parts of it, too.
"""

import os

__version__ = "0.1.0"

if not os.path.isdir(os.path.join(__path__[0], "engine")):  # noqa: PTH112, PTH118  # scripts import the engine alone
    __path__.append(os.path.dirname(__path__[0]))  # noqa: PTH120
