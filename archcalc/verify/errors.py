"""Why a network could not be verified."""

from __future__ import annotations


class VerifyError(Exception):
    """Verification came to no result: the message says why, in one line."""


class MissingBackendError(VerifyError):
    """Keras, or the backend asked for, is not installed: the message holds the pip line."""


class DataError(VerifyError):
    """A data set cannot be read, or does not fit the network."""
