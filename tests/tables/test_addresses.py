"""Addresses: nothing leaves this machine unless it is allowed, and little then."""

import http.server
import threading

import numpy as np
import pytest

from homodal.data import guard, processes
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import locate
from homodal.data.schema import recognise
from homodal.data.store import BAD, OK, stored
from homodal.errors import BadCell, TableError
from homodal.modalities.image import Image
from homodal.recipe import Recipe
from homodal.tables import addresses
from homodal.tables.addresses import ALLOW_REMOTE, Address, allowed, open_address
from homodal.tables.contents import shared_content
from homodal.tables.table import Table


@pytest.fixture
def served(tmp_path):
    """`(address, paths that were asked for)` of a server on this machine."""
    folder, asked = tmp_path / "served", []
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *told):
            super().__init__(*told, directory=str(folder))

        def do_GET(self):
            asked.append(self.path)
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", "/a.png")
                self.end_headers()
                return
            super().do_GET()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("a.png", "b.png"):
        path = Image().example(folder, np.random.default_rng(ord(name[0])))
        path.rename(folder / name)
    (folder / "t.csv").write_text("a,b\n1,2\n")
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def leave(monkeypatch):
    processes.close()  # children learn it with each column, also those that were there
    monkeypatch.setenv(ALLOW_REMOTE, "1")


COLUMN = PreparedColumn("x", "x", "image", {"height_px": 4, "width_px": 4}, {})


def test_without_leave_nothing_is_asked_for(served, tmp_path, monkeypatch):
    monkeypatch.delenv(ALLOW_REMOTE, raising=False)
    base, asked = served
    table = Table.open({"x": [f"{base}/a.png"], "y": ["b"]})
    found = stored(table, COLUMN, tmp_path / "cache")
    assert found.status.tolist() == [BAD]
    assert "an address, not a file" in found.reasons[0]
    assert "--allow-remote" in found.reasons[0]
    with pytest.raises(TableError, match="is an address"):
        Table.open(f"{base}/t.csv")
    [(status, _, why)] = guard.decoded(COLUMN, [Address(f"{base}/a.png")])
    assert status == BAD and "--allow-remote" in why  # nor in a child
    assert asked == []


def test_with_leave_cells_are_fetched_by_who_decodes_them(served, tmp_path, leave):
    base, asked = served
    assert Table.open(f"{base}/t.csv").cells("a") == ["1"]
    cells = [f"{base}/a.png", f"{base}/gone.png", f"{base}/away", f"{base}/b.png"]
    table = Table.open({"x": cells, "y": list("abab")})
    located = [locate(table, COLUMN.reader(), cell) for cell in cells]
    assert all(isinstance(cell, Address) for cell in located)
    asked.clear()
    found = stored(table, COLUMN, tmp_path / "cache")
    assert found.status.tolist() == [OK, BAD, BAD, OK]
    assert "404" in found.reasons[1] and "leads elsewhere" in found.reasons[2]
    assert sorted(asked) == ["/a.png", "/away", "/b.png", "/gone.png"]
    stored(table, COLUMN, tmp_path / "cache")
    assert len(asked) == 4  # an address is taken to hold the same for ever
    [seen] = recognise(table.take([0, 3]), Recipe(target="y")).inputs
    assert seen.modality == "image"
    twice = Table.open({"x": [cells[0], cells[3], cells[0], *map(str, range(9))]})
    keys = shared_content(twice, ["x"])
    assert keys[0] == keys[2] != () and keys[1] == ()


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "local:///etc/passwd",
        "zip://x::file:///etc/passwd.zip",
        "memory://x.zip::file:///etc/passwd",
        "gopher://127.0.0.1",
    ],
)
def test_other_schemes_are_refused(leave, address):
    with pytest.raises(TableError, match=r"not an address of a known kind.*s3://"):
        allowed(address)
    with pytest.raises(BadCell, match="not an address of a known kind"):
        Table.open({"x": [address]}).locate(address)


def test_hosts_where_clouds_keep_secrets_are_refused(leave):
    for host in ("169.254.169.254", "[fe80::1]"):
        with pytest.raises(TableError, match="link-local host"):
            open_address(f"http://{host}/latest/meta-data")


def test_too_much_is_refused(served, leave, monkeypatch):
    monkeypatch.setattr(addresses, "MAX_BYTES", 10)
    assert len(open_address(f"{served[0]}/t.csv")) == 8
    with pytest.raises(TableError, match="more than 10 bytes"):
        open_address(f"{served[0]}/a.png")
