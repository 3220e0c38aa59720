"""Parts: one kind of input column each. See `homodal.contracts.Modality`."""
