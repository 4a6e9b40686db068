"""The mathematics of the mechanisms: pure functions and small frozen values, no I/O, no state."""
