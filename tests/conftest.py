"""What every test has: a cache of compiled programs that is not the user's own."""

import gc
import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """One cache for the whole run, its processes included; it outlasts the run, as the user's does."""
    cache = getattr(config, "cache", None)
    os.environ["XDG_CACHE_HOME"] = str(cache.mkdir("compiled")) if cache else os.devnull


def pytest_collection_finish() -> None:
    """What was collected stays: thousands of tests that the garbage collector need not look through again and again."""
    gc.collect()
    gc.freeze()
