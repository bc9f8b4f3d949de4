"""Ask for pages as a browser does, within the network of the proxy: python smoke.py WAY ADDRESS VERSION."""

import http.client
import json
import re
import ssl
import sys
import time
from urllib.parse import urlsplit

#: The proxy looks for the pages each second.
_SECONDS = 20


def ask(way: str, host: str, path: str) -> tuple[int, str]:
    """Status and text of an answer; whose certificate it is says the address for users, and not the name here."""
    if way == "tls":
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("proxy", 8443, timeout=10, context=trust)
    else:
        connection = http.client.HTTPConnection("proxy", 8080, timeout=10)
    scheme = {"X-Forwarded-Proto": "https"} if way == "behind" else {}
    try:
        connection.request("GET", path, headers={"Host": host, "Accept": "text/html", **scheme})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def fault(way: str, host: str, version: str) -> str:
    """What is wrong; nothing where all is well."""
    status, text = ask(way, host, "/health/ready")
    if status != 200:
        return f"the pages are not ready: {status} {text[:500]}"
    found = json.loads(text)["version"]
    if version not in ("", "0", found):
        return f"version {found} answers, and not {version}"
    status, text = ask(way, host, "/sign-in")
    if status != 200 or "<form" not in text:
        return f"the page to sign in is not there: {status} {text[:500]}"
    named = re.search(r"[\"'](/static/[^\"']+)", text)
    if named is None or ask(way, host, named[1])[0] != 200:
        return "what the pages are drawn with is not there"
    if ask(way, host, "/metrics")[0] != 404:
        return "the numbers of the service are shown to everybody"
    return ""


def main(way: str, address: str, version: str) -> str:
    """Ask until all is well, or for so long."""
    until = time.monotonic() + _SECONDS
    while True:
        try:
            found = fault(way, urlsplit(address).netloc, version)
        except (OSError, http.client.HTTPException) as error:
            found = f"no answer through the proxy: {error}"
        if not found or time.monotonic() > until:
            return found and f"smoke: {found}"
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]) or 0)
