"""A Slack workspace on localhost: for tests, and to try the app without an account.

It knows nothing of the app. `async with Sandbox() as slack` serves the Web API at `slack.api_url`, delivers to
the app over Socket Mode or signed HTTP, and lets `slack.person("Ana")` write, click and read like a member.
"""

from bot.sandbox.assumptions import ASSUMPTIONS, Assumption
from bot.sandbox.checks import check_message, check_view
from bot.sandbox.client import Upload
from bot.sandbox.clock import ManualClock
from bot.sandbox.controls import CannotDo
from bot.sandbox.delivery import Ack
from bot.sandbox.faults import Fault, Faults, Outage, Plan
from bot.sandbox.model import Channel, File, Message, User
from bot.sandbox.people import Person
from bot.sandbox.ratelimit import BURST, SLACK, Limits
from bot.sandbox.record import Entry, SandboxRecord
from bot.sandbox.sandbox import MEMBERS, ROOMS, Member, Room, Sandbox
from bot.sandbox.views import View
from bot.sandbox.webapi.documented import documented_errors

__all__ = [
    "ASSUMPTIONS",
    "BURST",
    "MEMBERS",
    "ROOMS",
    "SLACK",
    "Ack",
    "Assumption",
    "CannotDo",
    "Channel",
    "Entry",
    "Fault",
    "Faults",
    "File",
    "Limits",
    "ManualClock",
    "Member",
    "Message",
    "Outage",
    "Person",
    "Plan",
    "Room",
    "Sandbox",
    "SandboxRecord",
    "Upload",
    "User",
    "View",
    "check_message",
    "check_view",
    "documented_errors",
]
