"""Plain features and linear models of them, in NumPy: what an engineer tries first."""
