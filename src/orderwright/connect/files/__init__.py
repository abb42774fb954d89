"""Files to import: orders and the catalogue from CSV, JSON lines and Parquet."""

from orderwright.connect.files.checkpoint import ImportElsewhere
from orderwright.connect.files.import_file import (
    TAKEN,
    ImportReport,
    Progress,
    import_file,
    open_checkpoint_of,
    try_to_read,
)
from orderwright.connect.files.kinds import KINDS, Kind, Options, describe_columns
from orderwright.connect.files.order_rows import Defaults
from orderwright.connect.files.source import Format, Source, find_source
from orderwright.connect.files.status import ImportStatus, import_status

__all__ = [
    "KINDS",
    "TAKEN",
    "Defaults",
    "Format",
    "ImportElsewhere",
    "ImportReport",
    "ImportStatus",
    "Kind",
    "Options",
    "Progress",
    "Source",
    "describe_columns",
    "find_source",
    "import_file",
    "import_status",
    "open_checkpoint_of",
    "try_to_read",
]
