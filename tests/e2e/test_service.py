"""``albumdedup serve``: the real service asked by a real HTTP client, good and bad."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import re
import signal
import socket
import struct
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from commands import Program
from pictures import scene, small_album
from serving import Service

from albumdedup.cli.main import main

SHOTS = 6


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "album"
    small_album(folder, SHOTS)
    return folder


@pytest.fixture(scope="module")
def service(album: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("home")
    Program(album.parent / "library", home).ok("scan", album)
    with Service(album.parent / "library", home) as made:
        yield made
        code, err = made.stop()
    assert code == 0, err
    assert "Traceback" not in err


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    with service.client() as made:
        yield made


@pytest.fixture(scope="module")
def photo(album: Path) -> Path:
    return album / "Pictures" / "IMG_0002.jpg"


def problem(answer: httpx.Response, status: int, code: str) -> str:
    """The sentence of a refusal, which is whole and has the form of RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"], told["code"]) == ("about:blank", status, code)
    assert told["title"]
    assert told["detail"][-1] in ".)"
    return told["detail"]


def test_the_photo_and_its_copies_come_first_page_by_page(client, photo, album):
    found = client.post("/search", content=photo.read_bytes(), params={"page_size": 3}).json()
    assert found["content"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert {Path(hit["path"]).name for hit in found["hits"]} == {"IMG_0002.jpg"}
    assert {Path(hit["path"]).parent.name for hit in found["hits"]} == {
        "Pictures", "Backup", "Messenger",
    }  # fmt: skip
    assert found["hits"][0]["similarity"] > 0.999
    assert (found["page"], found["page_size"], found["pages"]) == (1, 3, 4)
    assert found["total"] == len(list(album.rglob("*.jpg"))) == 12
    pages = [
        client.post("/search", content=photo.read_bytes(), params={"page": n, "page_size": 5})
        for n in (1, 2, 3, 4)
    ]
    hits = [hit for page in pages for hit in page.json()["hits"]]
    assert [len(page.json()["hits"]) for page in pages] == [5, 5, 2, 0]
    assert len({hit["path"] for hit in hits}) == 12
    assert [hit["similarity"] for hit in hits] == sorted(
        (hit["similarity"] for hit in hits), reverse=True
    )
    few = client.post("/search", content=photo.read_bytes(), params={"top": 2}).json()
    assert (few["total"], len(few["hits"])) == (2, 2)


def test_a_descriptor_is_that_of_the_library(client, photo, album):
    for path in sorted(album.rglob("*.jpg"))[:3]:
        told = client.post("/descriptor", content=path.read_bytes()).json()
        assert (told["extractor"], told["dim"]) == ("album", 128)
        vector = np.array(told["descriptor"])
        assert abs(np.linalg.norm(vector) - 1) < 1e-4
    again = client.post("/descriptor", content=path.read_bytes()).json()
    assert again == told


def test_counts_groups_and_thumbnails(client, album):
    count = client.get("/count").json()
    assert count == {"photos": 12, "contents": 9, "unreadable": 0, "folders": [str(album)]}
    page = client.get("/groups", params={"page_size": 2}).json()
    assert (page["total"], page["pages"], len(page["groups"])) == (3, 2, 2)
    group = page["groups"][0]
    assert client.get(f"/groups/{group['id']}").json() == group
    assert {member["role"] for member in group["members"]} == {"keep", "remove"}
    largest = client.get("/groups", params={"keep": "smallest", "tiers": "identical"}).json()
    assert {m["tier"] for g in largest["groups"] for m in g["members"]} == {"identical"}
    content = group["members"][0]["content"]
    small = client.get(f"/thumbnails/{content}", params={"edge": 100})
    assert small.headers["content-type"] == "image/jpeg"
    from PIL import Image

    assert max(Image.open(io.BytesIO(small.content)).size) == 160
    tag = {"If-None-Match": small.headers["etag"]}
    assert client.get(f"/thumbnails/{content}?edge=100", headers=tag).status_code == 304


def test_a_group_is_told_as_the_report_tells_it(client):
    """Field by field what docs/command-line.md promises."""
    member = client.get("/groups").json()["groups"][0]["members"][0]
    assert set(member) == {
        "path", "tier", "role", "similarity", "content", "bytes", "width", "height", "taken",
        "taken_from", "evidence", "note", "companions",
    }  # fmt: skip


def test_without_the_token_nothing_is_told(service, photo):
    with service.client(token="wrong") as stranger:
        for path in ("/", "/count", "/groups", "/docs", "/openapi.json", "/page.js", "/nowhere"):
            detail = problem(stranger.get(path), 401, "wrong_token")
            assert "--show-link" in detail
        answer = stranger.post("/search", content=photo.read_bytes())
        problem(answer, 401, "wrong_token")
        assert answer.headers["www-authenticate"] == "Bearer"
        problem(stranger.get("/", params={"token": "wrong"}), 401, "wrong_token")
        problem(stranger.get("/count", params={"token": service.token}), 401, "wrong_token")
        odd = {"Authorization": "Bearer ünï".encode()}
        problem(stranger.get("/count", headers=odd), 401, "wrong_token")
        assert stranger.get("/health").json() == {"status": "ok"}
    with service.client(token="") as nobody:
        problem(nobody.get("/count"), 401, "wrong_token")
        page = nobody.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 401
        assert "--show-link" in page.text


def test_the_link_becomes_a_cookie_that_only_our_page_may_use(service, photo):
    with service.client(token="") as browser:
        answer = browser.get(service.link)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert browser.get("/count").status_code == 200
        page = browser.get("/")
        assert page.status_code == 200
        assert service.token not in page.text
        for header, value in (
            ("Origin", "http://evil.example"), ("Origin", "http://127.0.0.1:1"), ("Origin", "null"),
            ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
        ):  # fmt: skip
            asked = browser.post("/search", content=photo.read_bytes(), headers={header: value})
            problem(asked, 403, "other_page")
        own = browser.post(
            "/search", content=photo.read_bytes(),
            headers={"Origin": service.url, "Sec-Fetch-Site": "same-origin"},
        )  # fmt: skip
        assert own.status_code == 200
        followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        assert browser.get("/", headers=followed).status_code == 200


def test_only_this_computer_is_known(service, client):
    """A web page whose name was turned to point here (DNS rebinding) names itself."""
    port = service.url.rsplit(":", 1)[1]
    for host in ("evil.example", f"evil.example:{port}", "192.168.1.5", "localhost.evil.example",
                 "", "[", "127.0.0.1.nip.io"):  # fmt: skip
        problem(client.get("/count", headers={"Host": host}), 400, "unknown_host")
    for host in ("localhost", f"localhost:{port}", "127.0.0.1:1", "[::1]:7"):
        assert client.get("/count", headers={"Host": host}).status_code == 200


def test_headers_keep_the_page_to_itself(client):
    for path in ("/", "/count", "/nowhere", "/docs"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def head_of(service: Service, path: str, length: int) -> bytes:
    """Of a request whose body is still to come."""
    lines = (
        f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {service.token}",
        f"Content-Length: {length}", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def claims_to_be_huge() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        length, check = struct.pack(">I", len(body)), struct.pack(">I", zlib.crc32(kind + body))
        return length + kind + body + check

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0"))


def test_what_is_no_picture_is_refused_in_words(client, photo):
    whole = photo.read_bytes()
    for path in ("/search", "/descriptor"):
        problem(client.post(path), 400, "empty")
        problem(client.post(path, content=b""), 400, "empty")
        problem(client.post(path, content=whole[: len(whole) // 3]), 400, "truncated")
        problem(client.post(path, content=b"Dear diary. " * 50), 415, "not_a_picture")
        problem(client.post(path, content=str(photo).encode()), 415, "not_a_picture")
        problem(client.post(path, content=claims_to_be_huge()), 413, "too_many_pixels")
        problem(client.post(path, content=whole[:200] + bytes(5000)), 400, "damaged")
        for given in (
            {"json": {"path": str(photo)}},
            {"files": {"file": whole}},
            {"content": str(photo), "headers": {"Content-Type": "text/plain"}},
        ):
            detail = problem(client.post(path, **given), 415, "not_a_picture")
            assert "path" in detail
        kind = {"Content-Type": "application/x-www-form-urlencoded"}  # as curl calls it
        assert client.post(path, content=whole, headers=kind).status_code == 200


def test_pages_and_values_that_are_not_there(client, photo):
    problem(client.get("/nowhere"), 404, "no_such_page")
    problem(client.get("/groups/nothing"), 404, "no_such_group")
    problem(client.get("/thumbnails/" + "0" * 64), 404, "no_thumbnail")
    problem(client.get("/thumbnails/..%2f..%2fetc%2fpasswd"), 404, "no_such_page")
    problem(client.get("/thumbnails/short"), 404, "not_there")
    answer = client.get("/search")
    problem(answer, 405, "wrong_method")
    assert answer.headers["allow"] == "POST"
    problem(client.options("/search"), 405, "wrong_method")
    for query in (
        "page=0",
        "page=-1",
        "page=x",
        "page_size=0",
        "page_size=201",
        "tiers=odd",
        "similarity=2",
        "similarity=nan",
        "keep=prettiest",
        "page=9999999999999",
    ):
        problem(client.get(f"/groups?{query}"), 400, "value_refused")
    for query in ("top=0", "top=1001", "page=٣"):
        answer = client.post(f"/search?{query}", content=photo.read_bytes())
        problem(answer, 400, "value_refused")


def resident(service: Service) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024


LARGE = 300_000_000


def test_a_huge_picture_is_refused_before_it_is_read(service):
    """The answer comes when nothing but the head of the request has been sent."""
    host, port = service.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.putrequest("POST", "/search")
    connection.putheader("Authorization", f"Bearer {service.token}")
    connection.putheader("Content-Length", str(LARGE))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    told = json.loads(answer.read())
    assert told["code"] == "too_large"
    assert "100 MB" in told["detail"]
    connection.close()


@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_all_of_it_gets_the_sentence_too(service, client, chunked):
    before = resident(service) if os.path.exists("/proc/self/status") else 0

    def parts() -> Iterator[bytes]:
        for _ in range(LARGE // 1_000_000):
            yield b"0" * 1_000_000

    length = {} if chunked else {"Content-Length": str(LARGE)}
    problem(client.post("/search", content=parts(), headers=length), 413, "too_large")
    if before:
        assert resident(service) - before < LARGE
    assert client.get("/health").status_code == 200


def test_a_picture_of_a_risky_format_goes_through_a_process_of_its_own(client, photo):
    from PIL import Image

    kept = io.BytesIO()
    Image.open(photo).save(kept, "TIFF")
    found = client.post("/search", content=kept.getvalue(), params={"page_size": 1}).json()
    assert Path(found["hits"][0]["path"]).name == photo.name
    problem(client.post("/search", content=kept.getvalue()[:3000]), 400, "truncated")


def test_who_leaves_in_the_middle_harms_nobody(service, client, photo):
    host, port = service.url.removeprefix("http://").split(":")
    for _ in range(5):
        with socket.create_connection((host, int(port))) as line:
            line.sendall(head_of(service, "/search", 50_000) + b"\xff\xd8\xff" * 99)
    assert client.post("/search", content=photo.read_bytes()).status_code == 200


def test_one_hostile_picture_fails_alone(service, photo):
    """Bad and good ones at the same time: each gets its own answer."""
    whole = photo.read_bytes()
    pictures = [whole, whole[:5000], claims_to_be_huge(), b"text" * 99] * 8
    with service.client() as client, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda one: client.post("/search", content=one), pictures))
    codes = Counter(answer.status_code for answer in answers)
    assert codes == {200: 8, 400: 8, 413: 8, 415: 8}
    assert len({answer.text for answer in answers if answer.status_code == 200}) == 1


def test_fifty_at_once_see_no_error_and_the_same_answers(service, album):
    paths = sorted(album.rglob("*.jpg"))
    with service.client() as client:
        alone = {p: client.post("/search", content=p.read_bytes()).json() for p in paths}

    def ask(number: int) -> None:
        path = paths[number % len(paths)]
        with service.client() as client:
            for _ in range(2):
                told = client.post("/search", content=path.read_bytes())
                assert told.status_code == 200, told.text
                for got, wanted in zip(told.json()["hits"], alone[path]["hits"], strict=True):
                    assert abs(got["similarity"] - wanted["similarity"]) <= 2e-4

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(ask, range(50)))


def test_too_many_are_told_to_come_again(service):
    """More requests than may wait: who came in is answered, the others know when to ask again."""
    from albumdedup.service.gate import MOST_AT_ONCE

    host, port = service.url.removeprefix("http://").split(":")
    lines = []
    try:
        for _ in range(MOST_AT_ONCE):  # each holds its place until its picture has come
            lines.append(socket.create_connection((host, int(port))))
            lines[-1].sendall(head_of(service, "/search", 1000))
        with service.client() as client:
            end = time.monotonic() + 60
            while (answer := client.get("/count")).status_code != 429:
                assert time.monotonic() < end
            problem(answer, 429, "too_many")
            assert int(answer.headers["retry-after"]) >= 1
    finally:
        for line in lines:
            line.close()
    with service.client() as client:
        end = time.monotonic() + 60
        while client.get("/count").status_code == 429:
            assert time.monotonic() < end


def test_everybody_is_answered_in_the_language_of_his_browser(client):
    for wanted in ("zh-CN,zh;q=0.9,en;q=0.5", "de, zh-Hans;q=0.3"):
        chinese = {"Accept-Language": wanted}
        assert problem_words(client.get("/nowhere", headers=chinese)).startswith("没有这个页面")
        page = client.get("/", headers=chinese).text
        assert 'lang="zh-CN"' in page
        assert "把图片拖到这里" in page
    for wanted in ("en-GB", "de", "zh-CN;q=0.1, en;q=0.9", "*", ";q=x,"):
        english = {"Accept-Language": wanted}
        assert problem_words(client.get("/nowhere", headers=english)).startswith("There is no")
    reasons = [
        client.get("/groups", headers={"Accept-Language": tag}).json()["groups"][0]["reason"]
        for tag in ("en", "zh-CN", "en")
    ]
    assert reasons[0] == reasons[2] != reasons[1]


def problem_words(answer: httpx.Response) -> str:
    return answer.json()["detail"]


def test_openapi_tells_the_pages_that_are_and_needs_no_other_site(client):
    told = client.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        for method in methods:
            asked = path.replace("{id}", "x").replace("{content}", "0" * 64)
            assert client.request(method, asked).json().get("code") != "no_such_page"
            assert client.request("DELETE", asked).status_code == 405
    page = client.get("/docs").text
    assert all(path in page for path in told["paths"])
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    names = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(told)))
    assert names <= set(told["components"]["schemas"])


def test_answers_are_as_openapi_says(client, photo):
    """Required fields, for every schema that an answer has."""
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    picture = photo.read_bytes()
    answers = {
        "Health": client.get("/health"),
        "Count": client.get("/count"),
        "Groups": client.get("/groups"),
        "Descriptor": client.post("/descriptor", content=picture),
        "Hits": client.post("/search", content=picture),
        "Problem": client.get("/nowhere"),
    }
    documents = {name: answer.json() for name, answer in answers.items()}
    documents["Group"] = documents["Groups"]["groups"][0]
    documents["Member"] = documents["Group"]["members"][0]
    documents["Hit"] = documents["Hits"]["hits"][0]
    assert set(documents) == set(schemas)
    for name, document in documents.items():
        assert set(document) == set(schemas[name]["required"]), name


def command(capsys: pytest.CaptureFixture[str], library: Path, *words: object) -> tuple[int, str]:
    """A command that ends at once, in this process: its code and all it said."""
    try:
        code = main([str(words[0]), "--library", str(library), *map(str, words[1:])])
    except SystemExit as end:  # of argparse
        code = int(end.code or 0)
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return code, told.out + told.err


def test_the_library_is_locked_while_it_serves(service, capsys):
    code, said = command(capsys, service.library, "report")
    assert code == 4
    assert str(service.library) in said


def test_a_second_service_finds_the_port_taken(service, tmp_path, capsys):
    port = service.url.rsplit(":", 1)[1]
    code, said = command(capsys, tmp_path / "other", "serve", "--port", port)
    assert code == 4
    assert port in said
    assert "--port" in said
    assert not (tmp_path / "other").exists()  # refused before anything was made


def test_what_would_open_the_service_to_others_is_refused(tmp_path, capsys):
    library = tmp_path / "library"
    for words in (["--host", "0.0.0.0"], ["--host", "192.0.2.7", "--no-token"]):
        code, said = command(capsys, library, "serve", *words)
        assert code == 2
        assert "--allow-network" in said
    words = ["--host", "0.0.0.0", "--allow-network", "--no-token"]
    code, said = command(capsys, library, "serve", *words)
    assert code == 2
    assert "--no-token" in said
    assert not library.exists()


@pytest.mark.parametrize("host", ["192.0.2.7", "no.such.host.invalid", "..", "-"])
def test_an_address_that_is_not_this_computers(host, tmp_path, capsys):
    library = tmp_path / "library"
    code, said = command(capsys, library, "serve", f"--host={host}", "--allow-network")
    assert code == 2
    assert host in said
    assert not library.exists()


@pytest.mark.parametrize("port", ["70000", "-1", "x"])
def test_a_port_that_is_none(port, tmp_path, capsys):
    assert command(capsys, tmp_path / "library", "serve", f"--port={port}")[0] == 2


def test_an_unfit_token_is_none(tmp_path, capsys):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "service-token").write_text("1234")
    code, said = command(capsys, tmp_path / "library", "serve", "--port=0")
    assert code == 2
    assert "service-token" in said
    (tmp_path / "library" / "service-token").unlink()
    code, said = command(capsys, tmp_path / "library", "serve", "--show-link", "--port=9999")
    token = (tmp_path / "library" / "service-token").read_text()
    assert (code, said) == (0, f"http://127.0.0.1:9999/?token={token}\n")


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_the_token_is_its_owners_alone(service):
    assert (service.library / "service-token").stat().st_mode & 0o777 == 0o600
    assert len(service.token) >= 40


def test_the_token_is_shown_once_and_an_empty_library_says_so(tmp_path, temporary_home, capsys):
    library, picture = tmp_path / "library", io.BytesIO()
    scene(1).save(picture, "JPEG")
    with Service(library, temporary_home) as first:
        assert first.link.endswith(f"/?token={first.token}")
        with first.client() as client:
            answer = client.post("/search", content=picture.getvalue())
            problem(answer, 409, "nothing_scanned")
            assert client.get("/groups").json()["groups"] == []
            assert client.post("/descriptor", content=picture.getvalue()).status_code == 200
        code, err = first.stop(signal.SIGINT)
    assert (code, "shown once" in err, "stopped" in err) == (0, True, True)

    (library / "service-token").chmod(0o644)
    with Service(library, temporary_home) as again:
        assert "token" not in again.link
        code, err = again.stop()
    assert code == 0
    assert "--show-link" in err
    if os.name != "nt":
        assert "could read" in err
        assert (library / "service-token").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_without_a_token_every_program_of_this_computer_is_answered(tmp_path, temporary_home):
    with Service(tmp_path / "library", temporary_home, "--no-token") as service:
        with service.client() as client:
            assert client.get("/count").status_code == 200
            unknown = client.get("/count", headers={"Host": "evil.example"})
            problem(unknown, 400, "unknown_host")
            asked = client.post("/search", content=b"x", headers={"Origin": "http://evil.example"})
            problem(asked, 403, "other_page")
        assert service.stop()[0] == 0


@pytest.mark.slow
def test_other_computers_are_answered_only_when_told_to(tmp_path, temporary_home):
    words = ["--host", "0.0.0.0", "--allow-network"]
    with Service(tmp_path / "library", temporary_home, *words) as service:
        known = {"Authorization": f"Bearer {service.token}"}
        port = service.url.rsplit(":", 1)[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=known) as client:
            for host in ("192.168.1.5:80", "localhost", socket.gethostname()):
                assert client.get("/count", headers={"Host": host}).status_code == 200
            problem(client.get("/count", headers={"Host": "evil.example"}), 400, "unknown_host")
        code, err = service.stop()
    assert code == 0
    assert "network" in err


def test_who_is_being_answered_when_it_stops_is_answered_still(tmp_path, temporary_home):
    """It stops while a picture is on its way."""
    picture = io.BytesIO()
    scene(1).save(picture, "JPEG")
    data = picture.getvalue()
    with Service(tmp_path / "library", temporary_home) as service, service.client() as client:
        assert client.post("/descriptor", content=data).status_code == 200
        host, port = service.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(head_of(service, "/descriptor", len(data)) + data[:100])
            time.sleep(0.5)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            line.sendall(data[100:])
            answer = line.recv(100)
            assert answer.startswith(b"HTTP/1.1 200"), answer
        assert service.process.wait(60) == 0


def test_without_its_extra_a_sentence_says_how_to_get_it(tmp_path, temporary_home, monkeypatch):
    hidden = tmp_path / "hidden" / "starlette"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'starlette'\", name='starlette')"
    )
    root = str(Path(__file__).resolve().parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hidden.parent), root]))
    program = Program(tmp_path / "library", temporary_home, forked=False)  # another PYTHONPATH
    done = program.run("serve")
    assert done.returncode == 6
    assert 'pip install "albumdedup[serve]"' in done.stderr
    assert "Traceback" not in done.stderr
    assert program.run("scan", tmp_path / "hidden").returncode == 0
