"""The compiler: a saved Spark PipelineModel as one ONNX graph in float64, for any runtime that reads ONNX."""
