"""Gives every node its own organisation's files."""
from .network import everywhere


def import_all(nodes):
    """Sum of what all nodes accepted and refused, per kind of file."""
    sums = {kind: {"accepted": 0, "rejected": 0} for kind in ("client", "involvement", "fragment")}

    def one(node):
        organisation = node.organisation
        files = {"client": organisation.clients, "involvement": organisation.involvements, "fragment": organisation.fragments}
        return {kind: node.ask(kind, "import", path, "--rejects", node.folder / f"{kind}s.rejected.csv") for kind, path in files.items()}

    for result in everywhere(nodes, one):
        for kind, answer in result.items():
            for key in sums[kind]:
                sums[kind][key] += answer[key]
    return sums
