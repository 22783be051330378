#!/usr/bin/env python
"""Django's command line. `bootstrap.py` calls it with the right environment; on a server, set that yourself."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "phast.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
