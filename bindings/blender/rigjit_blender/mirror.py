"""The `mirror` section of a spec: sides by names, and the controls that are not alike."""

# Blender's own suffixes, and what else rigs call their sides.
PAIRS = (
    (".L", ".R"),
    ("_L", "_R"),
    ("-L", "-R"),
    (".l", ".r"),
    ("_l", "_r"),
    ("-l", "-r"),
    ("Left", "Right"),
    ("left", "right"),
    ("L_", "R_"),
    ("l_", "r_"),
)


def pairs_of(names):
    """The first of PAIRS by which controls have partners, as a list of one, or none."""
    known = set(names)
    for pair in PAIRS:
        for name in known:
            other = mirrored_name(name, [pair])
            if other != name and other in known:
                return [pair]
    return []


def unlike(controls, pairs):
    """Names of controls whose partner takes something else from the vector."""
    shapes = {control.name: _shape(control, pairs) for control in controls}
    found = []
    for control in controls:
        partner = mirrored_name(control.name, pairs)
        if partner == control.name or partner not in shapes:
            continue
        if (
            shapes[partner][0] != shapes[control.name][0]
            and shapes[partner][0] != shapes[control.name][1]
        ):
            found.append(control.name)
    return found


def _shape(control, pairs):
    """What partners must have in common: as it is, and as it is named on the other side."""
    order = control.mode if control.rotation in ("euler", "angles") else ""
    form = (control.location, control.rotation, control.axes, order, control.scale)
    own = [(prop.name, prop.kind, prop.names) for prop in control.properties]
    other = [
        (prop.name, prop.kind, tuple(mirrored_name(name, pairs) for name in prop.names))
        for prop in control.properties
    ]
    return (form, sorted(own)), (form, sorted(other))


def mirrored_name(name, pairs):
    """The name with every text of a pair replaced by the other one, as rigjit does it: a text
    counts where it is no part of a longer word.
    """
    mirrored, at = "", 0
    while at < len(name):
        text, other = "", ""
        if _is_boundary(name, at):
            for left, right in pairs:
                for this, that in ((left, right), (right, left)):
                    if (
                        len(this) > len(text)
                        and name.startswith(this, at)
                        and _is_boundary(name, at + len(this))
                    ):
                        text, other = this, that
        mirrored += other or name[at]
        at += len(text) or 1
    return mirrored


def _is_letter(c):
    return c.isascii() and c.isalpha()


def _is_boundary(name, at):
    """Whether a word may end before `at` and another begin there."""
    if at == 0 or at >= len(name) or not _is_letter(name[at - 1]) or not _is_letter(name[at]):
        return True
    small_behind = at + 1 < len(name) and name[at + 1].isascii() and name[at + 1].islower()
    before_small = name[at - 1].islower()
    return name[at].isupper() and (before_small or small_behind)
