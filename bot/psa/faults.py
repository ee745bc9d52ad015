"""What can go wrong with a ticket system: `user_text` says what to do, and nothing holds a word of a note."""

from typing import ClassVar

from bot.errors import OutsideTrouble


class TicketSystemFault(OutsideTrouble):
    """A ticket system did not do what it was asked to."""

    user_text: ClassVar[str] = "The ticket system did not take that. Try again in a moment."

    def __init__(self, *, lost: bool = False, status: int = 0, field: str = "") -> None:
        super().__init__()
        self.lost = lost
        """Whether the request may have been carried out although no good answer came."""
        self.status = status
        """The HTTP status of the answer; 0 when there was none."""
        self.field = field
        """The name of the field or rule that the ticket system objects to, never its content."""


class TicketSystemAway(TicketSystemFault):
    """The ticket system cannot be reached, or answers with a server error."""

    user_text = "The ticket system does not answer right now. Nothing is lost: this goes on as soon as it does."

    def __init__(self, *, lost: bool = False, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(lost=lost, status=status)
        self.retry_after = retry_after
        """For how many seconds the ticket system wants to be left alone; None when it does not say."""


class TicketSystemBusy(TicketSystemAway):
    """The ticket system limits the rate of requests."""

    user_text = "The ticket system takes no more requests for the moment. Nothing is lost: this goes on by itself."


class TicketRefused(TicketSystemFault):
    """The ticket system refuses, and would refuse again."""

    user_text = "The ticket system refused that. Look at the ticket there, then try again."


class TicketMissing(TicketRefused):
    """There is no such ticket, or the API's user cannot see it."""

    user_text = "There is no ticket with that number, or the connection may not see it. Check the number."


class TicketOfAnotherClient(TicketRefused):
    """The ticket belongs to another client than the session."""

    user_text = "That ticket belongs to another client than this session. Check the number before you push."


class AccountChanged(TicketRefused):
    """Another ticket system, or another account in it, has been connected since the push was confirmed."""

    user_text = "Another ticket system has been connected since. Check the ticket's number there, then push once more."


class TicketClosed(TicketRefused):
    """The ticket is closed and takes nothing more."""

    user_text = "That ticket is closed and takes nothing more. Reopen it in the ticket system, then press Retry."


class PeriodClosed(TicketRefused):
    """The time period or timesheet of that day is closed or does not exist."""

    user_text = "The time sheet for that day is closed. Ask whoever approves time to reopen it, or log it by hand."


class MemberInactive(TicketRefused):
    """The member in the ticket system is inactive."""

    user_text = "Your account in the ticket system is inactive. Ask its administrator to activate it, then press Retry."


class TimeOfAnother(TicketRefused):
    """The ticket system logs time only for the owner of the API key."""

    user_text = "This connection can log time only for the owner of its API key. Log your time by hand."


class TimeOverlaps(TicketRefused):
    """The time overlaps with time that is logged already."""

    user_text = "That time overlaps with time you have logged already. Change one of the two, then press Retry."


class TimeNotTaken(TicketRefused):
    """The ticket takes no time in its status, or the time itself is out of range."""

    user_text = "The ticket takes no such time as it is now. Check its status and the minutes, or log the time by hand."


class StatusNotTaken(TicketRefused):
    """The ticket cannot be given that status."""

    user_text = "The ticket cannot be given that status. Choose another one, or set it in the ticket system."


class CloseRulesUnmet(StatusNotTaken):
    """The ticket system's rules for closing a ticket are not met."""

    user_text = "The ticket cannot be closed yet: its board has rules for closing. Finish them there, then close it."


class KeyRevoked(TicketRefused):
    """The ticket system does not accept the key, or the key has expired."""

    user_text = "The ticket system does not accept the key any more. Ask your administrator to enter a new one."

    def __init__(self, *, status: int = 401, again_after: float | None = None) -> None:
        super().__init__(status=status)
        self.again_after = again_after
        """After how many seconds one more attempt is worth it, since the answer proves little; None for never."""


class RightMissing(TicketRefused):
    """The API's user lacks a right."""

    user_text = "The connection lacks a right for that. Ask your administrator to press Test connection and grant it."


class FeatureMissing(TicketRefused):
    """The ticket system, or the edition of it, cannot do that."""

    user_text = "This ticket system cannot do that. Do it by hand, or leave it out."


class FieldsNotTaken(TicketRefused):
    """The ticket system finds a field missing or wrong."""

    user_text = "The ticket system wants something else in one of its fields. Ask your administrator: the log names it."


class NoteTooLong(TicketRefused):
    """The note is longer than the ticket system takes."""

    user_text = "The note is too long for the ticket system. Shorten it with Edit, then press Retry."


class FileNotTaken(TicketRefused):
    """The ticket system does not take the file: too large, or of a kind it refuses."""

    user_text = "The ticket system does not take that file. Push again without it, and share the file another way."


class AttachmentGone(FileNotTaken):
    """The file is not in Slack any more, or the app may not read it."""

    user_text = "That file is not in Slack any more, or I may not read it. Attach it by hand."


class PageInsteadOfData(TicketRefused):
    """The address answers with a web page or other text instead of data."""

    user_text = "That address answers with a web page, not as a ticket system does. Check the address and the login."


class AnswerNotUnderstood(TicketRefused):
    """The answer is data, but not in the shape that is expected."""

    user_text = "The ticket system answered in a way I do not understand. Look at the ticket there before you retry."


class AnswerTooLarge(TicketRefused):
    """The answer is larger than any that is expected."""

    user_text = "The ticket system sent far too large an answer. Ask your administrator to check the address."


class HostRefused(TicketRefused):
    """The address is not one that requests may go to."""

    user_text = (
        "That address cannot be used: it must begin with https and be reachable from the internet. "
        "Ask your administrator to correct it."
    )


class RedirectRefused(HostRefused):
    """The address leads on to another one."""

    user_text = "That address leads on to another one. Ask your administrator to enter the final address."


class CertificateRefused(HostRefused):
    """The certificate of the address cannot be trusted."""

    user_text = "The certificate of that address cannot be trusted. Ask whoever runs the ticket system to renew it."
