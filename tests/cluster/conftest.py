"""A Ray cluster of two nodes on this machine; own_environment.sh makes what these run in."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/dataset"))  # builds
sys.path.insert(0, str(ROOT / "tests/serve"))  # networks

# `test.sh` runs these with a Python of their own.
collect_ignore_glob = [] if importlib.util.find_spec("ray") else ["test_*.py"]


@pytest.fixture(autouse=True, scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory):
    """Keep the user's cache out of the tests; what workers need is in place before they start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGJIT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_SERVE_ENABLE_HA_PROXY", "1")
        patch.setenv("RAY_SERVE_THROUGHPUT_OPTIMIZED", "1")
        paths = os.pathsep.join(path for path in sys.path if path)
        patch.setenv("PYTHONPATH", paths)
        yield


@pytest.fixture(scope="session")
def cluster(environment):
    """Two nodes of two processors each, to which this process is connected."""
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False}
    )
    cluster.add_node(num_cpus=2)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="error")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="session")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from builds import SPEC

    path = tmp_path_factory.mktemp("spec") / "hero.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture(scope="session")
def rig(spec: Path):
    import rigjit

    return rigjit.load(spec)
