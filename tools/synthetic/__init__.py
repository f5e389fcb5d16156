"""A region that never existed: youths, families, organisations and their records, made from a seed.

No row describes a person. Names are common ones put together by chance, citizen service numbers come from the range
9999xxxxx that is never issued, municipality codes 99xx do not exist. Everything random comes from chance.Chance, so that
one seed gives the same bytes on every machine.
"""
