"""``python -m approvals`` is the same command as ``assent``."""

import sys

from approvals.cli import main

# Processes that are started to help import this again, and are not to run it.
if __name__ == "__main__":
    sys.exit(main())
