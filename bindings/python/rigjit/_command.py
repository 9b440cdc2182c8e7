"""The console script: hands over to the `rigjit` program inside the package."""

import os
import sys


def main() -> None:
    """Replace this process by the program; does not return."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "rigjit")
    os.execv(program, ["rigjit", *sys.argv[1:]])
