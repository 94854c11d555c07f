"""What Alembic runs: the migrations, on the connection that `sinks.sql.schema` holds. Logging is the application's business."""

from alembic import context

from sinks.sql.engine import VERSION_TABLE
from sinks.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    version_table=VERSION_TABLE,
    # SQLite cannot alter most of a table in place.
    render_as_batch=True,
)
context.run_migrations()
