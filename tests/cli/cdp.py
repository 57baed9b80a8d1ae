"""Talks with a headless Chromium over its pipe (the DevTools protocol), for tests: opens a page, logs what it asks the network for,
evaluates in it, prints it. No port is opened, and a browser that does not answer in time is killed with all its children.

    with Browser(folder) as browser:
        page = browser.open(path.as_uri(), scripts=True)
        page.evaluate("document.title"); page.requests; page.errors
"""
import base64, json, os, select, shutil, signal, subprocess, time

SECONDS = 100  # for one answer: a loaded machine


class Browser:
    def __init__(self, folder):
        self.answers, self.events, self.number, self.rest = {}, [], 0, b""
        theirs, self.write = os.pipe()
        self.read, ours = os.pipe()
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--force-color-profile=srgb", f"--user-data-dir={folder}"]
        # The shell puts the pipe where the browser looks for it, whatever numbers it has here.
        self.process = subprocess.Popen(["sh", "-c", f'exec "$@" 3<&{theirs} 4>&{ours}', "sh", shutil.which("chromium"), *flags, "--remote-debugging-pipe"], pass_fds=(theirs, ours), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(theirs)
        os.close(ours)

    def __enter__(self): return self

    def __exit__(self, *_):
        try: os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError: pass
        self.process.wait()
        os.close(self.write)
        os.close(self.read)

    def message(self, until):
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.read], [], [], left)[0]: raise TimeoutError("the browser does not answer")
            got = os.read(self.read, 1 << 20)
            if not got: raise EOFError("the browser ended")
            self.rest += got
        one, _, self.rest = self.rest.partition(b"\0")
        return json.loads(one)

    def pump(self, done, seconds=SECONDS):
        until = time.monotonic() + seconds
        while (found := done()) is None:
            message = self.message(until)
            if "id" in message: self.answers[message["id"]] = message
            else: self.events.append(message)
        return found

    def call(self, method, session=None, **params):
        self.number += 1
        number = self.number
        data = json.dumps({"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})).encode() + b"\0"
        while data: data = data[os.write(self.write, data):]
        answer = self.pump(lambda: self.answers.pop(number, None))
        if "error" in answer: raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, address, scripts=True, dark=False, width=1400, height=1000):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        page = Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"], target)
        for domain in ("Page", "Network", "Runtime", "Log", "DOM"): page.call(domain + ".enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        if not scripts: page.call("Emulation.setScriptExecutionDisabled", value=True)
        if dark: page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        page.open(address)
        return page


class Page:
    def __init__(self, browser, session, target): self.browser, self.session, self.target = browser, session, target

    def call(self, method, **params): return self.browser.call(method, self.session, **params)
    def close(self): self.browser.call("Target.closeTarget", targetId=self.target)
    def happened(self, method): return [e["params"] for e in self.browser.events if e.get("sessionId") == self.session and e["method"] == method]

    def open(self, address):
        begin = time.monotonic()
        self.call("Page.navigate", url=address)
        self.browser.pump(lambda: self.happened("Page.loadEventFired") or None)
        self.evaluate("document.body.offsetHeight")  # it has been laid out
        self.seconds = time.monotonic() - begin

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer: raise RuntimeError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def type(self, selector, text):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def pdf(self): return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])
    def picture(self): return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=False)["data"])

    @property
    def requests(self): return [e["request"]["url"] for e in self.happened("Network.requestWillBeSent")]

    @property
    def errors(self): return [e["exceptionDetails"]["text"] for e in self.happened("Runtime.exceptionThrown")] + [e["entry"]["text"] for e in self.happened("Log.entryAdded") if e["entry"]["level"] == "error"]
