"""How many examples property tests draw: a few that stay the same in `make test`, many new ones in `make cover`."""

from typing import Final

from hypothesis import HealthCheck, settings

_SHARE: Final = 4
"""Of this many examples, `make test` draws one."""
_FEWEST: Final = 10

settings.register_profile("thorough", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("thorough"), derandomize=True, max_examples=100 // _SHARE)


def examples(count: int) -> settings:
    """Draw so many examples, or a share of them in `make test`."""
    thorough = settings.get_current_profile_name() == "thorough"
    return settings(max_examples=count if thorough else max(count // _SHARE, min(count, _FEWEST)))
