"""What tools/bench measures: one module a subject, each with `options(parser)` and `run(options, report)`."""
