"""Guided sessions: one step at a time, with the model's options to choose from."""

from bot.domain.guide.asking import wished
from bot.domain.guide.rules import (
    REQUEST,
    answer,
    as_task,
    as_told,
    before,
    choose,
    corrects,
    following,
    next_step,
    redraft,
    same_step,
    skip,
    within,
)
from bot.domain.guide.step import Guide, GuideStep

__all__ = [
    "REQUEST",
    "Guide",
    "GuideStep",
    "answer",
    "as_task",
    "as_told",
    "before",
    "choose",
    "corrects",
    "following",
    "next_step",
    "redraft",
    "same_step",
    "skip",
    "wished",
    "within",
]
