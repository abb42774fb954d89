"""What every slice stands on: ids, money, clock, context, errors, database, events, pumps, jobs, settings.

Nothing here knows an order. Slices import the modules of this package by name (`orderwright.platform.ids`).
"""
