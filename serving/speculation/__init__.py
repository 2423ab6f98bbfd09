"""Several models answer one request under a policy, before a deadline: docs/speculative.md."""
