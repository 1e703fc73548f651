"""Server settings: one set for real data, which never trades durability for speed, and one for throw-away tests."""

from __future__ import annotations

import os

MIB = 1024 * 1024


def memory_bytes() -> int:
    """Return this machine's memory, or a careful guess where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 4096 * MIB


def durable(memory: int | None = None) -> dict[str, str]:
    """Return settings fit for bulk loads of real data: every commit is on disk before it is acknowledged."""
    memory = memory_bytes() if memory is None else memory
    shared = max(128, min(512, memory // MIB // 4))
    return {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, memory // MIB // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{max(64, shared // 2)}MB",
        "max_wal_size": "4GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "pglz",
        # A large commit finds most of its log on disk already, and waits only for the rest.
        "wal_writer_delay": "20ms",
        "random_page_cost": "1.1",
        "max_connections": "120",
        **_always(),
    }


def fleeting() -> dict[str, str]:
    """Return settings for a cluster that is thrown away after a test; a crash of the machine would lose it."""
    return {
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "shared_buffers": "128MB",
        "work_mem": "16MB",
        "max_wal_size": "1GB",
        "min_wal_size": "128MB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "random_page_cost": "1.1",
        "max_connections": "120",
        "autovacuum_naptime": "5min",
        **_always(),
    }


def _always() -> dict[str, str]:
    return {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        # A failing statement's values may identify a patient, so they never reach the server's log.
        "log_min_messages": "warning",
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
    }
