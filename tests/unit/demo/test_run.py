import webbrowser

import pytest

from bot.demo import run

PAGE = "http://127.0.0.1:8765"


class Windowed(webbrowser.BackgroundBrowser):
    """A browser with a window of its own."""

    def __init__(self, opened: list[str]) -> None:
        super().__init__("browser")
        self._opened = opened

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self._opened.append(url)
        return True


def test_the_page_opens_in_a_browser_with_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "get", lambda: Windowed(opened))
    run.open_page(PAGE)
    assert opened == [PAGE]


def test_a_browser_that_would_take_over_the_terminal_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser.GenericBrowser, "open", lambda self, url: opened.append(url))
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("lynx"))
    run.open_page(PAGE)
    assert not opened


def test_no_browser_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", nothing)
    run.open_page(PAGE)
