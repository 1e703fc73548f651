"""What can go wrong with the embedded server, each as one sentence a person can act on."""


class EmbeddedError(RuntimeError):
    """The embedded server cannot be started, reached or stopped; the message says why and what to do."""
