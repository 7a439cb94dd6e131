# SPDX-License-Identifier: Apache-2.0
"""One console and one enrolled agent, started from the build tree in a folder of their own.

    with Stack(folder, watch=[...]) as stack: stack.register(...); stack.incidents()
"""
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("MODELWARD_BIN", ROOT / "build/release/bin"))
PACK = Path(os.environ.get("MODELWARD_PACK", ROOT / "rules/packs/core"))
PEOPLE_PORT = int(os.environ.get("MODELWARD_PORT", "8443"))
AGENTS_PORT = PEOPLE_PORT + 1


class Failure(Exception):
    """Something that had to hold did not; the text is for the person who reads the test's output."""


def run(*command, check=True, **options):
    """Runs a command to its end; its output is captured and shown when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def wait_for(what, condition, seconds=60.0, pause=0.1):
    """Waits until condition() is true and returns its value. The time is a bound on a hang, not an expectation."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(pause)


class Stack:
    def __init__(self, folder, watch, pack=PACK, agent_options=None, listen="127.0.0.1", agent_cgroup=None):
        self.folder = Path(folder)
        self.watch = [str(path) for path in watch]
        self.pack = Path(pack)
        self.listen = listen
        self.agent_options = agent_options or {}
        self.agent_cgroup = agent_cgroup    # a folder of the control group hierarchy, or the one we are in
        self.console_state = self.folder / "console"
        self.agent_state = self.folder / "agent"
        self.config = self.folder / "agent.json"
        self.password = "demo-" + os.urandom(6).hex()
        self.console = None
        self.agent = None
        self.cookie = None
        self.environment = {**os.environ, "MODELWARD_SESSION_FILE": str(self.folder / "session.json")}

    # --- life ---

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.show_logs()
            self.stop()
            raise
        return self

    def __exit__(self, kind, value, traceback):
        if kind is not None:
            self.show_logs()
        self.stop()

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.init_console()
        self.start_console()
        self.sign_in()
        self.enroll()
        self.start_agent()

    def init_console(self):
        secret = self.folder / "admin-password"
        secret.write_text(self.password, encoding="utf-8")
        secret.chmod(0o600)
        run(BIN / "modelward-console", "init", "--state-dir", self.console_state, "--hostname", "localhost",
            "--hostname", "127.0.0.1", "--admin-password-file", secret, "--rules", self.pack)

    def start_console(self):
        self.console = self.spawn("console", BIN / "modelward-console", "serve", "--state-dir", self.console_state,
                                  "--listen", f"{self.listen}:{PEOPLE_PORT}",
                                  "--agents-listen", f"127.0.0.1:{AGENTS_PORT}")
        wait_for("the console to answer", self.console_answers)

    def console_answers(self):
        self.must_live(self.console, "console")
        try:
            return self.call("GET", "/healthz")["status"] == "ok"
        except OSError:
            return False

    def enroll(self):
        self.agent_state.mkdir(parents=True, exist_ok=True)
        options = {"state_dir": str(self.agent_state), "run_dir": str(self.folder / "run"),
                   "console": f"127.0.0.1:{AGENTS_PORT}", "watch": self.watch, "heartbeat_seconds": 1,
                   "scanner_path": str(BIN / "modelward-scan"), **self.agent_options}
        self.config.write_text(json.dumps(options, indent=2), encoding="utf-8")    # JSON is YAML
        token = run(BIN / "modelward-console", "enrollment-token", "create",
                    "--state-dir", self.console_state).stdout.split()[0]
        run(BIN / "modelward", "enroll", "--console", f"127.0.0.1:{AGENTS_PORT}", "--token", token,
            "--config", self.config)

    def start_agent(self):
        command = [BIN / "modelwardd", "--config", self.config]
        if self.agent_cgroup:
            command = ["/bin/sh", "-c", f'echo $$ >{self.agent_cgroup}/cgroup.procs && exec "$@"', "sh", *command]
        self.agent = self.spawn("agent", *command)
        wait_for("the agent to enforce the newest bundle", self.agent_is_current, 120)

    def agent_is_current(self):
        self.must_live(self.agent, "agent")
        hosts = self.call("GET", "/api/v1/hosts")["hosts"]
        return bool(hosts) and hosts[0]["online"] and hosts[0]["bundle_version"] == self.bundle_version()

    def stop(self):
        for process in (self.agent, self.console):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
        if self.config.exists():
            run(BIN / "modelwardd", "--config", self.config, "--remove", check=False)

    def kill_agent(self):
        self.agent.kill()
        self.agent.wait()

    def stop_console(self):
        self.console.send_signal(signal.SIGTERM)
        self.console.wait(30)

    def spawn(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    start_new_session=True)

    def must_live(self, process, name):
        if process.poll() is not None:
            raise Failure(f"the {name} ended with {process.returncode}")

    def show_logs(self):
        for name in ("console", "agent"):
            log = self.folder / f"{name}.log"
            if log.exists():
                lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
                print(f"--- end of the {name}'s log", *lines, sep="\n", file=sys.stderr)

    # --- the console's REST API ---

    def call(self, method, path, body=None):
        context = ssl.create_default_context(cafile=str(self.console_state / "ca.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", PEOPLE_PORT, context=context, timeout=30)
        headers = {"X-Requested-With": "modelward", "Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            text = response.read()
            if response.status >= 400:
                raise Failure(f"{method} {path}: {response.status} {text.decode(errors='replace')}")
            if response.getheader("Set-Cookie"):
                self.cookie = response.getheader("Set-Cookie").split(";")[0]
            return json.loads(text) if text else None
        finally:
            connection.close()

    def sign_in(self):
        self.call("POST", "/api/v1/session", {"username": "admin", "password": self.password})

    def incidents(self, since=0):
        """All incidents with a number above `since`, oldest first."""
        found, cursor = [], ""
        while True:
            page = self.call("GET", f"/api/v1/incidents?limit=50&cursor={cursor}")
            found += [incident for incident in page["incidents"] if incident["number"] > since]
            cursor = page["next_cursor"]
            if not cursor or page["incidents"][-1]["number"] <= since:
                return sorted(found, key=lambda incident: incident["number"])

    def host(self):
        return self.call("GET", "/api/v1/hosts")["hosts"][0]

    def bundle_version(self):
        return self.call("GET", "/api/v1/rules")["bundle_version"]

    def publish_again(self):
        """Publishes the same rules as a new bundle; returns its version."""
        return self.call("PUT", "/api/v1/rules", self.call("GET", "/api/v1/rules"))["bundle_version"]

    # --- as the registrar does it ---

    def register(self, path, name, class_name, kind="weights"):
        """Registers an artifact through the command line and waits until the agent enforces the new bundle."""
        run(BIN / "modelward", "login", "--console", f"127.0.0.1:{PEOPLE_PORT}", "--username", "admin",
            "--password-file", self.folder / "admin-password", "--ca", self.console_state / "ca.pem",
            env=self.environment)
        run(BIN / "modelward", "artifact", "add", path, "--name", name, "--class", class_name, "--kind", kind,
            env=self.environment)
        wait_for("the agent to take the new bundle", self.agent_is_current, 120)
        self.wait_scanned()

    def status(self):
        return json.loads(run(BIN / "modelward", "status", "--config", self.config, "--json").stdout)

    def wait_scanned(self):
        wait_for("the scanner to finish the watched trees", lambda: self.status()["scan"]["idle"], 180)
