"""Files to import: orders and the catalogue from CSV, JSON lines and Parquet."""

from orderwright.connect.files.checkpoint import ImportElsewhere
from orderwright.connect.files.import_file import ImportReport, Progress, import_file
from orderwright.connect.files.kinds import KINDS, Kind, Options, describe_columns
from orderwright.connect.files.order_rows import Defaults
from orderwright.connect.files.source import Format, Source, find_source

__all__ = [
    "KINDS",
    "Defaults",
    "Format",
    "ImportElsewhere",
    "ImportReport",
    "Kind",
    "Options",
    "Progress",
    "Source",
    "describe_columns",
    "find_source",
    "import_file",
]
