"""What SQLAlchemy compiles for one engine, it compiles for all of a test run: each test opens engines of its own."""

from typing import Final

from sqlalchemy import URL, Dialect, Engine, Pool

_FIRST: Final[dict[type[Dialect], Engine]] = {}
"""The first engine of each dialect."""


def share_compiled_statements() -> None:
    """Have every engine that is made from now on use the dialect and the compiled statements of the first of its kind.

    Nothing here makes engines of one dialect that differ in more than their connections.
    """
    make = Engine.__init__

    def sharing(self: Engine, pool: Pool, dialect: Dialect, url: URL, hide_parameters: bool = False) -> None:
        first = _FIRST.get(type(dialect))
        if first is None or getattr(first.dialect, "server_version_info", None) is None:
            # A dialect learns what its database can do when its own engine connects, which some never do.
            make(self, pool, dialect, url, hide_parameters=hide_parameters)
            _FIRST[type(dialect)] = self
            return
        make(self, pool, first.dialect, url, hide_parameters=hide_parameters)
        self._compiled_cache = first._compiled_cache

    Engine.__init__ = sharing  # type: ignore[method-assign]
