"""Scalars and flow mappings of a spec, as a person would write them."""

import json
import re

# Plain scalars that every YAML parser reads as text; anything else is quoted.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*([.-][A-Za-z0-9_]+)*")
_MISREAD = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def text(name):
    """A name as a scalar that reads as this very text."""
    if _PLAIN.fullmatch(name) and name.lower() not in _MISREAD:
        return name
    # A JSON string is a double-quoted YAML scalar, but for what YAML calls not printable.
    quoted = json.dumps(name, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)


def comment(words):
    """Words that may stand behind a #: on one line, printable."""
    return "".join(c if c.isprintable() else "?" for c in words)


def number(value):
    """At most seven significant digits, what a float32 holds, and no exponent."""
    rounded = f"{float(value):.7g}"
    if "e" in rounded:
        rounded = (
            f"{float(rounded):.50f}".rstrip("0").rstrip(".")
            if abs(value) < 1
            else f"{float(rounded):.0f}"
        )
    return "0" if rounded in ("-0", "") else rounded


def numbers(values):
    """One number where all are equal, else a flow list; None stands for no limit."""
    written = ["none" if value is None else number(value) for value in values]
    if len(set(written)) == 1:
        return written[0]
    return "[" + ", ".join(written) + "]"


def flow(kind, pairs):
    return f"{kind}: {{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
