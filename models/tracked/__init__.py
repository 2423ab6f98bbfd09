"""What was predicted and what came of it: Parquet files beside a model's versions, and what they say together."""
