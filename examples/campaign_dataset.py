"""Many runs as one dataset: a campaign, its stop rule, one export, and an audit of what came out.

    python examples/campaign_dataset.py
"""

from __future__ import annotations

from timepoint_pro import Campaign
from timepoint_pro.evaluation.audit import audit


def main() -> None:
    campaign = Campaign("convergence/simple", repeats=4, seed=7, store="campaign.db", records=80)
    status = campaign.run(concurrency=4)
    print(f"kept {status.kept} runs with {status.records} records")

    # Made again with the same arguments it is the same campaign, and there is nothing left to play.
    again = Campaign("convergence/simple", repeats=4, seed=7, store="campaign.db", records=80).run()
    print("played again:", again.records - status.records)

    campaign.export("dataset", trainer="trl", splits={"train": 0.75, "test": 0.25})
    report = audit("dataset", thresholds={"max_duplicates": 0.05, "min_training_safe": 1.0})
    print("records judged:", report.read)
    print("passed:", report.passed)


if __name__ == "__main__":
    main()


# Expected output:
#   kept 3 runs with 95 records
#   played again: 0
#   records judged: 95
#   passed: True
