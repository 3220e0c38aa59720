"""`python -m homodal`: the same as the command `homodal`."""

from homodal.cli import main

if __name__ == "__main__":
    main()
