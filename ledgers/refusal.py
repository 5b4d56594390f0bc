"""The one error for a file that cannot be taken at all."""


class LedgerRefused(Exception):  # noqa: N818 - a verdict the clerk reads, not a failure of ours
    """The whole file is refused; nothing of it was read.

    ``code`` is a stable word for tests and the audit trail (``"too_large"``, ``"macro"``, …).
    ``str(error)`` is one Chinese sentence for the clerk: what is wrong and what to do about it.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
