"""Where the page's templates and static files are."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
KINDS: Final = {"page.css": "text/css", "page.js": "text/javascript"}
