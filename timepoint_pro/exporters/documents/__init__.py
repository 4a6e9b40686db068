"""A whole run in one document: TDF and JSON, tables, a graph, a story, a screenplay, a database of its own."""
