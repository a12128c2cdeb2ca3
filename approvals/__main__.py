"""``python -m approvals`` is the same command as ``assent``."""

import sys

from approvals.cli import main

sys.exit(main())
