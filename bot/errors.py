"""Every error under one root: the docstring is the message, `user_text` is what a person is told."""

from enum import StrEnum
from typing import ClassVar


def location(error: BaseException) -> str:
    """Say where an exception was raised, without its message: that may hold what people wrote."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} in {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


class TasklaneError(Exception):
    """Something went wrong."""

    user_text: ClassVar[str] = "Something went wrong here. Please try again; nothing you wrote is lost."
    away: ClassVar[bool] = False
    """Whether what the work needs is away for a while: that is no attempt of whoever tried."""
    for_good: ClassVar[bool] = False
    """Whether trying again cannot help, because somebody has to change something first."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class ConfigurationError(TasklaneError):
    """The configuration is missing something or contradicts itself."""

    user_text = "Tasklane is not set up completely. Ask your administrator to run `tasklane doctor`."

    def __init__(self, problems: list[str]) -> None:
        super().__init__()
        self.problems = problems


class StorageUnavailable(TasklaneError):
    """The database is away, locked, read-only or full."""

    user_text = "I could not save that just now, so nothing has changed. Please try again in a moment."
    away = True

    def __init__(self, reason: str = "it does not answer") -> None:
        super().__init__()
        self.reason = reason
        """What is wrong with it, as the end of a sentence, for those who run the app."""

    @property
    def problem(self) -> str:
        """The line that names the setting, for those who run the app."""
        return f"DATABASE_URL: the database cannot be used: {self.reason}. Check that it is there and can be written."


class TakenForDead(TasklaneError):
    """The other replicas have taken this one for dead."""


class ModelFault(TasklaneError):
    """The language model could not answer."""

    user_text = "The assistant could not answer just now."

    def __init__(self, retry_after: float | None = None, request_id: str = "") -> None:
        super().__init__()
        self.retry_after = retry_after
        """After how many seconds the provider wants to be asked again, if it says so."""
        self.request_id = request_id
        """The provider's name for the call, for those who run the app."""


class ModelOverloaded(ModelFault):
    """The model provider is overloaded or limits the rate."""

    user_text = "The assistant is overloaded right now."


class ModelUnreachable(ModelFault):
    """The connection to the model provider failed or broke off."""

    user_text = "The connection to the assistant broke off."


class ModelRefusedRequest(ModelFault):
    """The model provider rejected the request: key, credit, model name or shape."""

    user_text = "The assistant is not available with the current configuration. Ask your administrator."


class ModelContextFull(ModelFault):
    """The conversation no longer fits the model's context window."""

    user_text = "This session has become too long for the assistant. Conclude it, or resume in a new chat."


class FaultKind(StrEnum):
    """Whose fault it is that Slack did not do something, and so who can mend it."""

    TRANSIENT = "transient"
    """Nobody's: it passes by itself."""
    OURS = "ours"
    """The app's: it asked for something that is not there any more, or in a way that Slack does not take."""
    PERSON = "person"
    """Somebody in the workspace can mend it, and is told how."""
    INSTALLATION = "installation"
    """The token or its scopes: only who installs the app can mend it."""


class OutsideTrouble(TasklaneError):
    """Something outside of Slack and of the app, or a key to it, is not as it should be."""


class SlackFault(TasklaneError):
    """Slack did not do what it was asked to."""

    user_text = "Slack did not take that just now. Please try again in a moment."
    kind: ClassVar[FaultKind] = FaultKind.OURS

    def __init__(self, error: str = "unknown", *, lost: bool = False) -> None:
        super().__init__()
        self.error = error
        """Slack's own name for what is wrong."""
        self.lost = lost
        """Whether Slack may have done the work although no answer came."""


class SlackUnavailable(SlackFault):
    """Slack could not be reached, or answered with a server error."""

    kind = FaultKind.TRANSIENT
    away = True


class SlackStillAway(SlackUnavailable):
    """Slack did not answer a moment ago, so nobody tried again yet."""


