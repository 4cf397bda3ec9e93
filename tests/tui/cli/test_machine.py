"""What is said of the machine: the processor by its name, whatever the kernel calls it."""

import os
import platform
from pathlib import Path

import pytest

from tui.cli import machine

X86 = "processor\t: 0\nvendor_id\t: Some\nmodel\t\t: 85\nmodel name\t: Some  Fast CPU @ 2.00GHz\nprocessor\t: 1\n"
SMALL_ARM = "processor\t: 0\nBogoMIPS\t: 108.00\n\nModel\t\t: Little Board 4\n"
CLOUD_ARM = "processor\t: 0\nBogoMIPS\t: 243.75\nCPU part\t: 0xd0c\n"


@pytest.mark.parametrize(
    ("cpuinfo", "said"), [(X86, "Some Fast CPU @ 2.00GHz"), (SMALL_ARM, "Little Board 4"), (CLOUD_ARM, "family 9")]
)
def test_the_processor_has_a_name(cpuinfo: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpuinfo").write_text(cpuinfo)
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "family 9")
    assert machine.processor() == said


def test_without_cpuinfo_it_is_what_python_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "nowhere")
    monkeypatch.setattr(platform, "processor", lambda: "arm")
    assert machine.processor() == "arm"


@pytest.mark.parametrize(("count", "said"), [(1, ", 1 core, "), (8, ", 8 cores, "), (None, ", 1 core, ")])
def test_cores_are_counted(count: int | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert said in machine.machine()
