"""What every test has: a cache of compiled programs that is not the user's own."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

OWN_CACHE = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """One cache for the whole run, its processes included; it outlasts the run if pytest keeps anything."""
    if hasattr(config, "workerinput"):
        return  # in the environment already
    if cache := getattr(config, "cache", None):
        directory = cache.mkdir("compiled")
    else:
        directory = config.stash[OWN_CACHE] = Path(tempfile.mkdtemp(prefix="chainrule-tests-"))
    os.environ["XDG_CACHE_HOME"] = str(directory)


def pytest_unconfigure(config: pytest.Config) -> None:
    if OWN_CACHE in config.stash:
        shutil.rmtree(config.stash[OWN_CACHE], ignore_errors=True)


def pytest_collection_finish() -> None:
    """What was collected stays: thousands of tests that the garbage collector need not look through again and again."""
    gc.collect()
    gc.freeze()
