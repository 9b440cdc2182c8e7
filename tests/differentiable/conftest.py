"""Tests of rigjit.torch, in the environment that tests/own_environment.sh makes."""

from __future__ import annotations

import importlib.util

# `test.sh` runs these with a Python of their own.
collect_ignore_glob = [] if importlib.util.find_spec("torch") else ["test_*.py"]
