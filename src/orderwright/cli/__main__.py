"""`python -m orderwright.cli`: the same as `orderwright`."""

from orderwright.cli import main

main()
