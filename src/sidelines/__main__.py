"""`python -m sidelines`."""

import sys

from sidelines.cli import main

sys.exit(main())
