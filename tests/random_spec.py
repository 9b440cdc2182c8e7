"""Random specs as YAML text: the same text for the same seed, every part of the format used.

python3 tests/random_spec.py SEED prints one.
"""

from __future__ import annotations

import json
import random
import sys

ORDERS = ["xyz", "yzx", "zxy", "xzy", "yxz", "zyx"]
LAYOUTS = ["columns", "rows", "interleaved"]
UNITS = ["degrees", "radians"]

# Lengths in bytes where MessagePack's string headers change: fixstr, str8, str16.
HEADER_LENGTHS = [1, 31, 32, 255, 256]
# Lengths where its map headers change: fixmap, map16.
MAP_LENGTHS = [1, 2, 15, 16, 17]

# Unquoted or quoted, all of these are names. `null`, `Null`, `NULL` and `~` need quotes.
TRAPS = [
    "no",
    "Yes",
    "on",
    "true",
    "1_000",
    "12:30",
    "0x1f",
    ".5",
    "1e3",
    "2024-01-02",
    "007",
    "=",
    "y",
]
WORDS = [
    "l_arm",
    "Kopf",
    "ÜBER",
    "μ",
    "右手",
    "контроллер",
    "🦴",
    "|grp|ctrl",
    "hero:l_armIK_CTRL",
    "a b",
]


def coefficient(rng: random.Random) -> str:
    """Never zero in float32, of moderate size, written in different ways."""
    value = rng.choice([-1, 1]) * 10 ** rng.uniform(-3, 3)
    forms = [repr(value), f"{value:.3e}", f"{value:.4f}", str(int(value) or 1), f"{value:+.2f}"]
    text = rng.choice(forms)
    return text if float(text) != 0 else "0.5"


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def padded(stem: str, size: int, filler: str) -> str:
    """`stem` and fillers and x until the name has `size` bytes in UTF-8."""
    while len((stem + filler).encode()) <= size:
        stem += filler
    return stem + "x" * (size - len(stem.encode()))


