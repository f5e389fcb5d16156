"""A region's folder: organisations.csv and for each organisation clients.csv, involvements.csv and fragments.jsonl."""
import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from .failure import Failed


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


@dataclass
class Organisation:
    id: str
    name: str
    kind: str
    folder: Path

    @property
    def clients(self):
        return self.folder / "clients.csv"

    @property
    def involvements(self):
        return self.folder / "involvements.csv"

    @property
    def fragments(self):
        return self.folder / "fragments.jsonl"

    @cached_property
    def client_rows(self):
        return {row["client_ref"]: row for row in rows(self.clients)}

    @cached_property
    def involvement_rows(self):
        return list(rows(self.involvements))


class Region:
    def __init__(self, folder):
        self.folder = Path(folder)
        listed = self.folder / "organisations.csv"
        if not listed.is_file():
            raise Failed(f"{self.folder} is no region: there is no organisations.csv in it")
        self.organisations = [Organisation(row["id"], row["naam"], row["soort"], self.folder / row["id"]) for row in rows(listed)]
        for organisation in self.organisations:
            for path in (organisation.clients, organisation.involvements, organisation.fragments):
                if not path.is_file():
                    raise Failed(f"{self.folder} is no whole region: {path.relative_to(self.folder)} is missing")
        if len(self.organisations) < 2:
            raise Failed(f"{listed} names fewer than two organisations")

    @property
    def truth(self):
        path = self.folder / "truth.csv"
        return path if path.is_file() else None

    def last_start(self):
        """The newest beginning of an involvement: the day before which nobody exported these records."""
        days = []
        for organisation in self.organisations:
            for row in organisation.involvement_rows:
                try:
                    days.append(date.fromisoformat(row["vanaf"]))
                except ValueError:
                    continue  # a faulty row: refusing it is the import's work
        if not days:
            raise Failed(f"no involvement in {self.folder} has a beginning; say the day with --today")
        return max(days)
