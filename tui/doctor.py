"""`chainrule doctor`: what the machine has for compiled runs, and who computes a run here.

It stands apart from `cli` because it is the one command that looks at the machine and not at the
run, and as words for a person, not as data.
"""

import platform
from dataclasses import replace
from pathlib import Path

from engine.compiler import UnavailableError, find_compiler, machine_flags
from tui.run import RunSpec, compiled_code, open_run


def diagnosis(spec: RunSpec) -> str:
    """Several lines, a name and what is known about it each."""
    rows = [
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("C compiler", compiler_text()),
        ("processor", f"{platform.machine()} {' '.join(machine_flags())}".rstrip()),
        ("C library", " ".join(platform.libc_ver()).strip() or "unknown"),
        ("cache", cache_text(compiled_code())),
        ("this run", run_text(spec)),
    ]
    return "\n".join(f"{name:<12}{text}" for name, text in rows)


def compiler_text() -> str:
    """The compiler and its version, or why there is none."""
    try:
        found = find_compiler()
    except UnavailableError as reason:
        return f"none: {reason}"
    return f"{' '.join(found.command)}: {found.version.partition(chr(10))[0]}"


def cache_text(path: Path) -> str:
    """Where compiled programs are kept, and how many there are."""
    try:
        kept = [file.stat().st_size for file in path.glob("*.so")]
    except OSError as error:
        return f"{path}: {error.strerror}"
    return f"{path}: {len(kept)} programs, {sum(kept) / 1e6:.1f} MB"


def run_text(spec: RunSpec) -> str:
    """Who computes the run once the compiler is through with it."""
    wanted = "c" if spec.backend == "auto" else spec.backend
    backend = open_run(replace(spec, backend=wanted)).session.backend
    return f"{backend.title} computes it"
