"""Oozie's language: model, XML, EL, validation, calendar. No I/O beyond reading the bytes it is given."""
