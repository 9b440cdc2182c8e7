"""The demo end to end: train if there is no network yet, then serve rig, network and page.

python configs/sketch/demo.py [--port 8760]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from figure import HERE
from train import make

import rigjit.onnx
from rigjit.serve import make_app
from rigjit.serve.server import run_app

MODEL = HERE.parents[1] / "build" / "sketch.onnx"
SPEC = HERE / "sketch.yaml"
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


def page_files() -> dict[str, tuple[bytes, str]]:
    """What the page is made of, by path."""
    found = {"/sketch/facts.json": ((HERE / "facts.json").read_bytes(), "application/json")}
    for path in (HERE / "page").iterdir():
        name = "" if path.name == "index.html" else path.name
        found[f"/sketch/{name}"] = (path.read_bytes(), f"{_KINDS[path.suffix]}; charset=utf-8")
    return found


def is_made(model: Path) -> bool:
    """Whether the network is there, and of the rig as its spec is now."""
    rig = rigjit.load(SPEC)
    return model.exists() and rigjit.onnx.read_stamp(model).rig_hash == rig.hash


def main() -> None:
    """Train and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8760)
    parser.add_argument("--model", type=Path, default=MODEL)
    arguments = parser.parse_args()
    if not is_made(arguments.model):
        arguments.model.parent.mkdir(exist_ok=True)
        print("training the network")
        make(arguments.model)
    app = make_app({"sketch": SPEC}, {"sketch": arguments.model}, files=page_files())
    print(f"open http://127.0.0.1:{arguments.port}/sketch/ ; Ctrl+C ends it", flush=True)
    run_app(app, "127.0.0.1", arguments.port)


if __name__ == "__main__":
    main()
