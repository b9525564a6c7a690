"""The page in a headless browser: python3 page.py PAGE_FOLDER ACCRUE CHROMIUM SCREENSHOT_FOLDER

Drops the BCG trials on the page, reads the numbers, and compares them with those of the program ACCRUE; looks that
pictures, tables and names for screen readers are there, that a broken table is named by its place, and that nothing
but the page's own files is asked for. The screenshots are for people to look at. Python's own library is enough.
"""

import base64
import functools
import http.server
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

page, accrue, chromium, shots = sys.argv[1:5]
data = os.path.join(page, "trials.csv")
deadline = time.time() + 240


class Tab:
    """One tab by the DevTools protocol: a WebSocket (RFC 6455) of JSON messages."""

    def __init__(self, url):
        host, path = url.removeprefix("ws://").split("/", 1)
        name, port = host.split(":")
        self.socket = socket.create_connection((name, int(port)), timeout=240)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        while self.stream.readline().strip():
            pass
        self.number = 0
        self.asked_for = []
        self.errors = []

    def call(self, method, **parameters):
        self.number += 1
        text = json.dumps({"id": self.number, "method": method, "params": parameters}).encode()
        length = struct.pack("!BH", 254, len(text)) if 125 < len(text) < 65536 else (
            struct.pack("!BQ", 255, len(text)) if len(text) >= 65536 else struct.pack("!B", 128 + len(text)))
        mask = os.urandom(4)
        self.socket.sendall(b"\x81" + length + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(text)))
        while True:
            message = json.loads(self.message())
            if message.get("method") == "Network.requestWillBeSent":
                self.asked_for.append(message["params"]["request"]["url"])
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(str(message["params"]["exceptionDetails"]))
            if message.get("id") == self.number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]

    def message(self):
        text = b""
        while True:
            first, second = self.stream.read(2)
            length = second & 127
            if length > 125:
                length, = struct.unpack("!H" if length == 126 else "!Q", self.stream.read(2 if length == 126 else 8))
            text += self.stream.read(length)
            if first & 128:
                return text

    def value(self, script):
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, script):
        while not self.value(script):
            if time.time() > deadline:
                raise AssertionError(f"waited in vain for {script}; the page says: {self.value('words()')}")
            time.sleep(0.2)

    def shoot(self, name):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(os.path.join(shots, name), "wb") as file:
            file.write(base64.b64decode(shot["data"]))


def drop(text):
    """A file dropped on the page, as a browser reports it."""
    return (f"""(async () => {{
        const transfer = new DataTransfer();
        transfer.items.add(new File([{json.dumps(text)}], "trials.csv", {{type: "text/csv"}}));
        delete document.body.dataset.answered;
        document.dispatchEvent(new DragEvent("drop", {{dataTransfer: transfer, bubbles: true, cancelable: true}}));
    }})()""")


def choose(**choices):
    return "".join(f"""document.getElementById({json.dumps(name)}).value = {json.dumps(value)};"""
                   for name, value in choices.items()) + (
        "delete document.body.dataset.answered;"
        "document.getElementById('measure').dispatchEvent(new Event('input', {bubbles: true}));")


def compare(shown, wanted, where):
    """Two documents of the program, whose numbers may differ by what two compilers round otherwise."""
    if isinstance(wanted, dict):
        assert shown.keys() == wanted.keys(), f"{where}: {shown.keys()} and {wanted.keys()}"
        for name, value in wanted.items():
            compare(shown[name], value, f"{where}.{name}")
    elif isinstance(wanted, list):
        assert len(shown) == len(wanted), where
        for i, value in enumerate(wanted):
            compare(shown[i], value, f"{where}[{i}]")
    elif isinstance(wanted, float):
        assert abs(shown - wanted) <= 1e-9 * abs(wanted) + 1e-14, f"{where}: {shown} on the page, {wanted} by accrue"
    else:
        assert shown == wanted, f"{where}: {shown} on the page, {wanted} by accrue"


