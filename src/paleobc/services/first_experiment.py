"""The example as an experiment of a newcomer: something to look at before one's own file is at hand."""

from __future__ import annotations

from importlib.resources import as_file, files

from paleobc.services.examples import FOLDER
from paleobc.services.experiments import create_experiment, set_options
from paleobc.services.recipes import read_recipe
from paleobc.services.uploads import take_upload
from paleobc.steps.catalogue import GRAPH
from paleobc.store.database import Database
from paleobc.store.files import FileStore, pieces_of
from paleobc.store.tables import User


def give_example(database: Database, store: FileStore, user: User, *, most_bytes: int) -> str:
    """
    Make the example, the present-day Earth, an experiment of a user, and ask for its files.

    Parameters
    ----------
    database : Database
    store : FileStore
    user : User
    most_bytes : int
        Largest file that is taken.

    Returns
    -------
    str
        Id of the experiment.
    """
    with as_file(files("paleobc").joinpath(FOLDER)) as folder:
        recipe = read_recipe(folder / "recipe.yaml")
        words = recipe.experiment
        with database.writing() as session:
            experiment = create_experiment(
                session, user, name=words.name, author=words.author, age=words.age, hypothesis=words.hypothesis
            )
            for step in GRAPH.steps:
                if recipe.steps[step.name] != step.options({}):
                    set_options(session, user, experiment.id, step.name, recipe.steps[step.name])
        relief = recipe.path_of("relief")
        with relief.open("rb") as file:
            take_upload(
                database, store, user, experiment.id, "relief", relief.name, pieces_of(file), most_bytes=most_bytes
            )
    return experiment.id
