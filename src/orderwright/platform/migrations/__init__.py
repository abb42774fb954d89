"""Migrations: plain SQL run by Alembic, one version table for the operator schema and one for each merchant."""
