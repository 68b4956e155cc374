#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A mail server on loopback that keeps what it is given: one JSON object a line in FILE.

It is Debian's Python that runs it, which has aiosmtpd (package python3-aiosmtpd).

usage: smtp_sink.py PORT FILE [CERTIFICATE KEY]    with both it offers STARTTLS
"""
import json
import signal
import ssl
import sys

from aiosmtpd.controller import Controller


class Keeper:
    def __init__(self, path):
        self.path = path

    async def handle_DATA(self, server, session, envelope):  # pylint: disable=invalid-name
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps({
                "helo": session.host_name, "tls": session.ssl is not None,
                "from": envelope.mail_from, "to": envelope.rcpt_tos,
                "data": envelope.content.decode("ascii")}) + "\n")
        return "250 taken"


def main(port, path, certificate=None, key=None):
    options = {}
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        options = {"tls_context": context, "require_starttls": True}
    controller = Controller(Keeper(path), hostname="127.0.0.1", port=int(port), **options)
    controller.start()
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
