"""What can go wrong, each as a sentence that says what to do."""

from __future__ import annotations


class PaleobcError(Exception):
    """An error whose message is meant for the user: what is wrong, where, and what to do."""


class InputError(PaleobcError):
    """The input cannot be used as it is; trying again without changing it cannot help."""


class AmbiguousVariableError(InputError):
    """
    A file holds several variables that could be meant; the user has to name one.

    Parameters
    ----------
    message : str
        The sentence for the user.
    candidates : sequence of str
        Names of the variables that could be meant.
    """

    def __init__(self, message: str, candidates: tuple[str, ...]) -> None:
        super().__init__(message)
        self.candidates = candidates


class RecipeError(InputError):
    """A recipe holds an unknown key, a wrong type or a value out of range."""


class StepError(PaleobcError):
    """A step was asked for that does not exist, or with options or assets it does not know."""


class NotFoundError(PaleobcError):
    """What was asked for does not exist, or not for the one who asks: the two are not told apart."""


class ConflictError(PaleobcError):
    """What was asked for does not go together with what is there by now."""


class ForbiddenError(PaleobcError):
    """What was asked for is there, and the one who asks may see it but not do this."""


class TooManyTriesError(ForbiddenError):
    """
    Something was tried too often in a short time.

    Parameters
    ----------
    message : str
        The sentence for the user.
    seconds : int
        How long to wait [s].
    """

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class NoRoomError(PaleobcError):
    """The machine has no room left for what was given to it."""
