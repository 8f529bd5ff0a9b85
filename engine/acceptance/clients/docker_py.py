"""The Python library as its users use it. Prints one line a step; the test that runs it expects all of them."""
import io
import sys
import tarfile
import time

import docker

client = docker.DockerClient(base_url="unix://" + sys.argv[1], version="1.41")
assert client.ping()

out = client.containers.run("bb", ["sh", "-c", "echo out; echo err >&2"], stdout=True, stderr=True, remove=True)
assert b"out" in out and b"err" in out, out
print("run")

try:
    client.containers.run("bb", ["sh", "-c", "exit 3"], remove=True)
    raise AssertionError("no error")
except docker.errors.ContainerError as error:
    assert error.exit_status == 3
print("exit code")

network = client.networks.create("pynet", labels={"a": "b"})
volume = client.volumes.create("pyvol", labels={"a": "b"})
container = client.containers.run(
    "bb", ["sleep", "1000"], name="py", detach=True, network="pynet",
    volumes={"pyvol": {"bind": "/v", "mode": "rw"}}, environment={"A": "1"}, mem_limit="64m",
)
container.reload()
assert container.status == "running"
assert client.containers.get("py").id == container.id
assert [c.name for c in client.containers.list(filters={"name": "py"})] == ["py"]
print("detached")

code, output = container.exec_run(["sh", "-c", "echo $A; exit 4"])
assert (code, output) == (4, b"1\n"), (code, output)
code, (stdout, stderr) = container.exec_run(["sh", "-c", "echo o; echo e >&2"], demux=True)
assert (stdout, stderr) == (b"o\n", b"e\n")
print("exec")

chatty = client.containers.run("bb", ["sh", "-c", "echo one; echo two"], detach=True)
assert chatty.wait()["StatusCode"] == 0
assert chatty.logs() == b"one\ntwo\n"
assert b"".join(chatty.logs(stream=True, follow=True)) == b"one\ntwo\n"
assert chatty.logs(tail=1) == b"two\n"
chatty.remove()
print("logs")

assert container.stats(stream=False)["pids_stats"]["current"] >= 1
assert any("sleep" in " ".join(row) for row in container.top()["Processes"])
print("stats and top")

container.pause()
container.reload()
assert container.status == "paused"
container.unpause()
container.rename("py2")
container.restart(timeout=0)
container.stop(timeout=0)
container.start()
print("verbs")

network.disconnect("py2")
network.connect("py2", aliases=["alias"])
network.reload()
assert [c.name for c in network.containers] == ["py2"]
print("networks")

image = client.images.get("bb")
assert "bb:latest" in image.tags
assert image.tag("pytag", "1")
assert client.images.list("pytag")
client.images.remove("pytag:1")
try:
    client.images.get("nope")
    raise AssertionError("no error")
except docker.errors.ImageNotFound:
    pass
print("images")

if "archive" in sys.argv[2:]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("from-python")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"hello"))
    assert container.put_archive("/tmp", buffer.getvalue())
    assert container.exec_run(["cat", "/tmp/from-python"])[1] == b"hello"
    bits, stat = container.get_archive("/tmp/from-python")
    assert stat["name"] == "from-python" and stat["size"] == 5
    content = io.BytesIO(b"".join(bits))
    with tarfile.open(fileobj=content) as tar:
        assert tar.extractfile("from-python").read() == b"hello"
print("archive")

container.remove(force=True)
network.remove()
volume.remove()
assert client.volumes.list() == [] and not client.networks.list(names=["pynet"])
events = list(client.events(since=1, until=time.time() + 0.01, decode=True, filters={"container": "py"}))
assert "create" in [event["Action"] for event in events], events
print("events")

client.containers.prune()
client.images.prune()
client.networks.prune()
client.volumes.prune()
assert client.df()["LayersSize"] > 0
assert client.version()["ApiVersion"] == "1.51"
print("system")
