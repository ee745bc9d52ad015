"""The wheel, installed in a fresh environment: its commands work from an empty folder, with all the files they read."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel in it, and beside it what the wheel depends on."""
    folder = tmp_path_factory.mktemp("installed")
    run([sys.executable, "-m", "benchmarks.release", str(folder)], ROOT)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False)
    programs = folder / "venv" / "bin"
    options = ("--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--quiet")
    run([sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", *options, str(wheel)], ROOT)
    places = [place for place in sys.path if place.endswith("site-packages")] or [sysconfig.get_paths()["purelib"]]
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "zz_dependencies.pth").write_text("\n".join(places))
    return programs


def run(command: list[str], folder: Path, **environment: str) -> str:
    """Run a program in a folder, with an environment of its own, and return what it says."""
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", **environment}
    done = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    where = run([str(installed / "python"), "-c", "import bot, handlers; print(bot.__file__)"], tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_it_tells_its_version(installed: Path, tmp_path: Path) -> None:
    assert run([str(installed / "tasklane"), "--version"], tmp_path).strip() == version("tasklane")


def test_the_manifest_comes_with_it(installed: Path, tmp_path: Path) -> None:
    assert "/troubleshoot" in run([str(installed / "tasklane"), "manifest", "--host", "desk.example.com"], tmp_path)


def test_the_migrations_come_with_it(installed: Path, tmp_path: Path) -> None:
    for command in (["db", "upgrade"], ["backup", "copy.db"]):
        run([str(installed / "tasklane"), *command], tmp_path)
    assert (tmp_path / "copy.db").stat().st_size > 0


def test_the_demo_plays_to_its_end(installed: Path, tmp_path: Path) -> None:
    assert "## Next Steps" in run([str(installed / "tasklane"), "demo", "--script", "--fast"], tmp_path)


def test_every_file_that_is_no_python_is_in_the_wheel(installed: Path) -> None:
    (site,) = (installed.parent / "lib").glob("python*/site-packages")
    tracked = run(["git", "ls-files", "bot", "handlers"], ROOT).split()
    missing = [path for path in tracked if not (site / path).exists()]
    assert missing == []


def test_a_release_has_a_source_distribution_and_the_image_s_context(installed: Path) -> None:
    folder = installed.parents[1]
    (image,), (source,) = folder.glob("tasklane-*-image.tar.gz"), folder.glob("tasklane-*[0-9].tar.gz")
    with tarfile.open(image) as archive:
        names = set(archive.getnames())
    assert {"Dockerfile", "bot/cli.py", "handlers/router.py", "docs/deploy/runtime.py", "requirements.lock"} <= names
    assert not [name for name in names if name.startswith((".env", "tests/", ".git/"))]
    with tarfile.open(source) as archive:
        assert any(name.endswith("/manifest.yml") for name in archive.getnames())
