"""The machines that code is made for, as far as this machine runs it."""

from __future__ import annotations

import rigjit

WITH_FMA = ["x86-64-v4-vbmi", "x86-64-v4", "x86-64-v3", "aarch64"]
WITHOUT_FMA = ["x86-64"]

TINY = "{rigjit: 1, controllers: [{name: c, transformations: [scale: {}]}]}"


def runs_here(target: str) -> bool:
    try:
        rigjit.loads(TINY, target=target, cache=False)
    except rigjit.RigError as error:
        if error.errors[0].code != "target-not-runnable":
            raise
        return False
    return True


RUNNABLE = [target for target in WITH_FMA + WITHOUT_FMA if runs_here(target)]
