"""The machine and the versions, in words: what a measurement or a diagnosis has to say of where it was made."""

import os
import platform
from contextlib import suppress
from pathlib import Path

from engine.programs.c_library import UnavailableError, find_compiler

CPUINFO = Path("/proc/cpuinfo")
NAMED = ("model name", "cpu model", "cpu", "Model")
"""What different kernels call a processor's name, the best first."""


def processor() -> str:
    """The processor's name, or at least its family."""
    found: dict[str, str] = {}
    with suppress(OSError):
        for line in CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            found.setdefault(name.strip(), " ".join(value.split()))
    names = (found.get(name, "") for name in NAMED)
    return next(filter(None, names), "") or platform.processor() or platform.machine() or "unknown processor"


def machine() -> str:
    """The processor, its cores and the system."""
    cores = os.cpu_count() or 1
    return f"{processor()}, {cores} core{'s' * (cores > 1)}, {platform.system()} {platform.machine()}"


def python() -> str:
    """Which Python this is."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def c_library() -> str:
    """The C library that Python runs on: tanh, exp, log and pow are its own."""
    return " ".join(platform.libc_ver()).strip() or "a C library that does not name itself"


def compiler() -> str:
    """The C compiler and its version, or why there is none."""
    try:
        return find_compiler().version.partition("\n")[0]
    except UnavailableError as reason:
        return f"no compiled program: {reason}"
