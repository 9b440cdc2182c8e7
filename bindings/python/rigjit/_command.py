"""The console script: hands over to the `rigjit` program inside the package."""

import os
import sys


def main() -> None:
    """Replace this process by the program, or run what only Python can; does not return."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "rigjit")
    arguments = sys.argv[1:]
    if arguments[:1] == ["serve"]:
        from rigjit.serve.command import main as serve

        sys.exit(serve(arguments[1:]))
    if arguments[:1] == ["dataset"]:
        from rigjit.dataset.command import main as dataset

        sys.exit(dataset(arguments[1:]))
    if arguments[:1] == ["play"]:
        from rigjit._play_command import play

        sys.exit(play(arguments[1:]))
    if arguments[:1] in (["fit"], ["stats"]):
        from rigjit import _fit_command

        sys.exit(getattr(_fit_command, arguments[0])(arguments[1:]))
    if arguments[:1] == ["stamp"]:
        from rigjit._model_command import stamp

        sys.exit(stamp(arguments[1:]))
    if arguments[:1] == ["check"] and any(each.split("=")[0] == "--model" for each in arguments):
        from rigjit._model_command import check

        sys.exit(check(arguments[1:]))
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
