"""On PostgreSQL, the jobs are procrastinate's: its schema, as of 3.10, in place of the table for one process.

And revisions that are times in milliseconds fit in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    from procrastinate.schema import SchemaManager  # an extra, which SQLite does without

    for table in ("homes", "live_messages"):
        op.alter_column(table, "shown", type_=sa.BigInteger())
    op.drop_table("jobs")  # nothing has ever been served from it here
    # The driver's own connection takes many statements at once, and leaves their percent signs alone.
    connection.connection.cursor().execute(SchemaManager.get_schema())
    op.create_index(
        "ix_procrastinate_jobs_lock_id",
        "procrastinate_jobs",
        ["lock", "id"],
        postgresql_where=sa.text("status IN ('todo', 'doing') AND lock IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
