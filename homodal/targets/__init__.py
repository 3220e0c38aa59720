"""Parts: one kind of answer each. See `homodal.contracts.Target`."""
