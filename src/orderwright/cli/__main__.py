"""`python -m orderwright.cli`: the same as `orderwright`."""

from orderwright.cli.commands import main

main()
