"""Resolved sessions that are found again: the rows, and the full-text index of each database over their words."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE VIRTUAL TABLE memory_index USING fts5 ("
    "words, content='memories', content_rowid='number', columnsize=0, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER memories_inserted AFTER INSERT ON memories BEGIN "
    "INSERT INTO memory_index (rowid, words) VALUES (new.number, new.words); END",
    "CREATE TRIGGER memories_deleted AFTER DELETE ON memories BEGIN "
    "INSERT INTO memory_index (memory_index, rowid, words) VALUES ('delete', old.number, old.words); END",
    "CREATE TRIGGER memories_updated AFTER UPDATE ON memories BEGIN "
    "INSERT INTO memory_index (memory_index, rowid, words) VALUES ('delete', old.number, old.words); "
    "INSERT INTO memory_index (rowid, words) VALUES (new.number, new.words); END",
)
POSTGRESQL = (
    "ALTER TABLE memories ADD COLUMN search tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    "CREATE INDEX ix_memories_search ON memories USING gin (search)",
)


def upgrade() -> None:
    op.add_column("sessions", sa.Column("verdict", sa.Text(), nullable=True))
    op.create_table(
        "memories",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_memories_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_memories")),
        sa.UniqueConstraint("session_id", name=op.f("uq_memories_session_id")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement))
