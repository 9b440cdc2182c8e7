"""Makes the picture of the README: six sketches, sent to the server, above what Blender shows.

python configs/sketch/picture.py OUTPUT.png      needs Blender, and the network of demo.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from demo import MODEL, SPEC
from figure import HERE, JOINTS, LINES, Figure, draw, project
from poses import random_values

import rigjit
from rigjit.serve.model_file import load_model

SEED = 4242  # of poses that the network has not seen
CHOSEN = (0, 3, 5, 8, 13, 21)


def main() -> None:
    """Strokes and predicted poses into a file, and that to Blender."""
    rig = rigjit.load(SPEC)
    figure = Figure(rig)
    joints = figure.joints(random_values(rig, 32, SEED))[list(CHOSEN)]
    vecs = load_model(str(MODEL), rig).run({"sketch": draw(project(joints))})
    sketches = [
        {
            "strokes": [
                [[float(own[JOINTS.index(end)][axis]) for axis in (0, 2)] for end in line]
                for line in LINES
            ],
            "pose": json.loads(rig.vec_to_json(vec)),
        }
        for own, vec in zip(joints, np.asarray(vecs), strict=True)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(sketches, file)
        file.flush()
        command = ["blender", "--background", "--factory-startup", "--python-exit-code", "1"]
        command += ["--python", str(HERE / "render.py"), "--", file.name, sys.argv[1]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
