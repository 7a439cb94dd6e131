# SPDX-License-Identifier: Apache-2.0
"""USB storage that is plugged in while the policy has a list approved_storage.

usage (in a guest with two sticks, as root): usb_storage_test.py
A root hub that loses its driver and gets it back is, for the kernel and everybody else, all of its devices pulled out
and plugged in. (Single ports can be switched off too, but QEMU's do not notice that they are on again.)
"""
import os
import shutil
import sys
import tempfile
from pathlib import Path

from checks import Checks
from stack import PACK, Failure, Stack, run, wait_for

LIST = "name: approved_storage\nkind: devices\nvalues: [{}]\n"
USB = Path("/sys/bus/usb/devices")


def replug(*devices):
    """All of them hang on one root hub."""
    hub = next(devices[0].folder.parent.glob("*-0:1.0")).name
    for action in ("unbind", "bind"):
        Path("/sys/bus/usb/drivers/hub", action).write_text(hub)
        for device in devices:
            wait_for(f"{device.folder.name} at {action}", lambda d=device: bool(d.text("idVendor")) == (action == "bind"))


class Device:
    def __init__(self, folder):
        self.folder = folder.resolve()

    def text(self, name):
        try:
            return (self.folder / name).read_text().strip()
        except OSError:
            return ""

    def authorized(self):
        return self.text("authorized") == "1"

    def disk(self):
        return next(self.folder.glob("*/host*/target*/*/block/*"), None)


def stick(node):
    """Of the disk with this node."""
    folder = Path("/sys/class/block", Path(node).name).resolve()
    return Device(next(parent for parent in folder.parents if (parent / "idVendor").exists()))


def keyboard():
    return Device(next(d for d in USB.iterdir() if not d.name.startswith("usb")
                     and "Keyboard" in ((d / "product").read_text() if (d / "product").exists() else "")))


class Host(Stack):
    def said(self):
        return [event["reason"] for event in self.call("GET", f"/api/v1/hosts/{self.host()['id']}/events")["events"]]

    def heard(self, *words):
        try:
            return wait_for(str(words), lambda: any(all(w in text for w in words) for text in self.said()), 30)
        except Failure:
            return False

    def approve(self, values):
        """Publishes the pack with this list, or with none."""
        rules = self.call("GET", "/api/v1/rules")
        rules["lists"] = [entry for entry in rules["lists"] if "approved_storage" not in entry["text"]]
        if values is not None:
            rules["lists"].append({"name": "lists/approved-storage.yaml", "text": LIST.format(values)})
        self.call("PUT", "/api/v1/rules", rules)
        wait_for("the agent to take the new list", self.agent_is_current, 120)


def let_in(checks, device, what):
    try:
        wait_for(what, lambda: device.authorized() and device.disk(), 30)
        checks.that(what, True)
    except Failure:
        checks.that(what, False, (device.text("authorized"), device.disk()))


def held(checks, device, what):
    """The kernel has enumerated it and goes on: whatever would follow has had its time when the console has heard."""
    checks.that(what, not device.authorized() and not device.disk(), (device.text("authorized"), device.disk()))


def play(stack, checks, first, second, keys):
    stack.approve("")
    checks.that("what was in use before stays", first.authorized() and first.disk())
    run("umount", "/mnt/usb1", "/mnt/usb2")
    replug(first, second)
    for device, serial in ((first, "MWSTICK01"), (second, "MWSTICK02")):
        checks.that(f"the console hears that {serial} is held", stack.heard(serial, "is held"), stack.said())
        held(checks, device, "it has no disk")
    replug(keys)
    try:
        wait_for("the keyboard", keys.authorized, 30)
    except Failure:
        pass
    checks.that("a keyboard is let in", keys.authorized())

    stack.approve(f"'{first.text('idVendor')}:{first.text('idProduct')}:MWSTICK01'")
    let_in(checks, first, "one comes in when its serial number is approved")
    checks.that("and the console hears of it", stack.heard("MWSTICK01", "was let in"), stack.said())
    held(checks, second, "the other of the same make does not")


def without_agent(stack, checks, first, second):
    stack.kill_agent()
    replug(first, second)
    held(checks, first, "while the agent is dead nothing comes in")
    held(checks, second, "nor the other")
    stack.start_agent()
    let_in(checks, first, "the approved one does when it is back")
    held(checks, second, "and the other still does not")

    stack.approve(None)
    let_in(checks, second, "without the list all are let in")
    stack.approve("")
    stack.agent.terminate()
    stack.agent.wait(60)
    replug(first, second)
    let_in(checks, second, "and when the agent has ended in good order")


def main():
    checks = Checks()
    nodes = os.environ["MODELWARD_USB"].split()
    first, second, keys = stick(nodes[0]), stick(nodes[1]), keyboard()
    folder = Path(tempfile.mkdtemp(prefix="modelward-", dir="/mnt/disk"))
    watched = folder / "models"
    watched.mkdir()
    try:
        with Host(folder / "stack", [watched], PACK) as stack:
            play(stack, checks, first, second, keys)
            without_agent(stack, checks, first, second)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return checks.finish()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"usb_storage_test: {failure}", file=sys.stderr)
        sys.exit(2)
