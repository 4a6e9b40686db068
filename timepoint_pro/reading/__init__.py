"""How a run in the database is read: as values, tables, frames, pictures and a summary, all made from its log."""
