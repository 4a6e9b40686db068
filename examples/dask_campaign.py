"""A campaign played by Dask's workers. Needs the extra ``dask``: pip install 'timepoint-pro[dask]'

Any ``concurrent.futures.Executor`` will do; Dask's client gives one. Here the workers are two threads of this process;
``Client("tcp://scheduler:8786")`` would play the same runs on other machines.

    python examples/dask_campaign.py
"""

from __future__ import annotations

from distributed import Client, LocalCluster

from timepoint_pro import Campaign


def main() -> None:
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, silence_logs=50
        ) as cluster,
        Client(cluster) as client,
    ):
        campaign = Campaign("convergence/simple", repeats=3, seed=7, store="dask.db")
        status = campaign.run(concurrency=2, executor=client.get_executor())
    print(f"kept {status.kept} of {status.planned} runs, {status.records} records")

    here = Campaign("convergence/simple", repeats=3, seed=7, store="here.db")
    here.run()
    there = [[turn.content for dialog in run.dialogs for turn in dialog.turns] for run in campaign.runs()]
    same = [[turn.content for dialog in run.dialogs for turn in dialog.turns] for run in here.runs()]
    print("the same words as without Dask:", there == same)


if __name__ == "__main__":
    main()


# Expected output:
#   kept 3 of 3 runs, 95 records
#   the same words as without Dask: True
