"""What `bootstrap.py` becomes once the packages are there: `python -m phast.embedded COMMAND`. See there for the options."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import portal, suite
from .processes import Failed, Stopped, stop_on_signals


def main() -> int:
    parser = argparse.ArgumentParser(prog="bootstrap.py")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--port", type=int, default=8000)
    run.add_argument("--data", type=Path)
    run.add_argument("--fresh", action="store_true")
    run.add_argument("--no-demo", action="store_true")
    manage = commands.add_parser("manage", add_help=False)
    manage.add_argument("--data", type=Path)
    for name in ("test", "drill", "bench"):
        commands.add_parser(name, add_help=False)
    options, more = parser.parse_known_args()
    stop_on_signals()
    try:
        if options.command == "run":
            return portal.run(port=options.port, data=options.data, fresh=options.fresh, demo=not options.no_demo)
        if options.command == "manage":
            return portal.manage(more, data=options.data)
        if options.command == "drill":
            return suite.drill(more)
        if options.command == "bench":
            return suite.bench(more)
        return suite.run(more)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    except Stopped:
        return 130


sys.exit(main())
