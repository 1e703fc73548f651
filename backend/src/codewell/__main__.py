"""``python -m codewell``."""

import sys

from codewell.cli import main

sys.exit(main())
