"""Where the page's templates and static files are."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
SCRIPTS: Final = ("acts", "composer", "dialogs", "draw", "link", "menus", "morph", "page")
KINDS: Final = {"page.css": "text/css", **{f"{name}.js": "text/javascript" for name in SCRIPTS}}
