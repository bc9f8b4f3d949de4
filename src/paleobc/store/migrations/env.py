"""Runs the migrations on the connection that it is given."""

from alembic import context

from paleobc.store.all_tables import ALL_TABLES

if __name__ == "env_py":  # the name under which alembic loads it; nothing is run where others only look at it
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=ALL_TABLES,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