class SlackRateLimited(SlackFault):
    """Slack limits the rate of a method."""

    kind = FaultKind.TRANSIENT
    away = True

    def __init__(self, retry_after: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class MessageGone(SlackFault):
    """The message to edit is gone."""

    user_text = "That message is gone. Look at the newest one in the thread, or at App Home."


class EditRefused(SlackFault):
    """Slack does not let the app edit the message any more, although it is there."""

    user_text = "Slack does not let me edit my message any more. Look at the newest one in the thread."
    kind = FaultKind.PERSON


class StillStreaming(SlackFault):
    """The message is a stream that was not ended yet."""


class StreamOver(SlackFault):
    """The message is no stream any more: Slack or a person ended it."""


class AlreadyDone(SlackFault):
    """What was asked for is so already."""


class ThreadGone(SlackFault):
    """The thread to post into is gone."""

    user_text = "That thread is gone. I open the session in a new one; look for it in this channel or in App Home."


class MessageTooLong(SlackFault):
    """The message is longer than Slack takes."""


class CannotPost(SlackFault):
    """The app may not post in a conversation as things stand there."""

    user_text = "I cannot post there. Pick another channel, then try again."
    kind = FaultKind.PERSON
    for_good = True


class NotInChannel(CannotPost):
    """The app is not a member of the channel."""

    user_text = "I am not in that channel. Invite me there with `/invite @Tasklane`, then try again."


class ChannelArchived(CannotPost):
    """The channel is archived."""

    user_text = "That channel is archived. Pick another one, or unarchive it and try again."


class ChannelGone(CannotPost):
    """The channel does not exist, or the app cannot see it."""

    user_text = (
        "I cannot see that channel: it may be gone, or private. "
        "Pick another one, or invite me there with `/invite @Tasklane`, then try again."
    )


class ChannelRestricted(CannotPost):
    """An admin has limited who may post in the channel."""

    user_text = (
        "The posting rules of that channel do not let me post. "
        "Pick another one, or ask an admin to let apps post there, then try again."
    )


class ThreadLocked(CannotPost):
    """The thread is locked."""

    user_text = "That thread is locked. Ask who locked it to unlock it, or go on in another one."


class ConversationUnsuited(CannotPost):
    """The conversation is of a kind in which the app cannot do this."""

    user_text = "That does not work in this kind of conversation. Pick an ordinary channel, then try again."


class PersonUnreachable(CannotPost):
    """The app cannot write to the person: the account is deactivated, an app's, or one that shares no channel."""

    user_text = (
        "I cannot write to that person: their account is deactivated, belongs to an app, or shares no channel with me. "
        "Tell them yourself, or pick somebody else."
    )


class DirectMessagesOff(PersonUnreachable):
    """The app's direct messages are switched off."""

    user_text = "Direct messages with me are switched off. Ask your administrator to switch on my Messages tab."


class AccessDenied(CannotPost):
    """The workspace or its organisation does not let the app in there."""

    user_text = "The rules of this organisation do not let me do that. Ask your administrator."
    kind = FaultKind.INSTALLATION


class PersonNotThere(SlackFault):
    """The person who is to be told something is not a member of the conversation."""

    kind = FaultKind.PERSON


class PersonGone(PersonUnreachable):
    """Slack knows no person of that id, or none that the app may see."""

    user_text = "I cannot see that person: the account may be gone, or of another organisation. Pick somebody else."


class GroupGone(SlackFault):
    """One of the user groups that may conclude does not exist, or the workspace's plan has none."""

    user_text = (
        "I could not look up the user group that may conclude, so I did nothing. "
        "Ask your administrator to check `TASKLANE_ENGINEERS` and to run `tasklane doctor`."
    )
    kind = FaultKind.INSTALLATION
    for_good = True


class UploadRefused(SlackFault):
    """Slack does not take the file."""

    user_text = "Slack did not take the file: uploads are limited in this workspace, or its storage is full."
    kind = FaultKind.PERSON
    for_good = True


class FileGone(SlackFault):
    """The file is gone, or the app cannot see it."""


class TriggerSpent(SlackFault):
    """The click is too old for a dialog to be opened from it."""

    user_text = "That took too long for Slack to open the dialog. Please click once more."


class DialogsFull(SlackFault):
    """Three dialogs are open already."""

    user_text = "Too many dialogs are open. Close this one, then try again."
    kind = FaultKind.PERSON


class DialogClosed(SlackFault):
    """The dialog to change was closed meanwhile."""


class ViewConflict(SlackFault):
    """The view was changed by somebody else in the meantime."""


class HomeOff(SlackFault):
    """The app's Home tab is switched off."""

    user_text = "My Home tab is switched off. Ask your administrator to switch it on in the app's settings."
    kind = FaultKind.INSTALLATION
    for_good = True


class SlackRefused(SlackFault):
    """Slack refused the call, because of a shape it does not take."""

    user_text = "Slack refused that. Ask your administrator to run `tasklane doctor`."
    for_good = True


class BlocksRefused(SlackRefused):
    """Slack does not take a block of a message or a view, be it that it is too old or too new for it."""


class SlackUnclear(SlackRefused):
    """Slack refused the call for a reason that it does not document."""

    for_good = False


class InstallationGone(SlackFault):
    """The token is no longer valid: it was revoked, has expired, or the app was removed."""

    user_text = "I am not connected to this workspace any more. Ask your administrator to install me again."
    kind = FaultKind.INSTALLATION
    for_good = True


class ScopeMissing(SlackFault):
    """The installation does not allow the app to call a method."""

    user_text = "I lack a permission for that. Ask your administrator to run `tasklane doctor` and install me again."
    kind = FaultKind.INSTALLATION
    for_good = True


class Refused(TasklaneError):
    """A person may not do, or cannot now do, what they asked for."""

    user_text = "That is not possible right now."


class SessionMissing(Refused):
    """There is no such session in this workspace."""

    user_text = "That session does not exist any more. Start one with `/troubleshoot <problem>`."


class SessionOpening(Refused):
    """The thread of a message may be that of a session which does not know its thread yet."""

    user_text = "That session is just being opened. Please try again in a moment."


class TransitionRefused(Refused):
    """The session is not in a status from which this can be done."""

    user_text = "That is not possible any more: the session has changed meanwhile. Look at its card."


class SearchTooLong(Refused):
    """The search is longer than any that somebody types."""

    user_text = "That is too long to look for. Give me a few words, such as `/sessions printer driver`."


class SearchEmpty(Refused):
    """There is no word in the search."""

    user_text = "There is no word in that to look for. Give me a few words, such as `/sessions printer driver`."


class SightUnknown(Refused):
    """Slack did not say in time which channels a person may see."""

    user_text = "Slack did not tell me just now which channels you may see, so I looked for nothing. Please try again."


class MemoryGone(Refused):
    """The earlier session was reopened or erased, or the person may not see its channel."""

    user_text = "That session is not there for you any more. Look for others with `/sessions <words>`."


class StepPassed(Refused):
    """The step of a guided session was answered already, or counts no more."""

    user_text = "That step was answered meanwhile. Use `Back` on the newest one to change an answer."


class RatingChanged(Refused):
    """The person thinks by now that the message helped, or the rating was erased."""

    user_text = "You have rated that as helpful meanwhile, so I kept no reason. Press *Not helpful* to change it."


class NotTheOwner(Refused):
    """Only the owner of the session may do this."""

    user_text = "That session belongs to someone else. You can help by replying in its thread."


class GuestRefused(Refused):
    """Guests may talk, and nothing else."""

    user_text = "Guests cannot do that. Ask a full member of this workspace."


class StrangerRefused(Refused):
    """People of another organisation may talk, and nothing else."""

    user_text = "Only people of the organisation that installed me can do that. You can go on talking in the thread."


class NobodyRefused(Refused):
    """The person is deactivated or unknown in this workspace, or is an app."""

    user_text = "I could not find you among the people of this workspace, so I did nothing."


class NotAnEngineer(Refused):
    """The person is in none of the user groups that may conclude."""

    user_text = "Only the engineers of this workspace can conclude sessions. Ask your administrator."


class PersonUnknown(Refused):
    """Slack did not say in time who a person is or what they may do."""

    user_text = "Slack did not tell me just now what you may do here, so I did nothing. Please try again in a moment."


class GroupUnknown(PersonUnknown):
    """Slack did not give the members of the user group that may conclude."""

    user_text = "I could not look up the user group that may conclude, so I did nothing. Please try again in a moment."


class CannotAssign(Refused):
    """Somebody cannot be given a task: they are not in the channel, or may not work on tasks."""

    user_text = "That task can only be given to a full member who is in this channel. Invite them first."


class TryAgainLater(Refused):
    """The person has used up what one person may ask for in a minute."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class TooManyAtOnce(Refused):
    """More has come at once than can be answered in the time that Slack waits."""

    user_text = "There is more to do at once than I can answer in time, so nothing has changed. Try again in a moment."


class EmptyMessage(Refused):
    """There is no text in the message."""

    user_text = "There is no text in that message. Say in a few words what is wrong."


class MessageTooBig(Refused):
    """The message is longer than one turn may be."""

    user_text = (
        "That message is longer than 40,000 characters, so I did not take it. "
        "Your text is still yours: send it again in shorter parts."
    )


class NotesMissing(Refused):
    """There are no final notes for this session."""

    user_text = "There are no finished ticket notes for this session yet."


class AlreadyTakenOver(Refused):
    """Somebody else has taken the session over first."""

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.owner = owner


class NotInTheThread(Refused):
    """Who takes a session over is not in the channel of its thread."""

    user_text = (
        "That session's thread is in a channel that you are not in. "
        "Join it, or ask somebody there to invite you, then press *Take over* again."
    )


class NoTicketSystem(Refused):
    """No ticket system is connected in this workspace."""

    user_text = (
        "No ticket system is connected. Ask an admin of this workspace to set one with `Ticket system` in App Home."
    )


class NotATicket(Refused):
    """What was typed cannot be the number of a ticket."""

    user_text = "That cannot be the number of a ticket. Type it as the ticket system shows it, like #4411."


class PushMissing(Refused):
    """There is no such push in this workspace."""

    user_text = "That push does not exist any more. Look at the ticket notes of the session."


class Superseded(TasklaneError):
    """A later run has taken over the message, so this one stops."""


class TaskReplaced(Refused):
    """The task is no longer in the lane: the next reply replaced it, or it was sent."""

    user_text = "That task is no longer open: it was sent, or a newer reply replaced it. Look at the lane below."


class NothingToSend(Refused):
    """No task of the lane is answered, done or skipped."""

    user_text = "There is nothing to send yet: answer, skip or do a task first."


class AdminsOnly(Refused):
    """Only an admin of the workspace may change its settings."""

    user_text = "Only an admin of this workspace can change that."


class NoSessionHere(Refused):
    """The thread is not a session."""

    user_text = "There is no session in this thread. Start one with the shortcut *Troubleshoot this*."


class BadPayload(TasklaneError):
    """A payload does not have the shape that Slack documents."""

    user_text = "I did not understand that. Please try again."
