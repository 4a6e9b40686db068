"""The model that the selector (M18) takes for dialogue whose words may train any model.

    python examples/select_training_safe_model.py
"""

from __future__ import annotations

from timepoint_pro import ActionType, ModelSelector


def main() -> None:
    selector = ModelSelector()

    # Automatically filters to MIT/Apache-2.0 models
    model = selector.select_model(
        ActionType.DIALOG_SYNTHESIS,
        for_training_data=True,  # Only unrestricted licenses
    )
    print(model)
    assert model in ("deepseek/deepseek-chat", "mistralai/mixtral-8x7b-instruct")


if __name__ == "__main__":
    main()


# Expected output:
#   deepseek/deepseek-chat
