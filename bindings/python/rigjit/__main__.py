"""`python -m rigjit`: the command line."""

from rigjit._command import main

main()
