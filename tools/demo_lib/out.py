"""The folder for everything a demo writes."""
import fcntl
import shutil

from .failure import Failed


class Out:
    """One demo at a time; only what an earlier demo left is ever replaced."""

    MARK = ".knoop-demo"

    def __init__(self, folder):
        self.folder = folder.resolve()
        mark = self.folder / self.MARK
        if self.folder.exists() and any(self.folder.iterdir()) and not mark.exists():
            raise Failed(f"{folder} holds something that no demo wrote; give an empty or new folder with --out")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = open(mark, "w", encoding="ascii")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.lock.close()
            raise Failed(f"another demo is at work in {folder}") from None
        for path in self.folder.iterdir():
            if path != mark:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def release(self):
        self.lock.close()
