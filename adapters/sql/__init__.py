"""The ports on SQLite and PostgreSQL through SQLAlchemy Core: tables and row mapping in one file per module."""
