"""The remote models whose outputs may train any model, by their licences.

    python examples/list_training_safe_models.py
"""

from __future__ import annotations

from timepoint_pro import ModelSelector


def main() -> None:
    selector = ModelSelector()
    training_safe = selector.get_training_safe_models()

    for model in training_safe:
        print(model)


if __name__ == "__main__":
    main()


# Expected output:
#   deepseek/deepseek-chat
#   deepseek/deepseek-r1
#   mistralai/mistral-7b-instruct
#   mistralai/mixtral-8x7b-instruct
#   mistralai/mixtral-8x22b-instruct
