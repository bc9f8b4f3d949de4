"""What the parts of requests are, and the limits they keep to."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

_LARGEST: Final = 2**31 - 1

ExperimentId = Annotated[str, Path(description="Id of an experiment.")]
RunId = Annotated[str, Path(description="Id of a run.")]
Asset = Annotated[str, Path(description="Name of an asset.")]
StepName = Annotated[str, Path(description="Name of a step.")]
Number = Annotated[int, Path(ge=1, le=_LARGEST, description="Number of a revision.")]
NumberAsked = Annotated[int, Query(ge=1, le=_LARGEST, description="Number of a revision.")]
NumberOrNewest = Annotated[
    int | None, Query(ge=1, le=_LARGEST, description="Number of a revision; the newest if none is given.")
]
Offset = Annotated[int, Query(ge=0, le=_LARGEST, description="How many to pass over.")]
Most = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Before = Annotated[int | None, Query(ge=1, le=_LARGEST, description="Only those with smaller numbers.")]
Variable = Annotated[str | None, Query(max_length=200, description="Name of a variable; a good one if none is given.")]
Width = Annotated[int, Query(ge=120, le=1440, multiple_of=2, description="Width of the map, in pixels.")]

Data = dict[str, Any]


class Body(BaseModel):
    """What all bodies share: nothing in them is passed over in silence."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewExperiment(Body):
    """An experiment to be made."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    author: Annotated[str, Field(max_length=500)] = ""
    reference: Annotated[str, Field(max_length=1000)] = ""
    age: Annotated[float | None, Field(description="Age [million years before present].")] = None
    hypothesis: Annotated[str, Field(max_length=2000)] = ""


class ChangedExperiment(Body):
    """What is to change of an experiment; the rest stays."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    author: Annotated[str, Field(max_length=500)] | None = None
    reference: Annotated[str, Field(max_length=1000)] | None = None
    age: float | None = None
    hypothesis: Annotated[str, Field(max_length=2000)] | None = None
    gateways: Annotated[list[Any], Field(max_length=200)] | None = None


class Options(Body):
    """Options of a step; those not named go back to their defaults."""

    options: dict[str, Any]


class Name(Body):
    """A name."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class ShareWith(Body):
    """How somebody may use an experiment."""

    may_change: bool = False


class ChosenVariable(Body):
    """Which variable of a file is meant."""

    variable: Annotated[str, Field(min_length=1, max_length=200)]


class Bundle(Body):
    """How a bundle is made."""

    engine: Annotated[str, Field(max_length=20, description="Engine of the coupling weights.")] = "mosaix"
    old_names: Annotated[bool, Field(description="Whether files bear the names of the earlier tool.")] = False


class SignIn(Body):
    """Who wants a token."""

    name: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=1000)]
    label: Annotated[str, Field(min_length=1, max_length=100, description="Where the token is used.")]


class PftTemplate(Body):
    """A table of plant functional types."""

    bands: Annotated[list[dict[str, Any]], Field(max_length=200)]


class Invitation(Body):
    """Whom a link is for."""

    role: Annotated[str, Field(max_length=20)] = "user"


class ChangedUser(Body):
    """What is to change of an account."""

    active: bool | None = None
    role: Annotated[str, Field(max_length=20)] | None = None
