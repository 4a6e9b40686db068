"""The version of this library, as records and documents name it."""

VERSION = "0.1.0"
