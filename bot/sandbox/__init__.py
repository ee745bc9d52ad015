"""A Slack workspace on localhost: for tests, and to try the app without an account.

It knows nothing of the app. `async with Sandbox() as slack` serves the Web API at `slack.api_url`, delivers to
the app over Socket Mode or signed HTTP, and lets `slack.person("Ana")` write, click and read like a member.
"""

from bot.sandbox.checks import check_message, check_view
from bot.sandbox.clock import ManualClock
from bot.sandbox.delivery import Ack
from bot.sandbox.faults import Fault, Faults, Plan
from bot.sandbox.finding import CannotDo
from bot.sandbox.model import Channel, File, Message, User
from bot.sandbox.people import Person
from bot.sandbox.ratelimit import BURST, SLACK, Limits
from bot.sandbox.record import Entry, Record
from bot.sandbox.sandbox import MEMBERS, ROOMS, Member, Room, Sandbox
from bot.sandbox.views import View

__all__ = [
    "BURST",
    "MEMBERS",
    "ROOMS",
    "SLACK",
    "Ack",
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
    "Person",
    "Plan",
    "Record",
    "Room",
    "Sandbox",
    "User",
    "View",
    "check_message",
    "check_view",
]
