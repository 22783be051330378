"""Why a file is not taken."""


class FileRefused(Exception):
    """The whole file is not taken. The message is a sentence for the person: what it is, and what to do."""


class PersonalFile(FileRefused):
    """The file is about persons: nothing of it is stored."""
