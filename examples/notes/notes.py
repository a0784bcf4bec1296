"""Keeps notes in Postgres. `migrate` makes the table, `serve` answers HTTP.

GET  /healthz     200 once the database answers
GET  /notes       how many there are
POST /notes       stores the body
GET  /echo/TEXT   the text, by way of the database
"""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
from psycopg_pool import ConnectionPool


def secret(name: str) -> str:
    """The variable, or the content of the file that NAME_FILE names."""
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return os.environ[name]
    with open(path, encoding="utf-8") as file:
        return file.read()


def migrate() -> None:
    with psycopg.connect(secret("DATABASE_URL")) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS note (id bigserial PRIMARY KEY, text text NOT NULL)"
        )


class Notes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pool: ConnectionPool

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self.answer(200, self.ask("SELECT 'ok'", ()))
        elif self.path == "/notes":
            self.answer(200, self.ask("SELECT count(*) FROM note", ()))
        elif self.path.startswith("/echo/"):
            self.answer(200, self.ask("SELECT %s::text", (self.path[len("/echo/") :],)))
        else:
            self.answer(404, "not found")

    def do_POST(self) -> None:
        if self.path != "/notes":
            return self.answer(404, "not found")
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.answer(201, self.ask("INSERT INTO note (text) VALUES (%s) RETURNING id", (text,)))

    def ask(self, sql: str, values: tuple[str, ...]) -> object:
        with self.pool.connection() as connection:
            row = connection.execute(sql, values).fetchone()
            return row[0] if row else None

    def answer(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nothing for each request."""


def serve() -> None:
    size = int(os.environ["DATABASE_POOL_MAX"])
    with ConnectionPool(secret("DATABASE_URL"), min_size=1, max_size=size) as pool:
        Notes.pool = pool
        ThreadingHTTPServer.request_queue_size = 128
        server = ThreadingHTTPServer(("", int(os.environ["PORT"])), Notes)
        stop = threading.Thread(target=server.shutdown)
        signal.signal(signal.SIGTERM, lambda *_: stop.start())
        print(f"listening on port {server.server_port}")
        server.serve_forever()


if __name__ == "__main__":
    {"migrate": migrate, "serve": serve}[sys.argv[1]]()
