"""The YAML file behind `--faults`: which trouble, to whom, how often."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.sandbox.faults import EventTrouble, Fault, Plan
from bot.sandbox.payloads import DELIVERED
from bot.sandbox.webapi import METHODS
from bot.sandbox.webapi.documented import documented_errors

_METHODS: Final = (*METHODS, "response_url", "download", "upload")


class BadFaultsFile(Exception):
    """A faults file cannot be read. The text says where and why, in one line."""


class _Trouble(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    probability: float | None = Field(default=None, gt=0, le=1)
    times: int | None = Field(default=None, ge=1)
    after: int = Field(default=0, ge=0)
    in_a_row: int = Field(default=1, ge=1)

    def chances(self) -> dict[str, Any]:
        """Return how often it strikes, as `Plan` has it."""
        return self.model_dump(include={"probability", "times", "after", "in_a_row"})


class _OnCall(_Trouble):
    method: str = "*"

    @field_validator("method")
    @classmethod
    def _known(cls, name: str) -> str:
        return _one_of(name, _METHODS)

    def fault(self) -> Fault:
        """Return what happens to the call."""
        raise NotImplementedError

    def plan(self) -> Plan:
        """Return the plan for it."""
        return Plan(what=self.fault(), match=self.method, **self.chances())


class _Latency(_OnCall):
    fault_name: Literal["latency"] = Field(alias="fault")
    seconds: float = Field(gt=0, le=600)

    def fault(self) -> Fault:
        return Fault(latency=self.seconds)


class _RateLimited(_OnCall):
    fault_name: Literal["ratelimited"] = Field(alias="fault")
    retry_after: int = Field(default=1, ge=1)

    def fault(self) -> Fault:
        return Fault(retry_after=self.retry_after)


class _HttpError(_OnCall):
    fault_name: Literal["http_error"] = Field(alias="fault")
    status: int = Field(default=500, ge=500, le=599)

    def fault(self) -> Fault:
        return Fault(status=self.status)


class _Error(_OnCall):
    fault_name: Literal["error"] = Field(alias="fault")
    error: str = Field(min_length=1)

    @model_validator(mode="after")
    def _documented(self) -> Self:
        known = [name for name in METHODS if fnmatchcase(name, self.method)]
        if known and not any(self.error in documented_errors(name) for name in known):
            raise ValueError(f"{self.error!r} is no error of {self.method}")
        return self

    def fault(self) -> Fault:
        return Fault(error=self.error)


class _Reset(_OnCall):
    fault_name: Literal["reset"] = Field(alias="fault")

    def fault(self) -> Fault:
        return Fault(reset=True)


class _LostResponse(_OnCall):
    fault_name: Literal["lost_response"] = Field(alias="fault")

    def fault(self) -> Fault:
        return Fault(lost=True)


class _OnEvent(_Trouble):
    fault_name: EventTrouble = Field(alias="fault")
    event: str = "*"

    @field_validator("event")
    @classmethod
    def _known(cls, name: str) -> str:
        return name if name.startswith("/") else _one_of(name, DELIVERED)

    def plan(self) -> Plan:
        """Return the plan for it."""
        return Plan(what=self.fault_name, match=self.event, **self.chances())


_One = Annotated[
    _Latency | _RateLimited | _HttpError | _Error | _Reset | _LostResponse | _OnEvent,
    Field(discriminator="fault_name"),
]


class FaultsFile(BaseModel):
    """A whole file: the seed of its dice, and the faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    faults: list[_One]

    def plans(self) -> list[Plan]:
        """Return the plans that `Faults.follow` takes."""
        return [fault.plan() for fault in self.faults]


def load(path: Path) -> FaultsFile:
    """Read a faults file."""
    try:
        return FaultsFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as cause:
        raise BadFaultsFile(f"{path}: cannot be read: {cause.strerror}") from cause
    except UnicodeDecodeError as cause:
        raise BadFaultsFile(f"{path}: is not a text file") from cause
    except yaml.YAMLError as cause:
        raise BadFaultsFile(f"{path}: is not YAML: {' '.join(str(cause).split())}") from cause
    except ValidationError as wrong:
        raise BadFaultsFile(f"{path}: {_first(wrong)}") from wrong


def one(order: Mapping[str, Any]) -> Plan:
    """Return the plan of a single entry."""
    try:
        return FaultsFile.model_validate({"faults": [order]}).plans()[0]
    except ValidationError as wrong:
        raise BadFaultsFile(_first(wrong).removeprefix("faults, entry 1, ")) from wrong


def _first(wrong: ValidationError) -> str:
    problem = wrong.errors()[0]
    where = [f"entry {part + 1}" if isinstance(part, int) else str(part) for part in problem["loc"]]
    # the third part, when there is one, is the kind of fault that pydantic chose: the file has no such level
    place = ", ".join([*where[:2], *where[3:]]).replace("fault_name", "fault")
    return f"{place or 'the file'}: {problem['msg'].removeprefix('Value error, ')}"


def _one_of(name: str, known: tuple[str, ...]) -> str:
    if "*" not in name and name not in known:
        raise ValueError(f"{name!r} is not known to the sandbox")
    return name
