"""What each day of a workspace has cost, so that a month is thirty rows and not all of its calls."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_COUNTED = ("input", "output", "cache_read", "cache_write")


def upgrade() -> None:
    many = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    made = op.create_table(
        "cost_days",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("calls", many, nullable=False),
        sa.Column("prompt", many, nullable=False),
        sa.Column("cached", many, nullable=False),
        sa.Column("output", many, nullable=False),
        sa.Column("dollars", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "day", name="pk_cost_days"),
    )
    # A cast cuts off on SQLite, which may have no floor(), and rounds on PostgreSQL.
    calls = sa.table("model_calls", *map(sa.column, ("team_id", "at", *_COUNTED, "cost")))
    whole = calls.c.at / 86400
    if op.get_bind().dialect.name != "sqlite":
        whole = sa.func.floor(whole)
    day = sa.cast(whole, sa.Integer)
    prompt = calls.c.input + calls.c.cache_read + calls.c.cache_write
    sums = [sa.func.sum(column) for column in (prompt, calls.c.cache_read, calls.c.output, calls.c.cost)]
    added = sa.select(calls.c.team_id, day, sa.func.count(), *sums).group_by(calls.c.team_id, day)
    op.execute(sa.insert(made).from_select(["team_id", "day", "calls", "prompt", "cached", "output", "dollars"], added))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
