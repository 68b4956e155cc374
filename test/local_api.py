# SPDX-License-Identifier: Apache-2.0
"""The API of a desk at the socket in its folder, for scenarios."""
import http.client
import json
import socket


class Local(http.client.HTTPConnection):
    def __init__(self, desk):
        super().__init__("localhost", timeout=60)
        self.path = str(desk.folder / "aldisd.sock")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


def ask(desk, method, path, body=None, **headers):
    """Status and JSON; a body that is no text is sent as JSON."""
    if body is not None and not isinstance(body, str):
        body, headers = json.dumps(body), {"Content-Type": "application/json", **headers}
    connection = Local(desk)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def send_bytes(desk, path, body):
    """Status and JSON of bytes that are posted."""
    connection = Local(desk)
    connection.request("POST", path, body, {"Content-Type": "application/octet-stream"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())
