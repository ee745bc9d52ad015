"""Builds what a release consists of: `python -m benchmarks.release [FOLDER]`, or `make release`.

The wheel, the source distribution, and the context from which `docker build -` makes the image. It refuses a version
that the changelog does not name.
"""

import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
CONTEXT: Final = ("Dockerfile", ".dockerignore")
"""What the image is built from beside what .dockerignore lets through."""


def version() -> str:
    """Read the version, which stands in pyproject.toml alone."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def context() -> list[str]:
    """List the files of the image's context, in a fixed order."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    command = ("git", "ls-files", *allowed)
    tracked = subprocess.check_output(command, cwd=ROOT, text=True).splitlines()  # noqa: S603  our own files
    return sorted({*CONTEXT, *tracked})


def build(folder: Path) -> list[Path]:
    """Write the three files, and return their paths."""
    number = version()
    if not re.search(
        rf"^## (\[?{re.escape(number)}\]?|\[Unreleased\])", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    ):
        raise SystemExit(f"CHANGELOG.md says nothing of {number}.")
    folder.mkdir(parents=True, exist_ok=True)
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder))
    subprocess.check_call(command, cwd=ROOT)  # noqa: S603  the backend that pyproject.toml names
    image = folder / f"tasklane-{number}-image.tar.gz"
    with tarfile.open(image, "w:gz") as archive:
        for name in context():
            archive.add(ROOT / name, name)
    return [folder / f"tasklane-{number}-py3-none-any.whl", folder / f"tasklane-{number}.tar.gz", image]


if __name__ == "__main__":
    for path in build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist")):
        print(path)
