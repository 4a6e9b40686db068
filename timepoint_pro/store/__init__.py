"""The database of runs: the log, the ledger of model calls, and tables made from them."""
