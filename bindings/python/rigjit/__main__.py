"""`python -m rigjit`: the command line."""

from rigjit._command import main

if __name__ == "__main__":
    main()
