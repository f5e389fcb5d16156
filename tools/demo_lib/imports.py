"""Gives every node its own organisation's files."""
from .failure import Failed
from .network import everywhere


def import_all(nodes):
    """Counts over all nodes: {"clients": {"accepted": 8, "rejected": 1}, …}."""
    def one(node):
        organisation, counts = node.organisation, {}
        for noun, path in (("client", organisation.clients), ("involvement", organisation.involvements), ("fragment", organisation.fragments)):
            answer = node.ask(noun, "import", path, "--rejects", node.folder / f"{noun}s.rejected.csv")
            of_file = [file for file in answer["files"] if file["staged"]]
            if len(of_file) > 1:
                raise Failed(f"the import of {path} counts {len(of_file)} files", node)
            counts[f"{noun}s"] = {"accepted": sum(file[key] for file in of_file for key in ("added", "changed", "unchanged")),
                                  "rejected": sum(file["rejected"] for file in of_file)}
        return counts

    sums = {}
    for counts in everywhere(nodes, one):
        for kind, of_kind in counts.items():
            total = sums.setdefault(kind, {"accepted": 0, "rejected": 0})
            for key, count in of_kind.items():
                total[key] += count
    return sums
