"""What a person can mend: an error that says what, where and what to do."""


class Refusal(Exception):  # noqa: N818 - it is not a bug, and its name should not say so
    """A mistake in the input or the set-up, told in one line.

    The commands print it without a traceback and exit 2; the HTTP interface turns it into a problem
    document. Anything else that is raised is a bug and keeps its traceback.
    """
