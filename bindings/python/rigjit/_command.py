"""The console script: hands over to the `rigjit` program inside the package."""

import os
import sys

# What only Python can: name → module, and the function in it that takes arguments and returns an
# exit code. To add one, see _process.py.
COMMANDS = {
    "check": ("rigjit._model_command", "check"),  # with --model
    "dataset": ("rigjit.dataset.command", "main"),
    "fit": ("rigjit._fit_command", "fit"),
    "play": ("rigjit._play_command", "play"),
    "serve": ("rigjit.serve.command", "main"),
    "stamp": ("rigjit._model_command", "stamp"),
    "stats": ("rigjit._fit_command", "stats"),
}


def main() -> None:
    """Replace this process by the program, or run what only Python can; does not return."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "rigjit")
    arguments = sys.argv[1:]
    name = arguments[0] if arguments else ""
    if name == "check" and not any(each.split("=")[0] == "--model" for each in arguments):
        name = ""
    if name in COMMANDS:
        from rigjit._process import run

        sys.exit(run(name, *COMMANDS[name], arguments[1:]))
    if arguments[:1] == ["info"]:
        arguments[1:1] = _facts()
    os.execv(program, ["rigjit", *arguments])


def _facts() -> list[str]:
    """What `rigjit info` says about the Python that it was started from."""
    import importlib.metadata
    import platform

    try:
        numpy = importlib.metadata.version("numpy")
    except importlib.metadata.PackageNotFoundError:
        numpy = "missing"
    facts = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "python_path": sys.executable,
        "numpy": numpy,
        "package": os.path.dirname(os.path.abspath(__file__)),
    }
    return [f"--fact={name}={value}" for name, value in facts.items()]
