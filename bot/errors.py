"""Every error under one root: the docstring is the message, `user_text` is what a person is told."""

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


class SlackFault(TasklaneError):
    """Slack did not do what it was asked to."""

    user_text = "Slack did not take that just now. Please try again in a moment."

    def __init__(self, error: str = "unknown", *, lost: bool = False) -> None:
        super().__init__()
        self.error = error
        self.lost = lost
        """Whether Slack may have done the work although no answer came."""


class SlackUnavailable(SlackFault):
    """Slack could not be reached, or answered with a server error."""


class SlackRateLimited(SlackFault):
    """Slack limits the rate of a method."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class MessageGone(SlackFault):
    """The message to edit is gone or can no longer be edited."""


class StillStreaming(SlackFault):
    """The message is a stream that was not ended yet."""


class ThreadGone(SlackFault):
    """The thread to post into is gone."""


class MessageTooLong(SlackFault):
    """The message is longer than Slack takes."""


class NotInChannel(SlackFault):
    """The app is not a member of the channel."""

    user_text = "I am not in that channel. Invite me there with `/invite @Tasklane`, then try again."


class PersonNotThere(SlackFault):
    """The person who is to be told something is not a member of the conversation."""


class PersonGone(SlackFault):
    """Slack knows no person of that id, or none that the app may see."""


class ChannelArchived(SlackFault):
    """The channel is archived."""

    user_text = "That channel is archived. Pick another one, or unarchive it and try again."


class ChannelGone(SlackFault):
    """The channel does not exist, or the app cannot see it."""

    user_text = (
        "I cannot see that channel: it may be gone, or private. "
        "Pick another one, or invite me there with `/invite @Tasklane`, then try again."
    )


class TriggerSpent(SlackFault):
    """The click is too old for a dialog to be opened from it."""

    user_text = "That took too long for Slack to open the dialog. Please click once more."


class ViewConflict(SlackFault):
    """The view was changed by somebody else in the meantime."""


class SlackRefused(SlackFault):
    """Slack refused the call: a missing scope, a revoked token, or a shape it does not take."""

    user_text = "Slack refused that. Ask your administrator to run `tasklane doctor`."


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


class TryAgainLater(Refused):
    """The person has used up what one person may ask for in a minute."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


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
