"""From an Oozie app to the declaration that generates an equal one."""
