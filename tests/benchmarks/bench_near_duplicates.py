"""Time of the exact near-duplicate search: texts of about 60 words, a tenth of them near-copies of earlier ones.

    python tests/benchmarks/bench_near_duplicates.py [--records 20000]
"""

from __future__ import annotations

import argparse
import resource
import time
from bisect import bisect

from timepoint_pro.evaluation.near_duplicates import filter_near_duplicates, near_duplicates
from timepoint_pro.records.draws import Draws

WORDS = 4_000
OPENING = "the state of things just before the turn is as follows and everyone present can see it"


def generated(records: int, length: int = 60) -> list[str]:
    """Texts whose words are as unevenly frequent as in language (Zipf 1935), half of them with a common opening."""
    draws = Draws(b"bench near duplicates")
    weights = [1.0 / (rank + 3) for rank in range(WORDS)]
    total, cumulated = 0.0, []
    for weight in weights:
        total += weight
        cumulated.append(total)
    texts: list[str] = []
    for number in range(records):
        if number > 10 and draws.uniform() < 0.1:
            words = texts[draws.index(number)].split()
            words[draws.index(len(words))] = "altered"
        else:
            words = [f"w{bisect(cumulated, draws.uniform() * total)}" for _ in range(length)]
            if number % 2:
                words[: len(OPENING.split())] = OPENING.split()
        texts.append(" ".join(words))
    return texts


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=20_000)
    records = parser.parse_args().records
    texts = generated(records)
    for threshold in (0.9, 0.8, 0.5):
        start = time.perf_counter()
        pairs = sum(1 for _ in near_duplicates(texts, threshold))
        middle = time.perf_counter()
        alike = filter_near_duplicates(texts, threshold, text=str)
        kept = sum(1 for _ in alike)
        end = time.perf_counter()
        print(f"{records} texts, threshold {threshold}: {pairs} pairs in {middle - start:.2f} s; "
              f"filter keeps {kept} in {end - middle:.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
