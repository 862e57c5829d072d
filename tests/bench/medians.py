"""Two things measured in turn, so that a busy minute of the machine meets both."""

from statistics import median


def in_turn(runs, *jobs):
    """The results of each job, run one after the other ``runs`` times: a b a b a b."""
    results = [[] for _job in jobs]
    for _run in range(runs):
        for job, found in zip(jobs, results, strict=True):
            found.append(job())
    return results


def median_row(rows):
    """One row of several: medians of seconds, processors' seconds and queries as far as
    they are known, the rest of the first."""
    return {
        **rows[0],
        **{
            name: median(row[name] for row in rows)
            for name in ("seconds", "work", "queries")
            if rows[0].get(name) is not None
        },
    }


def spread(values):
    """``"6.2 (5.9 to 9.7 in 5 runs)"``: the median with the least and the most."""
    values = sorted(values)
    return (
        f"{median(values):.2f} ({values[0]:.2f} to {values[-1]:.2f} "
        f"in {len(values)} runs)"
    )
