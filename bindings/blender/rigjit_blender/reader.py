"""rigjit_clip: the copy that the zip has beside this file, or the one of the source tree."""

try:
    from . import rigjit_clip
except ImportError:
    import importlib.util
    from pathlib import Path

    _path = Path(__file__).resolve().parents[2] / "python" / "rigjit_clip.py"
    _spec = importlib.util.spec_from_file_location("rigjit_clip", _path)
    rigjit_clip = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(rigjit_clip)

__all__ = ["rigjit_clip"]