def check(tab, address):
    for domain in ("Page", "Runtime", "Network"):
        tab.call(f"{domain}.enable")
    tab.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
    tab.call("Page.navigate", url=address)
    tab.until("document.readyState === 'complete' && document.getElementById('measure')?.options.length > 5")
    tab.value("globalThis.words = () => document.getElementById('status').textContent; true")

    with open(data, encoding="utf-8") as file:
        tab.value(drop(file.read()))
    tab.until("document.body.dataset.answered")
    shown = json.loads(tab.value("JSON.stringify(document.getElementById('result')?.dataset || {})"))
    wanted = json.loads(subprocess.run([accrue, "pool", data, "--measure", "RR", "--order", "year", "--json", "-"],
                                       check=True, capture_output=True, text=True).stdout)["pooled"]
    for name in ("effect", "lower", "upper"):
        difference = abs(float(shown[name]) - wanted[name])
        assert difference <= 1e-12 * abs(wanted[name]), f"{name}: {shown[name]} on the page, {wanted[name]} by accrue"

    tab.value(choose(by="alloc", effect="0.8", risk="0.01"))
    tab.until("document.body.dataset.answered")
    assert tab.value("document.querySelectorAll('#forest svg, #monitoring svg').length") == 2, tab.value("words()")
    assert tab.value("[...document.querySelectorAll('svg')].every((each) => each.querySelector('title'))")
    assert tab.value("document.querySelectorAll('#tables table caption').length") >= 6
    assert tab.value("[...document.querySelectorAll('input, select, textarea')].every((each) => each.labels.length)")
    assert tab.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tab.shoot("wide.png")

    # Regression and small studies, beside the program's own.
    tab.value(choose(by="", effect="", on="ablat", factor="alloc", small="yes"))
    tab.until("document.body.dataset.answered")
    assert tab.value("document.querySelectorAll('#bubble svg, #funnel svg').length") == 2, tab.value("words()")
    for words, saved in ((["regress", "--on", "ablat", "--factor", "alloc"], "regress.json"), (["bias"], "bias.json")):
        wanted = json.loads(subprocess.run([accrue, words[0], data, "--measure", "RR", "--order", "year", "--model", "reml,hk",
                                            *words[1:], "--json", "-"], check=True, capture_output=True, text=True).stdout)
        shown = json.loads(json.loads(tab.value(f"JSON.stringify(saved[{json.dumps(saved)}])")))
        compare(shown, wanted, saved)
    assert tab.value("document.getElementById('biased').textContent.includes('asymmetric funnel')")
    tab.shoot("regression.png")
    tab.value("globalThis.bias = saved['bias.json']; true")
    tab.value(choose(on="", factor="", small=""))
    tab.until("document.body.dataset.answered")
    assert tab.value("document.querySelectorAll('#bubble svg, #funnel svg').length") == 0
    assert tab.value("document.querySelector(\"[data-save='bias.json']\").offsetParent === null"), "a button without a file"

    # Clusters.
    tab.value(choose(cluster="alloc", estimator="mh", uncertainty="kr"))
    tab.until("document.body.dataset.answered")
    assert tab.value("document.getElementById('by').disabled")
    chosen = tab.value("['estimator', 'uncertainty'].map((id) => document.getElementById(id).value).join()")
    assert chosen == "reml,hk", f"with clusters the model is {chosen}"
    assert tab.value("document.querySelector('#estimator [value=mh]').disabled")
    wanted = json.loads(subprocess.run([accrue, "pool", data, "--measure", "RR", "--order", "year", "--model", "reml,hk",
                                        "--cluster", "alloc", "--json", "-"], check=True, capture_output=True, text=True).stdout)
    compare(json.loads(json.loads(tab.value("JSON.stringify(saved['pool.json'])"))), wanted, "clusters")
    assert "Whatever the dependence" in tab.value("document.getElementById('tables').textContent")
    tab.value(choose(cluster="", by="alloc", effect="0.8"))
    tab.until("document.body.dataset.answered")
    assert not tab.value("document.querySelector('#estimator [value=mh]').disabled")

    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    tab.value("delete document.body.dataset.answered;")
    tab.until("document.body.dataset.answered")
    tab.shoot("dark.png")

    tab.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
    tab.value(choose(by="alloc"))
    tab.until("document.body.dataset.answered")
    assert tab.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "wider than a phone"
    tab.shoot("phone.png")

    tab.value(choose(method="anytime"))
    tab.until("document.body.dataset.answered")
    assert tab.value("document.getElementById('monitored').textContent.includes('e-value')")

    tab.value(drop("study,ai,n1i,ci,n2i\nA,1,20,2,x\n"))
    tab.until("document.body.dataset.answered")
    said = tab.value("words()")
    assert "line 2" in said and "'n2i'" in said, said
    assert tab.value("document.getElementById('status').classList.contains('wrong')")

    # What was found is kept although pooling failed.
    tab.value("show([{code: 1, errors: 'no', made: {}}, {code: 0, errors: '', made: {'bias.json': bias}}], []); true")
    there = "[...document.querySelectorAll('#saves button')].filter((each) => each.offsetParent).map((each) => each.dataset.save)"
    assert tab.value(there) == ["bias.json"], tab.value(there)

    foreign = [url for url in tab.asked_for if not url.startswith((address, "blob:", "data:"))]
    assert not foreign, f"the page asked for {foreign}"
    assert not tab.errors, tab.errors


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main():
    os.makedirs(shots, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    profile = tempfile.mkdtemp()
    browser = subprocess.Popen([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
                                f"--user-data-dir={profile}", "about:blank"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ready = os.path.join(profile, "DevToolsActivePort")
        while not os.path.exists(ready) or not open(ready, encoding="ascii").read().strip():
            assert time.time() < deadline and browser.poll() is None, "the browser did not start"
            time.sleep(0.2)
        port = open(ready, encoding="ascii").readline().strip()
        while not (tabs := [each for each in json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
                            if each["type"] == "page"]):
            time.sleep(0.2)
        check(Tab(tabs[0]["webSocketDebuggerUrl"]), f"http://127.0.0.1:{server.server_port}/")
        print(f"the page agrees with the program; screenshots are in {shots}")
    finally:
        browser.terminate()
        browser.wait(timeout=20)
        server.shutdown()
        shutil.rmtree(profile, ignore_errors=True)


main()
