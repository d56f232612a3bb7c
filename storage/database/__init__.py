"""The database: its tables, views and migrations, and the rows that go in and out."""
