"""Sets the clock of one product wrong by the seconds in a file, so that a test can change it while both run."""

import os
from datetime import timedelta
from pathlib import Path

folder = os.environ.get("PAIR_SKEW")
settings = os.environ.get("DJANGO_SETTINGS_MODULE", "")
if folder and settings.startswith("counterpart.sites."):
    from counterpart.foundation import clock

    file, right = Path(folder) / settings.split(".")[2], clock.now

    def wrong():
        try:
            return right() + timedelta(seconds=float(file.read_text()))
        except (OSError, ValueError):
            return right()

    clock.now = wrong
