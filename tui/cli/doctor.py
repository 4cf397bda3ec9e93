"""`chainrule doctor`: what the machine has for compiled runs, and who computes a run here.

It stands apart because it is the one command that looks at the machine, and it answers in words, not as data.
"""

import os
from dataclasses import replace
from pathlib import Path

from engine.programs.c_library import UnavailableError, find_compiler, machine_flags, refusal
from tui.cli.machine import c_library, machine, python
from tui.run.spec import RunData, RunSpec, compiled_code, open_run
from tui.worker.sentences import BACKEND_TITLES

OTHER_CC = "Unset CC, or let it name a compiler that works, and runs are compiled."
INSTALL = "Install gcc or clang, or name a compiler in CC, and runs are compiled."


def diagnosis(spec: RunSpec, data: RunData) -> str:
    """Several lines, a name and what is known about it each."""
    found, compiler = compiler_text()
    computed, compiled = run_text(spec, data)
    rows = [("Python", python()), ("C compiler", compiler), ("processor", machine()), ("C library", c_library())]
    rows += [("cache", cache_text(compiled_code())), ("this run", computed)]
    if not compiled:
        rows.append(("", "The digits are the same whoever computes; compiled C is only faster."))
        if not found:
            rows.append(("", OTHER_CC if os.environ.get("CC") else INSTALL))
    return "\n".join(f"{name:<12}{text}" for name, text in rows)


def compiler_text() -> tuple[bool, str]:
    """Whether there is a compiler; it and its version, or why there is none."""
    try:
        found = find_compiler()
    except UnavailableError as reason:
        return False, f"none: {reason}"
    flags = "".join(f" {flag}" for flag in machine_flags())
    version = found.version.partition("\n")[0]
    return True, f"{' '.join(found.command)}{flags}: {version}"


def cache_text(path: Path) -> str:
    """Where compiled programs are kept, and how many there are, or why it is not used."""
    try:
        if reason := refusal(path):
            return f"not used: {reason}"
        kept = [file.stat().st_size for file in path.glob("*.so") if file.is_file()]
    except FileNotFoundError:
        return f"{path}: nothing yet"
    except OSError as error:
        return f"{path}: {error.strerror}"
    return f"{path}: {len(kept)} program{'s' * (len(kept) != 1)}, {sum(kept) / 1e6:.1f} MB"


def run_text(spec: RunSpec, data: RunData) -> tuple[str, bool]:
    """Who computes the run once the compiler is through with it, and whether that is as fast as was asked for."""
    wanted = "c" if spec.backend == "auto" else spec.backend
    backend = open_run(replace(spec, backend=wanted), data).session.backend
    why = f": {backend.note}" if backend.note else "" if spec.backend == "auto" else ", as --backend says"
    return f"{BACKEND_TITLES[backend.name]} computes it{why}", backend.name == wanted
