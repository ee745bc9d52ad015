"""A small schema language for Slack's payloads, which answers in Slack's own words."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Rule = Callable[[Any, str, "Findings"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaProblem:
    """One reason why Slack refuses a payload: its error string and the sentence it adds."""

    error: str
    message: str

    def __str__(self) -> str:
        return f"{self.error}: {self.message}"


@dataclass(slots=True)
class Findings:
    """The problems found so far in one payload."""

    error: str
    problems: list[SchemaProblem] = field(default_factory=list)

    def say(self, pointer: str, text: str, *, error: str = "") -> None:
        """Add a problem at a JSON pointer."""
        message = f"{text} [json-pointer:{pointer}]" if pointer else text
        self.problems.append(SchemaProblem(error=error or self.error, message=message))


def string(most: int, least: int = 0) -> Rule:
    """Accept a string of `least` to `most` characters."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, str):
            findings.say(at, "must be a string")
        elif len(value) < least:
            findings.say(at, f"must be more than {least - 1} characters")
        elif len(value) > most:
            findings.say(at, f"must be less than {most + 1} characters")

    return check


def form(pattern: str, told: str) -> Rule:
    """Accept a string of a certain form."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            findings.say(at, f"must be {told}")

    return check


def boolean(value: Any, at: str, findings: Findings) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        findings.say(at, "must be a boolean")


def integer(least: int, most: int) -> Rule:
    """Accept a whole number in a range."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            findings.say(at, "must be an integer")
        elif not least <= value <= most:
            findings.say(at, f"must be between {least} and {most}")

    return check


def number(value: Any, at: str, findings: Findings) -> None:
    """Accept any number that JSON knows."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (isinstance(value, float) and math.isfinite(value)):
        findings.say(at, "must be a number")


def one_of(*allowed: str) -> Rule:
    """Accept one of a few words."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if value not in allowed:
            findings.say(at, f"must be one of the allowed values: {', '.join(allowed)}")

    return check


def anything(value: Any, at: str, findings: Findings) -> None:
    """Accept what this project never sends and so does not check."""


def mapping(value: Any, at: str, findings: Findings) -> None:
    """Accept any object."""
    if not isinstance(value, dict):
        findings.say(at, "must provide an object")


def listing(rule: Rule, least: int, most: int) -> Rule:
    """Accept a list of `least` to `most` items that all follow one rule."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, list):
            findings.say(at, "must be an array")
            return
        if len(value) < least:
            findings.say(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            findings.say(at, f"no more than {most} items allowed")
        for index, item in enumerate(value):
            rule(item, f"{at}/{index}", findings)

    return check


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An object with required and optional fields, and rules across them."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    across: tuple[Rule, ...] = ()

    def __call__(self, value: Any, at: str, findings: Findings) -> None:
        """Check one object."""
        if not isinstance(value, dict):
            findings.say(at, "must provide an object")
            return
        for name in self.required:
            if value.get(name) is None:
                findings.say(at, f"missing required field: {name}")
        for name, item in value.items():
            rule = self.required.get(name) or self.optional.get(name)
            if rule is None:
                if name != "type":
                    findings.say(at, f"invalid additional property: {name}")
            elif item is not None:
                rule(item, f"{at}/{name}", findings)
        for rule in self.across:
            rule(value, at, findings)


def typed(shapes: Mapping[str, Rule]) -> Rule:
    """Accept an object whose `type` selects its shape."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            findings.say(at, "must provide an object")
            return
        kind = value.get("type")
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if kind is None:
            findings.say(at, "missing required field: type")
        elif shape is None:
            findings.say(f"{at}/type", f"unsupported type: {kind}")
        else:
            shape(value, at, findings)

    return check


def some(*names: str) -> Rule:
    """Demand at least one of several fields."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not any(value.get(name) for name in names):
            findings.say(at, "must define either " + " or ".join(f"`{name}`" for name in names))

    return check


def exactly_one(*names: str) -> Rule:
    """Demand one of several fields and no second one."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            findings.say(at, "must define exactly one of " + " or ".join(f"`{name}`" for name in names))

    return check
