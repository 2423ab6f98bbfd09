"""The databases that an import can read; one module each, one interface in :mod:`.database`."""
