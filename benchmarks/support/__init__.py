"""What the benchmarks and the tests run beside the app: databases, a model, a browser, a replica."""
