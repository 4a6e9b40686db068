"""``python -m timepoint_pro.cli`` is ``timepoint``."""

from timepoint_pro.cli.group import main

main()
