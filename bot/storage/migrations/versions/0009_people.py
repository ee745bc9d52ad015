"""Work among people: who a task is given to, who answered it, and what each person has App Home show."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("homes", sa.Column("list", sa.Text(), nullable=False, server_default="mine"))
    op.add_column("homes", sa.Column("words", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("tasks", sa.Column("assignee", sa.Text(), nullable=True))
    op.add_column("tasks", sa.Column("assignee_name", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("tasks", sa.Column("answered_by", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_index(
        "ix_tasks_assignee",
        "tasks",
        ["team_id", "assignee"],
        sqlite_where=sa.text("assignee IS NOT NULL"),
        postgresql_where=sa.text("assignee IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
