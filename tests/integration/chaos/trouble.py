"""What goes wrong on order beside the kills, and what of it the processes may complain about."""

from typing import Final

from bot.sandbox import Fault, Plan

JUMPS: Final = (-3_600.0, -30.0, 0.0, 0.0, 30.0, 3_600.0)
"""Seconds that a machine's clock is ahead from one moment to the next."""
TROUBLE: Final = (
    Plan(what=Fault(latency=0.5), match="chat.*", probability=0.05),
    Plan(what=Fault(retry_after=1), match="chat.update", probability=0.01, in_a_row=8),
    Plan(what=Fault(retry_after=1), match="chat.postMessage", probability=0.02),
    Plan(what=Fault(status=500), match="chat.*", probability=0.02),
    Plan(what=Fault(status=503), match="views.publish", probability=0.03),
    Plan(what=Fault(reset=True), match="chat.*", probability=0.01),
    Plan(what=Fault(lost=True), match="chat.*", probability=0.03),
    Plan(what=Fault(lost=True), match="response_url", probability=0.03),
    Plan(what=Fault(lost=True), match="views.*", probability=0.02),
    Plan(what="duplicate", match="*", probability=0.05),
    Plan(what="reorder", match="message", probability=0.05),
    Plan(what="socket_drop", match="*", probability=0.01),
)
"""What happens to Slack's calls and events while people work."""
EXPECTED: Final = (
    "text failed",
    "reply failed",  # the script breaks replies off, declines them and talks too long
    "model fault",
    "slack refused exchanged_trigger_id",  # a click that is delivered again opens nothing
    "model not warmed",
    "handler failed TriggerSpent",
    "handler failed expired_trigger_id",
    "slack refused expired_trigger_id",
    "lookup failed timeout",
    "not summarised Superseded",  # a process that was killed is believed to summarise for a while
    "edit slots not shared",
)
"""What is logged when the model is ordered to fail, and when the machine is too busy for Slack's three seconds."""
ORDERED: Final = (
    "job failed Slack",
    "job waits Slack",
    "handler failed Slack",
    "handler failed unreachable",
    "handler failed http_503",
    "answer not shown",
    "retry_after_bounded",
)
"""What is logged when Slack is ordered to fail."""
AWAY: Final = ("slack away", "slack refused internal_error")
"""What is logged when Slack is away."""
CUT_OFF: Final = (
    "replica cut off",
    "storage unavailable",
    "job failed Storage",
    "handler failed Storage",
    "jobs not read",
)
"""What is logged when the database server is killed."""
TURNED: Final = ("clock set back",)
"""What is logged when clocks jump."""


def excused(*, slack: bool, away: bool, database: bool, clocks: bool) -> tuple[str, ...]:
    """Return how the complaints begin that the trouble of a run explains."""
    return (
        *EXPECTED,
        *(ORDERED if slack or away else ()),
        *(AWAY if away else ()),
        *(CUT_OFF if database else ()),
        *(TURNED if clocks else ()),
    )
