"""The server against its own description, by Schemathesis: whatever fits it, and what does not.

RIGJIT_SERVE_REQUESTS: how many requests, a thousand unless set; a million were run once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from networks import linear, weights
from running import serving

REQUESTS = int(os.environ.get("RIGJIT_SERVE_REQUESTS", "1000"))
OPERATIONS = 9  # of those that are tried
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
)


@pytest.mark.skipif(
    not (Path(sys.executable).parent / "schemathesis").exists(), reason="needs schemathesis"
)
def test_what_is_described_is_what_is_answered(tmp_path, spec_path, rig):
    model = linear(tmp_path / "m.onnx", *weights(rig))
    with serving(tmp_path, spec_path, "--model", f"hero={model}") as server:
        command = [
            *(Path(sys.executable).parent / "schemathesis", "run", f"{server.url}/openapi.json"),
            *("--checks", ",".join(CHECKS), "--max-examples", str(REQUESTS // OPERATIONS)),
            *("--seed", "1", "--generation-deterministic", "--phases", "examples,coverage,fuzzing"),
            *("--exclude-path", "/rigs/{name}/live"),  # whose answer has no end
            *("--mode", "all", "--request-timeout", "10", "--suppress-health-check", "all"),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert server.ask("GET", "/health").status == 200
        assert "Traceback" not in server.log()
