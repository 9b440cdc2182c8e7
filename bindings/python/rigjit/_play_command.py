"""`rigjit play SPEC VECTORS --to HOST:PORT`: frames of a file to whoever connects."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

import rigjit
from rigjit._broadcast import Broadcast

if TYPE_CHECKING:
    from collections.abc import Sequence


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


def _rate(text: str) -> str:
    numerator, _, denominator = text.partition("/")
    try:
        if float(numerator) / float(denominator or 1) > 0:
            return text
    except (ValueError, ZeroDivisionError):
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no frame rate")


def _vectors(rig: rigjit.Rig, path: str) -> np.ndarray:
    """(n, vec_size) float32 of a .npy or of a file of vectors."""
    if path.endswith(".safetensors"):
        return rigjit.clips.load_vectors(path, rig)
    found = np.load(path, allow_pickle=False)
    if not isinstance(found, np.ndarray):
        raise ValueError(f"{path}: it holds several arrays; give it one of vectors")
    return np.atleast_2d(found)


def play(arguments: Sequence[str]) -> int:
    """Send the frames at their rate until they end, or for ever; 0 fine, 1 a mistake, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="rigjit play",
        description="Sends vectors, one a frame, as a live stream to every viewer that connects.",
    )
    parser.add_argument("spec", metavar="SPEC")
    parser.add_argument("vectors", metavar="VECTORS", help=".npy, or .safetensors of vectors")
    parser.add_argument(
        "--to", type=_address, default="127.0.0.1:7001", metavar="HOST:PORT", help="where to listen"
    )
    parser.add_argument("--fps", type=_rate, default="24", help="24; also 24000/1001")
    parser.add_argument("--loop", action="store_true", help="begin again at the end")
    parser.add_argument("--wait", action="store_true", help="begin when the first viewer has come")
    parser.add_argument("--namespace", default="", help="as of load()")
    parsed = parser.parse_args(arguments)
    try:
        rig = rigjit.load(parsed.spec, namespace=parsed.namespace)
        vecs = _vectors(rig, parsed.vectors)
        rig.vec_to_values_batch(vecs)  # every bad frame now, not in the middle of it
        with Broadcast(rig, *parsed.to, fps=parsed.fps, continuous=True) as broadcast:
            host, port = broadcast.address
            print(f"{rig.name or 'rig'}: {len(vecs)} frames at {host}:{port}", flush=True)
            _run(broadcast, vecs, parsed)
    except (rigjit.RigError, OSError, ValueError, TypeError) as error:
        print(f"rigjit play: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _run(broadcast: Broadcast, vecs: np.ndarray, parsed: argparse.Namespace) -> None:
    numerator, _, denominator = parsed.fps.partition("/")
    step = float(denominator or 1) / float(numerator)
    while parsed.wait and broadcast.viewers == 0:
        time.sleep(0.01)
    begin, frame = time.monotonic(), 0
    while len(vecs) and (parsed.loop or frame < len(vecs)):
        broadcast.push(vecs[frame % len(vecs)])
        frame += 1
        # Against the clock, so that sleeping too long does not add up.
        time.sleep(max(0.0, begin + frame * step - time.monotonic()))
