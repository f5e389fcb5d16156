"""Rows that an import must refuse, one kind after the other. They stand in the files, never in the truth."""
from datetime import timedelta


def _bad_bsn(row, today):
    return row | {"bsn": "999900001"}, "the BSN fails the elfproef"


def _short_bsn(row, today):
    return row | {"bsn": "99990"}, "the BSN has five digits"


def _no_such_day(row, today):
    return row | {"geboortedatum": "2015-02-29"}, "there was no 29 February in 2015"


def _future(row, today):
    return row | {"geboortedatum": (today + timedelta(days=400)).isoformat()}, "born in more than nine months"


def _too_old(row, today):
    return row | {"geboortedatum": f"{today.year - 31}-06-15"}, "older than 23"


def _no_surname(row, today):
    return row | {"achternaam": ""}, "no surname"


def _no_birth_date(row, today):
    return row | {"geboortedatum": ""}, "no birth date"


KINDS = (_bad_bsn, _short_bsn, _no_such_day, _future, _too_old, _no_surname, _no_birth_date)


def faulty_rows(records, count):
    """count rows and why each is faulty, made from the organisation's own first client."""
    if not records.clients:
        return
    for number in range(count):
        row = dict(records.clients[0], client_ref=f"FOUT-{number + 1:04d}", bsn="")
        yield KINDS[number % len(KINDS)](row, records.today)
