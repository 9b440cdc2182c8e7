"""Names as they can be shown, and as a spec takes them."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_WORDS = {"null", "none", "true", "false", "yes", "no", "on", "off", "y", "n"}
# They move a terminal's cursor, and an SVG may not have them.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def yaml_name(text: str) -> str:
    """A name in YAML, quoted where it would else be something else."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def shown(text: str) -> str:
    """The same with escapes in place of control characters."""
    return _CONTROLS.sub(lambda match: ascii(match[0])[1:-1], text)