class SpecWriter:
    def __init__(self, seed: int, typed: bool) -> None:
        self.is_typed = typed
        self.rng = random.Random(seed)
        self.used: set[str] = set()  # attributes of the controller that is being written

    def name(self, index: int) -> str:
        """A YAML scalar that is a name nobody else with another index has."""
        rng = self.rng
        style = rng.randrange(4)
        if style == 0:
            return f"c{index}_CTRL"
        if style == 1 and index < len(TRAPS):
            return rng.choice([TRAPS[index], quoted(TRAPS[index]), f"'{TRAPS[index]}'"])
        if style == 2:
            size = rng.choice(HEADER_LENGTHS[1:])
            return quoted(padded(f"{index}.", size, rng.choice(["n", "é", "骨", "🦴"])))
        return quoted(f"{rng.choice(WORDS)}{index}")

    def per_axis(self, count: int) -> str:
        if self.rng.random() < 0.5:
            return coefficient(self.rng)
        return "[" + ", ".join(coefficient(self.rng) for _ in range(count)) + "]"

    def axes(self, kind: str, prefix: str) -> str | None:
        rng = self.rng
        axes = "".join(rng.sample("xyz", rng.randint(1, 3)))
        if not self.claim(prefix + axis.upper() for axis in axes):
            return None
        options = [] if axes == "xyz" and rng.random() < 0.5 else [f"axes: {axes}"]
        options += [
            f"{key}: {self.per_axis(len(axes))}"
            for key in ("scale", "center")
            if rng.random() < 0.7
        ]
        if self.is_typed and rng.random() < 0.15:
            options += ["min: -2.5", f"max: {coefficient(rng).lstrip('+-')}"]
        rng.shuffle(options)
        return self.flow(kind, options)

    def claim(self, names) -> bool:
        wanted = list(names)
        if self.used.intersection(wanted):
            return False
        self.used.update(wanted)
        return True

    def flow(self, kind: str, options: list[str]) -> str:
        if options and self.rng.random() < 0.3:  # block style
            return f"{kind}:\n" + "\n".join(f"          {option}" for option in options)
        return f"{kind}: {{{', '.join(options)}}}"

    def rotation1d(self) -> str | None:
        axis = self.rng.choice("xyz")
        if not self.claim([f"rotate{axis.upper()}"]):
            return None
        options = [f"axis: {axis}"]
        if self.rng.random() < 0.6:
            options.append(f"order: {self.rng.choice(['sin_cos', 'cos_sin'])}")
        if self.rng.random() < 0.3:
            options.append(f"angle_unit: {self.rng.choice(UNITS)}")
        return self.flow("rotation1d", options + self.limits(1))

    def rotation3d(self) -> str | None:
        rng = self.rng
        quaternion = rng.random() < 0.25
        prefix, parts = ("quaternion", "WXYZ") if quaternion else ("rotate", "XYZ")
        if not self.claim(prefix + part for part in parts):
            return None
        options = ["output: quaternion"] if quaternion else []
        choices = {"rotate_order": ORDERS, "rot6d": LAYOUTS, "angle_unit": UNITS}
        options += [
            f"{key}: {rng.choice(values)}" for key, values in choices.items() if rng.random() < 0.4
        ]
        return self.flow("rotation3d", options + ([] if quaternion else self.limits(3)))

    def attribute(self, index: int) -> str | None:
        name = self.name(index)
        if not self.claim([name.strip("\"'")]):
            return None
        options = [f"name: {name}"]
        options += [
            f"{key}: {coefficient(self.rng)}"
            for key in ("scale", "center")
            if self.rng.random() < 0.6
        ]
        low, high = sorted([coefficient(self.rng), coefficient(self.rng)], key=float)
        options += [
            f"{key}: {limit}"
            for key, limit in (("min", low), ("max", high))
            if self.rng.random() < 0.4
        ]
        if self.rng.random() < 0.2:
            options.append("type: float")
        return self.flow("attribute", options)

    def typed(self, index: int) -> str | None:
        """A bool, an int or an enum; often with a short name, so that many lie side by side."""
        rng = self.rng
        name = rng.choice([self.name(index), quoted(f"{chr(97 + index % 26)}")])
        if not self.claim([name.strip("\"'")]):
            return None
        kind = rng.choice(["bool", "int", "enum"])
        options = [f"name: {name}", f"type: {kind}"]
        one_hot = kind == "enum" and rng.random() < 0.5
        if kind == "int":
            low, high = rng.choice([("0", "1"), ("0", "127"), ("-3", "200"), ("none", "5")])
            limits = [f"min: {low}", f"max: {high}"]
            options += limits if rng.random() < 0.8 else limits[:1]
        if kind == "enum":
            count = 130 if rng.random() < 0.05 else rng.randint(1, 5)
            options.append("names: [" + ", ".join(quoted(f"value {i}") for i in range(count)) + "]")
            options.append(f"encoding: {'one_hot' if one_hot else 'index'}")
        options += [
            f"{key}: {coefficient(rng)}"
            for key in ("scale", "center")
            if not one_hot and rng.random() < 0.5
        ]
        return self.flow("attribute", options)

    def limits(self, count: int) -> list[str]:
        """Angles, per axis or one for all, in any unit."""
        rng = self.rng
        if not self.is_typed or rng.random() < 0.8:
            return []
        lists = {"min": ["-1.5", "-0.5", "none"], "max": ["1.25", "none", "0.5"]}
        return [
            f"{key}: {rng.choice(values) if count == 1 else '[' + ', '.join(values) + ']'}"
            for key, values in lists.items()
        ] + (["limit: clamp"] if rng.random() < 0.3 else [])

    def constant(self, index: int) -> str | None:
        name = self.name(index)
        if not self.claim([name.strip("\"'")]):
            return None
        value = self.rng.choice(["0", "-0.0", "1", "-1e-40", coefficient(self.rng)])
        return self.flow("constant", [f"name: {name}", f"value: {value}"])

    def transformation(self, index: int) -> str | None:
        kind = self.rng.choices(range(7), [3, 4, 3, 3, 3, 1, 3 * self.is_typed])[0]
        makers = [
            lambda: self.axes("translation", "translate"),
            self.rotation3d,
            self.rotation1d,
            lambda: self.axes("scale", "scale"),
            lambda: self.attribute(index),
            lambda: self.constant(index),
            lambda: self.typed(index),
        ]
        return makers[kind]()

    def controller(self, index: int) -> list[str]:
        self.used = set()
        lines = [f"  - name: {self.name(index)}", "    transformations:"]
        count = self.rng.choice([1, 1, 2, 3, 4, 6])
        made = [self.transformation(i) for i in range(count)]
        if self.rng.random() < 0.1:  # as many attributes as a map header's boundary
            size = self.rng.choice(MAP_LENGTHS)
            self.used, made = set(), []
            while len(made) < size:
                made.append(self.attribute(100 + len(made)))
        made = [text for text in made if text] or ["translation: {axes: y}"]
        return lines + [f"      - {text}" for text in made]

    def spec(self, controllers: int) -> str:
        rng = self.rng
        lines = ["rigjit: 1", f"name: random {controllers}"]
        choices = {"rotate_order": ORDERS, "rot6d": LAYOUTS, "angle_unit": UNITS}
        defaults = [
            f"{key}: {rng.choice(values)}" for key, values in choices.items() if rng.random() < 0.5
        ]
        if defaults:
            lines.append(f"defaults: {{{', '.join(defaults)}}}")
        lines.append("controllers:")
        for index in range(controllers):
            lines += self.controller(index)
        return "\n".join(lines) + "\n"


def random_spec(seed: int, typed: bool = True) -> str:
    """A spec of 1 to 60 controllers; the first seeds have the counts where map headers change.

    typed: with attributes that are no floats, and with limits on all kinds of values.
    """
    sizes = MAP_LENGTHS
    count = sizes[seed] if seed < len(sizes) else random.Random(f"size {seed}").randint(3, 60)
    return SpecWriter(seed, typed).spec(count)


def many_controllers(count: int) -> tuple[str, dict]:
    """Text and document of `count` controllers with one value each; PyYAML is slow to read it."""
    body = {"axes": "y", "scale": "3", "center": "1"}
    transformations = [{"translation": body}]
    names = [f"c{index}" for index in range(count)]
    options = ", ".join(f"{key}: {value}" for key, value in body.items())
    text = "rigjit: 1\ncontrollers:\n" + "".join(
        f"  - name: {name}\n    transformations: [translation: {{{options}}}]\n" for name in names
    )
    controllers = [{"name": name, "transformations": transformations} for name in names]
    return text, {"controllers": controllers}


if __name__ == "__main__":
    print(random_spec(int(sys.argv[1])), end="")
