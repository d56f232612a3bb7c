"""One module a migration, named by its revision; a revision is never edited once released."""
