"""Weights by stable, column-scoped names, to and from safetensors.

Keras's own paths count layers over the whole process (`dense_7`), so that a second
model in one process would not find its weights; these names depend on the network only.
"""

import numpy as np

from homodal.errors import BundleError


def named_variables(network):
    """`{name: variable}` of all variables, seed generators' states included."""
    groups = [(f"{key}.front", network.fronts[key]) for key in network.keys]
    groups += [(f"{key}.encoder", network.encoders[key]) for key in network.keys]
    groups += [(f"{key}.tokens", block.tokens) for key, block in network.blocks.items()]
    groups += [(f"{key}.absent", network.absent[key]) for key in network.keys]
    groups += [(f"{slug}.head", head) for slug, head in network.heads.items()]
    groups += [("fusion", network.fusion), ("head", network.head)]
    groups += [
        ("augment", network.augmented),
        ("dropout", network.dropout),
        ("strategies", network.strategies),
    ]
    named, seen = {}, set()
    for scope, layer in groups:
        fresh = [v for v in layer.variables if id(v) not in seen]
        seen.update(id(v) for v in fresh)
        for position, variable in enumerate(fresh):
            named[f"{scope}.{position:03d}.{variable.name}"] = variable
    return named


def named_weights(network):
    """`{name: variable}` of what prediction needs: no seed generators' states."""
    weights = {id(v) for v in network.weights}
    return {n: v for n, v in named_variables(network).items() if id(v) in weights}


def to_numpy(variables):
    """NumPy arrays of variables, copied, on any backend."""
    return {
        # order="C" and not ascontiguousarray, which makes a number a list of one;
        # asarray first, since Keras's variables do not know NumPy 2's `copy`
        name: np.array(np.asarray(variable), order="C")
        for name, variable in variables.items()
    }


def assign(variables, arrays, source):
    """Put `{name: array}` into `{name: variable}`. Raises `BundleError` on a misfit."""
    missing = sorted(set(variables) - set(arrays))
    foreign = sorted(set(arrays) - set(variables))
    if missing or foreign:
        raise BundleError(
            f"The weights in {source} do not fit the network",
            expected=f"{len(variables)} arrays",
            got=f"missing {missing[:3]}, unknown {foreign[:3]}",
        )
    for name, variable in variables.items():
        if tuple(arrays[name].shape) != tuple(variable.shape):
            raise BundleError(
                f"The weight '{name}' in {source} has another shape",
                expected=str(tuple(variable.shape)),
                got=str(tuple(arrays[name].shape)),
            )
        variable.assign(arrays[name])
