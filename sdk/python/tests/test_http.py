"""The wire itself, against a server that misbehaves."""

from __future__ import annotations

import gzip
import json
import os
import socket
import threading
import unittest
import warnings
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, List
from unittest import mock

import clew
from clew.configuration import Settings
from clew.transport import Answer, HttpTransport, Unreachable

from .fakes import FakeServer, HandClient, ScriptedTransport, answer_json

MADE: List[HandClient] = []


def client_of(url: str, **settings: Any) -> HandClient:
    client = HandClient(base_url=url, **{"spool": False, "variables": {}, **settings})
    MADE.append(client)
    return client


def close_all() -> None:
    while MADE:
        MADE.pop()._sender.transport.close()


def taking(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
    answer_json(handler, 200, {"accepted": 1, "rejected_count": 0, "rejected": []})


class Requests(unittest.TestCase):
    def tearDown(self) -> None:
        close_all()

    def test_a_request_is_what_the_page_of_the_calls_says(self) -> None:
        with FakeServer(taking) as server:
            client = client_of(server.url + "/", api_key="aos_ws_1", workspace="acme")
            client.start_run("mail", run_id="r").complete()
            self.assertTrue(client.flush())
            client.start_run(run_id="r2", input="x" * 2_000).complete()
            self.assertTrue(client.flush())
        (line, headers, body), (_, packed_headers, packed) = server.requests
        self.assertEqual(line, "POST /api/ingest/v1/batch")
        self.assertEqual(headers["authorization"], "Bearer aos_ws_1")
        self.assertEqual(headers["x-clew-workspace"], "acme")
        self.assertEqual(headers["content-type"], "application/json")
        self.assertTrue(headers["user-agent"].startswith("clew-python/"))
        self.assertNotIn("content-encoding", headers)
        self.assertEqual(json.loads(body)["runs"][0]["run_id"], "r")
        self.assertEqual(packed_headers["content-encoding"], "gzip")
        self.assertEqual(json.loads(gzip.decompress(packed))["runs"][0]["run_id"], "r2")
        self.assertEqual(server.connections, 1)

    def test_a_server_that_closed_the_connection_is_asked_again_at_once(self) -> None:
        def closing(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            taking(server, handler)
            handler.close_connection = True  # without having said so

        with FakeServer(closing) as server:
            client = client_of(server.url)
            for number in range(3):
                client.start_run(run_id=f"r{number}")
                self.assertTrue(client.flush())
        self.assertEqual((len(server.requests), client.stats().sent), (3, 3))

    def test_busy_then_taken(self) -> None:
        def busy(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            if len(server.requests) == 1:
                answer_json(handler, 429, {"error": {"message": "too much"}}, {"Retry-After": "0"})
            elif len(server.requests) == 2:
                answer_json(handler, 503, {"error": {"message": "stopping"}}, {"Retry-After": "0.01"})
            else:
                taking(server, handler)

        with FakeServer(busy) as server, self.assertLogs("clew", "WARNING"):
            client = client_of(server.url)
            client.start_run(run_id="r")
            self.assertTrue(client.flush(10))
        self.assertEqual(len(server.requests), 3)
        self.assertEqual(len({body for _, _, body in server.requests}), 1)

    def test_half_an_answer_is_none(self) -> None:
        def half(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            handler.close_connection = True

        def nothing(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True

        def noise(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"\x00\xff not HTTP\r\n\r\n")
            handler.close_connection = True

        for answer in (half, nothing, noise):
            with FakeServer(answer) as server:
                transport = HttpTransport(Settings(base_url=server.url))
                with self.assertRaises(Unreachable, msg=answer.__name__):
                    transport.send(b"{}", False, 5)

    def test_a_server_that_says_nothing_is_given_up_in_time(self) -> None:
        until = threading.Event()
        self.addCleanup(until.set)

        def silent(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            until.wait(20)
            handler.close_connection = True

        with TemporaryDirectory() as folder, FakeServer(silent) as server, self.assertLogs("clew", "WARNING") as logged:
            client = client_of(server.url, timeout=0.05, spool=folder)
            client.start_run(run_id="r")
            self.assertFalse(client.flush(0.2))
            self.assertEqual(client.stats().waiting_batches, 1)
            until.set()
        self.assertIn("timed out", logged.output[0])

    def test_nobody_there(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}"
            with self.assertRaisesRegex(Unreachable, "refused"):
                HttpTransport(Settings(base_url=url)).send(b"{}", False, 5)

    def test_an_address_that_is_none(self) -> None:
        for url in ("127.0.0.1:2539", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port", ""):
            with self.assertRaises(Unreachable, msg=url):
                HttpTransport(Settings(base_url=url)).send(b"{}", False, 5)

    def test_an_address_without_a_scheme_is_one_of_http(self) -> None:
        with FakeServer(taking) as server:
            client = client_of(server.url.replace("http://", " ").replace("127.0.0.1", "localhost"))
            client.start_run(run_id="r")
            self.assertTrue(client.flush())
        self.assertEqual(server.requests[0][0], "POST /api/ingest/v1/batch")

    def test_what_cannot_be_written_into_a_request_is_not_told(self) -> None:
        for settings in (
            {"api_key": "aos_secret\nX: y"}, {"api_key": "aos_secret\u2014"}, {"workspace": "secret\n"},
            {"base_url": "http://[::1secret"}, {"base_url": "http://" + "secret" * 20 + ".example"},
            {"base_url": "http://me:secret@:port"},
        ):  # fmt: skip
            client = HandClient(spool=False, variables={}, timeout=0.01, **settings)
            client.start_run(run_id="r")
            with self.assertLogs("clew", "WARNING") as logged:
                client._sender.pump()
            with self.assertRaises(Unreachable) as raised:
                HttpTransport(client.settings).send(b"{}", False, 1)
            told = str(logged.output).replace(client._sender.url, "")
            self.assertNotIn("secret", told + repr(raised.exception.__context__), settings)
            self.assertEqual((client.stats().waiting, client.stats().dropped), (1, 0), settings)
            self.assertGreater(client._sender._seconds_to_try(), 0)

    def test_white_space_around_a_key_is_none_of_it(self) -> None:
        with FakeServer(taking) as server:
            client = client_of(server.url, api_key="aos_ws_1\n")
            client.start_run(run_id="r")
            client.flush()
        self.assertEqual(server.requests[0][1]["authorization"], "Bearer aos_ws_1")

    def test_a_proxy_gets_its_name_and_password(self) -> None:
        with FakeServer(taking) as proxy:
            address = proxy.url.replace("http://", "http://me:p%40ss@")
            with mock.patch.dict(os.environ, {"http_proxy": address, "no_proxy": ""}):
                client = client_of("http://me:own@clew.example:2539")
                client.start_run(run_id="r")
                self.assertTrue(client.flush())
        line, headers, _ = proxy.requests[0]
        self.assertEqual(line, "POST http://clew.example:2539/api/ingest/v1/batch")
        self.assertEqual(headers["proxy-authorization"], "Basic bWU6cEBzcw==")
        self.assertEqual(headers["authorization"], "Basic bWU6b3du")

    def test_a_tunnel_gets_them_too_and_the_server_behind_it_does_not(self) -> None:
        seen: List[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def refuse() -> None:
                connection, _ = listening.accept()
                with connection:
                    while b"\r\n\r\n" not in b"".join(seen):
                        seen.append(connection.recv(4096))
                    connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

            thread = threading.Thread(target=refuse, daemon=True)
            thread.start()
            address = f"me:secret@127.0.0.1:{listening.getsockname()[1]}"
            with mock.patch.dict(os.environ, {"https_proxy": address, "no_proxy": ""}):
                with self.assertRaisesRegex(Unreachable, "407"):
                    HttpTransport(Settings(base_url="https://clew.example")).send(b"{}", False, 5)
            thread.join(5)
        self.assertTrue(b"".join(seen).startswith(b"CONNECT clew.example:443 "))
        self.assertIn(b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n", b"".join(seen))

    def test_a_name_and_password_in_the_address_are_a_key(self) -> None:
        with FakeServer(taking) as server:
            client = client_of(server.url.replace("http://", "http://any:aos_ws_2@"))
            client.start_run(run_id="r")
            client.flush()
        self.assertEqual(server.requests[0][1]["authorization"], "Basic YW55OmFvc193c18y")

    def test_a_server_below_a_path(self) -> None:
        with FakeServer(taking) as server:
            client = client_of(server.url + "/traces/")
            client.start_run(run_id="r")
            client.flush()
        self.assertEqual(server.requests[0][0], "POST /traces/api/ingest/v1/batch")


class Spool(unittest.TestCase):
    def setUp(self) -> None:
        self.addCleanup(close_all)
        temporary = TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def files(self) -> List[Path]:
        return sorted(self.folder.glob("*/*.json.gz"))

    def test_what_could_not_be_sent_is_on_disk_and_goes_out_at_the_next_start(self) -> None:
        away = client_of("http://127.0.0.1:9", spool=self.folder)
        with self.assertLogs("clew", "WARNING"):
            run = away.start_run("mail", run_id="r")
            self.assertFalse(away.flush())
            run.child("a").end()
            run.complete()
            self.assertFalse(away.shutdown())
        stats = away.stats()
        self.assertEqual((stats.spooled, stats.waiting, stats.waiting_batches), (3, 0, 2))
        bodies = [json.loads(gzip.decompress(file.read_bytes())) for file in self.files()]
        self.assertEqual(
            [list(body["runs"][0]) for body in bodies], [["run_id", "start"], ["run_id", "spans", "complete"]]
        )
        self.assertEqual(oct(self.files()[0].stat().st_mode & 0o777), "0o600")
        self.assertEqual(oct(self.files()[0].parent.stat().st_mode & 0o777), "0o700")
        # The next process, and the server is back under the same address.
        with FakeServer(taking) as server:
            self.files()[0].parent.rename(self.folder / clew_folder(server.url))
            back = client_of(server.url, spool=self.folder)
            self.assertTrue(back.flush())
        self.assertEqual([gzip.decompress(body) for _, _, body in server.requests], [json_of(body) for body in bodies])
        self.assertEqual((self.files(), back.stats().replayed, back.stats().sent), ([], 2, 3))

    def test_while_the_server_is_away_nothing_is_sent_to_it_before_its_time(self) -> None:
        clock = clew.ManualClock()
        answers: List[int] = []

        def answer(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            status = answers.pop(0) if answers else 200
            answer_json(handler, status, {"accepted": 1, "rejected_count": 0}, {"Retry-After": "10"})

        with FakeServer(answer) as server, self.assertLogs("clew", "WARNING"):
            client = client_of(server.url, spool=self.folder, clock=clock)
            answers.append(503)
            for number in range(3):
                client.start_run(run_id=f"r{number}")
                client._sender.pump()
            self.assertEqual((len(server.requests), len(self.files())), (1, 3))
            clock.move(10)
            client._sender.pump()
            self.assertEqual((len(server.requests), self.files()), (4, []))
        self.assertEqual(client.stats().sent, 3)

    def test_it_is_bounded_and_what_has_no_room_waits_in_memory(self) -> None:
        client = client_of("http://127.0.0.1:9", spool=self.folder, spool_max_bytes=1_000, flush_interval=0)
        with self.assertLogs("clew", "WARNING"):
            for number in range(20):
                client.start_run(run_id=f"r{number}").complete()
                client._sender.pump()
        stats = client.stats()
        self.assertLessEqual(sum(file.stat().st_size for file in self.files()), 1_000)
        self.assertEqual(stats.spooled + stats.waiting, 40)
        self.assertGreater(stats.waiting, 0)

    def test_damaged_and_old_files_do_not_stop_the_others(self) -> None:
        with FakeServer(taking) as server:
            folder = self.folder / clew_folder(server.url)
            folder.mkdir()
            (folder / "0000000000001-1-aa.json.gz").write_bytes(b"no gzip")
            (folder / "0000000000002-1-aa.json.gz").write_bytes(gzip.compress(b'{"runs": 7}'))
            (folder / "0000000000003-1-aa.json.gz").write_bytes(
                gzip.compress(b'{"runs": [{"run_id": "r", "start": {}}]}')
            )
            (folder / "0000000000004-1-aa.json.gz.part").write_bytes(b"half")
            old = folder / "0000000000000-1-aa.json.gz"
            old.write_bytes(gzip.compress(b'{"runs": []}'))
            __import__("os").utime(old, (1, 1))
            client = client_of(server.url, spool=self.folder)
            with self.assertLogs("clew", "ERROR") as logged:
                self.assertTrue(client.flush())
        self.assertIn("a week", logged.output[0])
        self.assertEqual((self.files(), client.stats().replayed, client.stats().expired), ([], 1, 1))

    def test_a_file_that_cannot_be_read_now_stays_and_a_damaged_one_is_counted(self) -> None:
        with FakeServer(taking) as server:
            folder = self.folder / clew_folder(server.url)
            folder.mkdir()
            whole = folder / "0000000000003-1-aa.json.gz"
            whole.write_bytes(gzip.compress(b'{"runs": [{"run_id": "r", "start": {}}]}'))
            (folder / "0000000000004-1-aa.json.gz").write_bytes(gzip.compress(b"{}")[:-3])
            (folder / "0000000000005-1-aa.json.gz").write_bytes(gzip.compress(b"[]"))
            client = client_of(server.url, spool=self.folder)
            too_many = OSError(24, "Too many open files")
            with self.assertLogs("clew", "ERROR") as logged:
                with mock.patch.object(Path, "read_bytes", side_effect=too_many):
                    self.assertFalse(client.flush())
                self.assertEqual(len(self.files()), 3)
                self.assertTrue(client.flush())
        self.assertIn("0000000000004-1-aa.json.gz could not be unpacked", logged.output[0])
        self.assertEqual((self.files(), client.stats().replayed, client.stats().damaged), ([], 1, 2))

    def test_a_server_that_hangs_at_the_end_of_the_process_costs_nothing(self) -> None:
        is_asked, may_answer = threading.Event(), threading.Event()

        class Hanging(ScriptedTransport):
            def send(self, body: bytes, is_packed: bool, timeout: float) -> Answer:
                is_asked.set()
                may_answer.wait(20)
                return super().send(body, is_packed, timeout)

        client = clew.Clew(transport=Hanging(), spool=self.folder, variables={}, flush_interval=0)
        self.addCleanup(may_answer.set)
        run = client.start_run(run_id="r")
        self.assertTrue(is_asked.wait(20))
        for number in range(1_200):
            run.child(f"s{number}").end()
        self.assertFalse(client.shutdown(0.05))
        runs = [json.loads(gzip.decompress(file.read_bytes()))["runs"][0] for file in self.files()]
        self.assertEqual([len(run.get("spans", ())) + ("start" in run) for run in runs], [1, 512, 512, 176])
        stats = client.stats()
        self.assertEqual((stats.spooled, stats.waiting, stats.dropped), (1_201, 0, 0))
        may_answer.set()
        thread = client._sender.thread
        assert thread is not None
        thread.join(20)
        self.assertFalse(thread.is_alive())

    def test_another_key_has_another_folder(self) -> None:
        names = set()
        for settings in ({}, {"api_key": "a"}, {"api_key": "b"}, {"workspace": "a"}):
            client = client_of("http://127.0.0.1:9", spool=self.folder, **settings)
            assert client._sender.spool is not None
            names.add(client._sender.spool.folder.name)
        self.assertEqual(len(names), 4)

    def test_without_a_home_there_is_no_spool_and_that_is_told(self) -> None:
        nobody = RuntimeError("Could not determine home directory.")
        for variables in ({}, {"CLEW_SPOOL": "~nobody-of-this-name/spool"}):
            with mock.patch.object(Path, "home", side_effect=nobody):
                with self.assertLogs("clew", "WARNING") as logged:
                    client = HandClient(transport=ScriptedTransport(), variables=variables)
            self.assertIsNone(client._sender.spool)
            self.assertIn("no home folder is known", logged.output[0])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_turn_ends_though_a_child_was_forked_meanwhile(self) -> None:
        client = client_of("http://127.0.0.1:9", spool=self.folder)
        spool = client._sender.spool
        assert spool is not None
        spool.folder.mkdir()
        lock = spool.folder / "lock"
        hear, tell = os.pipe()
        heard, told = os.pipe()
        with spool.turn() as is_ours, warnings.catch_warnings():
            self.assertTrue(is_ours)
            warnings.simplefilter("ignore", DeprecationWarning)
            # This child keeps the file open: it stands for one that knows nothing of us.
            held = os.dup(spool.lock or -1)
            child = os.fork()
            if child == 0:
                os.write(told, b"x" if client._sender.spool is not spool and spool.lock is None else b"-")
                os.close(tell)
                os.read(hear, 1)
                os._exit(0)
            os.close(held)
            self.assertEqual(os.read(heard, 1), b"x")
            with spool.turn() as is_second:
                self.assertFalse(is_second)
        with spool.turn() as is_ours:
            self.assertTrue(is_ours, lock)
        os.close(tell)
        os.waitpid(child, 0)
        for handle in (hear, heard, told):
            os.close(handle)

    def test_a_folder_that_cannot_be_written(self) -> None:
        blocked = self.folder / "file"
        blocked.write_text("in the way")
        client = client_of("http://127.0.0.1:9", spool=blocked)
        with self.assertLogs("clew", "WARNING"):
            client.start_run(run_id="r")
            self.assertFalse(client.flush(0.05))
        self.assertEqual((client.stats().spooled, client.stats().waiting), (0, 1))

    def test_what_another_process_sends_now_is_left_to_it(self) -> None:
        with FakeServer(taking) as server:
            client = client_of(server.url, spool=self.folder)
            spool = client._sender.spool
            assert spool is not None
            spool.folder.mkdir()
            (spool.folder / "0000000000003-1-aa.json.gz").write_bytes(
                gzip.compress(b'{"runs": [{"run_id": "r", "start": {}}]}')
            )
            client._sender.may_wait_on_disk = True
            with spool.turn() as is_ours:
                self.assertTrue(is_ours)
                self.assertFalse(client.flush())
            self.assertEqual(server.requests, [])
            self.assertTrue(client.flush())
        self.assertEqual(len(server.requests), 1)


def clew_folder(url: str) -> str:
    import hashlib

    return hashlib.sha256(f"{url}\n\n".encode()).hexdigest()[:16]


def json_of(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


if __name__ == "__main__":
    unittest.main()
