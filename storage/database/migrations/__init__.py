"""Alembic migrations, run by ``Database.migrate``; no alembic.ini is needed."""
