"""Reads files of frames, whatever form they have: what `rigjit fit`, `stats` and `dataset` take.

>>> from rigjit import inputs
>>> for path in inputs.expand(["clips/", "more/*.npy"]):
...     with inputs.open_input(path.path, rig) as file:
...         for block in file.blocks():
...             use(path.name, block.frames, block.rows)

Files come block by block, so that memory does not grow with them. Parquet needs pyarrow, URLs
fsspec and the package of their store: `pip install 'rigjit[dataset]'`.
"""

from rigjit.inputs._block import Block, FrameError
from rigjit.inputs._datasets import lies_beside_shards
from rigjit.inputs._input import KINDS, Input, in_file, kind_of, open_input
from rigjit.inputs._paths import InputPath, expand
from rigjit.inputs._poses import studio_pose
from rigjit.inputs._stores import first_bytes, is_url, local_copy

__all__ = [
    "KINDS",
    "Block",
    "FrameError",
    "Input",
    "InputPath",
    "expand",
    "first_bytes",
    "in_file",
    "is_url",
    "kind_of",
    "lies_beside_shards",
    "local_copy",
    "open_input",
    "studio_pose",
]
