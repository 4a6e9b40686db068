"""M18: the model registry, the choice of a model, and the licence rules."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import DataError, UnknownNameError, UsageError
from timepoint_pro.llm import selector as selector_module
from timepoint_pro.llm.registry import (
    TRAINING_LICENSES,
    Capability,
    ModelRegistry,
    load_registry,
    training_safe,
)
from timepoint_pro.llm.selector import NEEDS, ModelSelector
from timepoint_pro.mechanisms import m18_model_selection
from timepoint_pro.prompts.actions import ActionType

CHAT, R1 = "deepseek/deepseek-chat", "deepseek/deepseek-r1"
MIXTRAL, LLAMA = "mistralai/mixtral-8x7b-instruct", "meta-llama/llama-3.1-70b-instruct"
DOCS = Path(__file__).parents[3] / "docs"

REGISTRY = load_registry(environ={})
SELECTOR = ModelSelector(REGISTRY)

# Model: licence, context / output tokens, training-safe: the licence table of the product.
TABLE = {
    CHAT: ("MIT", 32768, 4096, True),
    R1: ("MIT", 64000, 8192, True),
    "mistralai/mistral-7b-instruct": ("Apache-2.0", 32768, 4096, True),
    MIXTRAL: ("Apache-2.0", 32768, 4096, True),
    "mistralai/mixtral-8x22b-instruct": ("Apache-2.0", 65536, 8192, True),
    "meta-llama/llama-3.1-8b-instruct": ("Llama 3.1", 128000, 4096, False),
    LLAMA: ("Llama 3.1", 128000, 16384, False),
    "meta-llama/llama-3.1-405b-instruct": ("Llama 3.1", 128000, 8192, False),
    "meta-llama/llama-4-scout": ("Llama 4", 128000, 8192, False),
    "qwen/qwen-2.5-7b-instruct": ("Qwen", 32768, 4096, False),
    "qwen/qwen-2.5-72b-instruct": ("Qwen", 32768, 8192, False),
    "qwen/qwq-32b": ("Qwen", 32768, 4096, False),
    "local/smollm2-135m-instruct": ("Apache-2.0", 8192, 2048, True),
    "scripted": ("Apache-2.0", None, None, True),
}

wishes = st.fixed_dictionaries(
    {"action": st.sampled_from(ActionType)},
    optional={
        "for_training_data": st.booleans(),
        "prefer_quality": st.booleans(),
        "prefer_speed": st.booleans(),
        "prefer_cost": st.booleans(),
        "offline": st.booleans(),
        "exclude": st.sets(st.sampled_from(sorted(TABLE)), max_size=8),
    },
)
ratings = st.floats(0, 1)
user_models = st.lists(
    st.fixed_dictionaries({
        "id": st.from_regex(r"own/[a-z]{1,6}", fullmatch=True),
        "license": st.sampled_from(["MIT", "mit", "apache-2.0", "Llama 3.1", "GPL-3.0-only", "MIT OR Zlib"]),
        "license_url": st.just("https://example.org/licence"),
        "capabilities": st.lists(st.sampled_from([word.value for word in Capability]), unique=True),
        "quality": ratings, "speed": ratings, "cost": ratings,
    }),
    max_size=4, unique_by=lambda model: model["id"],
)


@pytest.fixture(autouse=True, scope="module")
def _no_registry_of_the_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TIMEPOINT_MODELS", raising=False)
        yield


def user_file(*models: dict[str, Any]) -> dict[str, Any]:
    return {"models": list(models)}


def own(**fields: Any) -> dict[str, Any]:
    return {"id": "own/model", "license": "MIT", "license_url": "https://example.org/licence", **fields}


class TestShippedRegistry:
    def test_agrees_with_the_licence_table(self) -> None:
        found = {
            entry.id: (entry.license, entry.context_tokens, entry.output_tokens, entry.training_safe)
            for entry in REGISTRY
        }
        assert found == TABLE

    def test_every_model_states_its_sources(self) -> None:
        for entry in REGISTRY:
            assert entry.license_url, entry.id
            assert entry.training.reason, entry.id
            assert entry.capabilities, entry.id
            assert entry.price is not None, entry.id
            assert re.fullmatch(r"\d{4}-\d{2}", entry.price.as_of), entry.id
            assert entry.price.basis == ("free" if entry.offline else "estimate"), entry.id

    def test_marks_the_reasoning_models(self) -> None:
        assert {entry.id for entry in REGISTRY if entry.reasoning} == {R1, "qwen/qwq-32b"}

    @pytest.mark.parametrize(
        "name", [f"{CHAT}:free", f"{CHAT}-2025-01-20", "deepseek/DeepSeek-Chat", "own/unheard-of", ""]
    )
    def test_other_spellings_and_variants_are_unknown(self, name: str) -> None:
        assert name not in REGISTRY
        assert REGISTRY.find(name) is None
        assert REGISTRY.license_of(name) == "unknown"
        assert not training_safe([name], REGISTRY)
        assert REGISTRY.cost_usd(name, 1000, 1000) is None

    def test_an_alias_has_the_licence_and_not_the_price(self) -> None:
        alias = "deepseek-ai/DeepSeek-R1"
        assert REGISTRY[alias].id == R1
        assert REGISTRY.license_of(alias) == "MIT"
        assert training_safe([alias], REGISTRY)
        assert REGISTRY.cost_usd(alias, 1000, 1000) is None

    def test_unknown_model_names_the_nearest(self) -> None:
        with pytest.raises(UnknownNameError, match=f"'deepseek/deepsek-chat'; did you mean '{CHAT}'"):
            REGISTRY["deepseek/deepsek-chat"]

    def test_cost_is_linear_in_tokens(self) -> None:
        price = REGISTRY[CHAT].price
        assert price is not None
        assert REGISTRY.cost_usd(CHAT, 1_000_000, 0) == pytest.approx(price.input_usd_per_million)
        assert REGISTRY.cost_usd(CHAT, 0, 2_000_000) == pytest.approx(2 * price.output_usd_per_million)
        assert REGISTRY.cost_usd("scripted", 10**6, 10**6) == 0


class TestTrainingSafe:
    def test_no_model_binds_nothing(self) -> None:
        assert training_safe([], REGISTRY)

    @given(st.lists(st.sampled_from([*sorted(TABLE), "own/unheard-of"])))
    def test_one_unsafe_or_unknown_model_spoils_the_text(self, names: list[str]) -> None:
        safe = {name for name, row in TABLE.items() if row[3]}
        assert training_safe(names, REGISTRY) == (set(names) <= safe)

    def test_a_text_is_not_a_list_of_models(self) -> None:
        with pytest.raises(UsageError, match="put it in a list"):
            training_safe("scripted", REGISTRY)

    def test_uses_the_shipped_registry_by_default(self) -> None:
        assert training_safe([CHAT])
        assert not training_safe([CHAT, LLAMA])


class TestSelection:
    def test_the_documented_examples(self) -> None:
        selector = ModelSelector()
        chosen = selector.select_model(ActionType.DIALOG_SYNTHESIS, for_training_data=True)
        assert chosen in (CHAT, MIXTRAL)
        assert selector.get_training_safe_models() == [
            CHAT, R1, "mistralai/mistral-7b-instruct", MIXTRAL, "mistralai/mixtral-8x22b-instruct",
        ]

    @pytest.mark.parametrize("preference", ["prefer_quality", "prefer_speed", "prefer_cost"])
    def test_dialog_for_training_is_one_of_the_two_under_any_preference(self, preference: str) -> None:
        wish: dict[str, Any] = {"for_training_data": True, preference: True}
        chosen = SELECTOR.select_model("DIALOG_SYNTHESIS", **wish)
        assert chosen in (CHAT, MIXTRAL)

    @pytest.mark.parametrize("action", ActionType)
    def test_every_action_is_safe_by_default_and_has_a_fallback(self, action: ActionType) -> None:
        assert sum(NEEDS[action].values()) == pytest.approx(1)
        assert REGISTRY[SELECTOR.select_model(action)].training_safe
        assert len(SELECTOR.fallback_chain(action, for_training_data=True)) >= 2
        assert SELECTOR.select_model(action, offline=True) == "scripted"

    def test_backward_reasoning_goes_to_a_reasoning_model(self) -> None:
        assert SELECTOR.select_model(ActionType.PORTAL_BACKWARD_REASONING) == R1

    @given(wishes, user_models)
    def test_chain_keeps_every_promise(self, wish: dict[str, Any], models: list[dict[str, Any]]) -> None:
        registry = REGISTRY.extended(user_file(*models))
        selector = ModelSelector(registry)
        explanation = selector.explain(**wish)
        chain = explanation.chain
        if not chain:
            with pytest.raises(UsageError, match="no model is left"):
                selector.select_model(**wish)
            return
        assert selector.select_model(**wish) == chain[0]
        assert selector.fallback_chain(**wish) == chain
        assert len(set(chain)) == len(chain)
        assert not set(chain) & wish.get("exclude", set())
        entries = [registry[name] for name in chain]
        assert {entry.offline for entry in entries} == {wish.get("offline", False)}
        if wish.get("for_training_data"):
            assert {entry.license for entry in entries} <= TRAINING_LICENSES
        rejected = [item.model for item in explanation.rejections]
        assert sorted([*chain, *rejected]) == sorted(entry.id for entry in registry)

    @given(wishes, st.randoms(use_true_random=False))
    def test_order_of_the_registry_does_not_matter(self, wish: dict[str, Any], random: Any) -> None:
        entries = list(REGISTRY)
        random.shuffle(entries)
        shuffled = ModelSelector(ModelRegistry(tuple(entries)))
        assert shuffled.explain(**wish).candidates == SELECTOR.explain(**wish).candidates

    @given(wishes, st.sampled_from(["quality", "speed", "economy"]))
    def test_a_preference_never_lowers_what_it_prefers(self, wish: dict[str, Any], term: str) -> None:
        preference = "prefer_cost" if term == "economy" else f"prefer_{term}"
        plain = SELECTOR.explain(**{**wish, preference: False}).candidates
        preferring = SELECTOR.explain(**{**wish, preference: True}).candidates
        if plain:
            assert getattr(preferring[0], term) >= getattr(plain[0], term)

    def test_excluding_the_first_promotes_the_second(self) -> None:
        first, second, *_ = SELECTOR.fallback_chain(ActionType.DIALOG_SYNTHESIS)
        assert SELECTOR.select_model(ActionType.DIALOG_SYNTHESIS, exclude=[first]) == second

    def test_excludes_by_alias(self) -> None:
        chain = SELECTOR.fallback_chain(ActionType.TEMPORAL_REASONING, exclude=["deepseek-ai/DeepSeek-R1"])
        assert R1 not in chain

    def test_same_choice_under_other_hash_seeds(self) -> None:
        code = (
            "from timepoint_pro.llm.selector import ActionType, ModelSelector\n"
            "print([str(ModelSelector().explain(action)) for action in ActionType])"
        )
        outputs = {
            subprocess.run(
                [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
                check=True, capture_output=True, text=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(outputs) == 1

    def test_wrong_arguments(self) -> None:
        with pytest.raises(UnknownNameError, match="did you mean 'DIALOG_SYNTHESIS'"):
            SELECTOR.select_model("DIALOGUE_SYNTHESIS")
        with pytest.raises(UnknownNameError, match="unknown model"):
            SELECTOR.select_model(ActionType.GENERAL, exclude=["deepseek/deepsek-chat"])
        with pytest.raises(UsageError, match="put it in a list"):
            SELECTOR.select_model(ActionType.GENERAL, exclude=CHAT)
        with pytest.raises(UsageError, match=r"no model is left for GENERAL .*excluded.*; exclude fewer"):
            SELECTOR.select_model(ActionType.GENERAL, exclude=sorted(TABLE))


class TestExplanation:
    def test_score_is_the_weighted_sum_of_its_terms(self) -> None:
        explanation = SELECTOR.explain(ActionType.VALIDATION, prefer_quality=True)
        assert explanation.weights.quality == 3
        weights = attrs.asdict(explanation.weights)
        for item in explanation.candidates:
            terms = (weight * getattr(item, name) for name, weight in weights.items())
            assert item.score == pytest.approx(sum(terms))

    def test_text_names_every_model_with_its_licence_or_reason(self) -> None:
        text = str(SELECTOR.explain(ActionType.DIALOG_SYNTHESIS, for_training_data=True, exclude=[MIXTRAL]))
        assert text.startswith("DIALOG_SYNTHESIS: score = 2 fit + 1 quality")
        assert f"1. {CHAT}" in text
        assert f"{LLAMA}  not training-safe by its licence, Llama 3.1" in text
        assert f"{MIXTRAL}  excluded" in text
        assert all(name in text for name in TABLE)


class TestUserModels:
    def test_a_mapping_adds_a_model_that_can_win(self) -> None:
        model = own(capabilities=["dialog", "narrative", "structured_output"], quality=1, speed=1, cost=0)
        selector = ModelSelector(user_file(model))
        assert selector.select_model(ActionType.DIALOG_SYNTHESIS, for_training_data=True) == "own/model"
        assert "own/model" in selector.get_training_safe_models()

    def test_a_model_without_capabilities_is_known_and_never_selected(self) -> None:
        selector = ModelSelector(user_file(own(quality=1, speed=1, cost=0)))
        assert selector.registry["own/model"].training_safe
        for action in ActionType:
            assert "own/model" not in selector.fallback_chain(action)

    def test_layers_environment_below_argument(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        below, above = tmp_path / "below.json", tmp_path / "above.json"
        below.write_text(json.dumps(user_file(own(name="below", quality=0.9))), encoding="utf-8")
        above.write_text(json.dumps(user_file({"id": "own/model", "name": "above"})), encoding="utf-8")
        monkeypatch.setenv("TIMEPOINT_MODELS", str(below))
        assert load_registry()["own/model"].name == "below"
        entry = ModelSelector(above).registry["own/model"]
        assert (entry.name, entry.quality, entry.license) == ("above", 0.9, "MIT")
        assert "own/model" not in load_registry(environ={})

    def test_known_id_changes_only_the_named_fields(self) -> None:
        price = {"input_usd_per_million": 1, "output_usd_per_million": 2, "as_of": "2026-01-31"}
        registry = REGISTRY.extended(user_file({"id": CHAT, "price": price}))
        assert registry.cost_usd(CHAT, 10**6, 10**6) == pytest.approx(3)
        assert registry[CHAT].capabilities == REGISTRY[CHAT].capabilities
        assert [entry.id for entry in registry] == [entry.id for entry in REGISTRY]
        assert REGISTRY.extended(user_file({"id": CHAT, "price": None})).cost_usd(CHAT, 1, 1) is None

    def test_an_alias_makes_a_variant_known(self) -> None:
        registry = REGISTRY.extended(user_file({"id": CHAT, "aliases": [f"{CHAT}:free"]}))
        assert training_safe([f"{CHAT}:free"], registry)

    def test_a_new_id_takes_over_an_alias(self) -> None:
        alias = "deepseek-ai/DeepSeek-R1"
        registry = REGISTRY.extended(user_file(own(id=alias, provider="vllm")))
        assert registry[alias].provider == "vllm"
        assert registry[R1].provider == "openrouter"

    def test_spdx_case_does_not_matter(self) -> None:
        assert REGISTRY.extended(user_file(own(license="apache-2.0")))["own/model"].license == "Apache-2.0"

    def test_policy_with_a_reason_decides_over_the_licence(self) -> None:
        allow = {"rule": "allow", "reason": "fine-tuning Llama only"}
        deny = {"rule": "deny", "reason": "terms of our host"}
        selector = ModelSelector(user_file({"id": LLAMA, "training": allow}, {"id": CHAT, "training": deny}))
        assert selector.registry.training_safe([LLAMA])
        assert not selector.registry.training_safe([CHAT])
        explanation = selector.explain(ActionType.DIALOG_SYNTHESIS, for_training_data=True)
        assert CHAT not in explanation.chain
        assert "training-safe by policy: fine-tuning Llama only" in str(explanation)
        assert f"{CHAT}  not training-safe by policy: terms of our host" in str(explanation)

    @pytest.mark.parametrize(
        "name", [LLAMA, f"{LLAMA}:free", LLAMA.upper(), "meta-llama/Llama-3.1-70B-Instruct"]
    )
    def test_a_known_unsafe_name_is_not_made_safe_by_another_licence(self, name: str) -> None:
        for model in (own(id=name), own(aliases=[name])):
            with pytest.raises(DataError, match=r"\[0\]\.license: expected 'Llama 3\.1'.* with a reason"):
                REGISTRY.extended(user_file(model))

    @pytest.mark.parametrize(
        ("document", "problem"),
        [
            ({}, r"\$\.models: expected a list of models, found nothing"),
            ({"models": {}}, r"\$\.models: expected a list of models, found \{\}"),
            (user_file({"id": "own/model"}), r"\$\.models\[0\]\.license: expected .* found nothing"),
            (user_file(own(license_url=None)), r"\[0\]\.license_url: expected the address that states MIT"),
            (user_file(own(qualty=1)), r"\[0\]\.qualty: .*unknown key; did you mean 'quality'"),
            (user_file(own(quality=1.5)), r"\[0\]\.quality: expected a number in \[0, 1\], found 1\.5"),
            (user_file(own(quality=True)), r"\[0\]\.quality: expected a number in \[0, 1\], found True"),
            (user_file(own(quality=float("nan"))), r"\[0\]\.quality: .*found nan"),
            (user_file(own(context_tokens=0)), r"\[0\]\.context_tokens: expected a whole number"),
            (user_file(own(capabilities=["speech"])), r"\[0\]\.capabilities: expected a list of dialog,"),
            (user_file(own(training={"rule": "allow"})), r"\.training\.reason: .*'allow', found nothing"),
            (user_file(own(training={"rule": "allow", "reason": " "})), r"\.training\.reason: .*found ' '"),
            (user_file(own(training={"rule": "yes"})), r"\.training\.rule: expected one of by_license,"),
            (user_file(own(price={"input_usd_per_million": 1})), r"\.price\.as_of: expected a date.*nothing"),
            (user_file(own(price={"as_of": "June"})), r"\.price\.as_of: expected a date.*'June'"),
            (user_file(own(), own()), r"\$\.models\[1\]\.id: expected each id once"),
            (user_file(own(aliases=["scripted"])), r"\.aliases\[0\]: .*found 'scripted', a name of scripted"),
            (user_file(own(aliases=["deepseek-ai/DeepSeek-R1"])), r"\.aliases\[0\]: .*a name of " + R1),
            (user_file(own(aliases=["x"]), own(id="own/b", aliases=["x"])), r"\[1\]\.aliases\[0\]: .*of own"),
        ],
    )
    def test_a_bad_document_is_refused_with_its_path(self, document: Any, problem: str) -> None:
        with pytest.raises(DataError, match=problem):
            REGISTRY.extended(document)

    def test_every_problem_is_reported_at_once(self) -> None:
        with pytest.raises(DataError) as caught:
            REGISTRY.extended(user_file(own(speed=2), own(id="", cost="dear")))
        assert len(str(caught.value).splitlines()) == 3

    def test_unreadable_files_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"nowhere\.json: .*cannot be read .*TIMEPOINT_MODELS"):
            load_registry(environ={"TIMEPOINT_MODELS": str(tmp_path / "nowhere.json")})
        broken = tmp_path / "broken.json"
        broken.write_text("{", encoding="utf-8")
        with pytest.raises(DataError, match=r"broken\.json: \$: expected JSON"):
            ModelSelector(broken)
        broken.write_text("[]", encoding="utf-8")
        with pytest.raises(DataError, match=r"broken\.json: \$: expected an object, found \[\]"):
            ModelSelector(broken)
        broken.write_bytes(b"\xff\xfe\xfa")
        with pytest.raises(DataError, match=r"broken\.json: \$: expected JSON in UTF-8"):
            ModelSelector(broken)


class TestDocumentation:
    def test_examples_in_docstrings_run(self) -> None:
        for module in (selector_module, m18_model_selection):
            result = doctest.testmod(module)
            assert result.attempted
            assert not result.failed

    @pytest.mark.parametrize("page", ["mechanisms/m18_model_selection.md", "licences.md"])
    def test_examples_in_the_pages_run(
        self, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = (DOCS / page).read_text(encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        for name, content in re.findall(r"```json title=(\S+)\n(.*?)```", text, re.DOTALL):
            (tmp_path / name).write_text(content, encoding="utf-8")
        runnable = "\n\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
        example = doctest.DocTestParser().get_doctest(runnable, {}, page, page, 0)
        result = doctest.DocTestRunner().run(example)
        assert result.attempted
        assert not result.failed

    def test_the_licence_page_lists_every_model_with_its_licence(self) -> None:
        rows = (DOCS / "licences.md").read_text(encoding="utf-8").splitlines()
        for name, (licence, _, _, safe) in TABLE.items():
            row = next(line for line in rows if line.startswith(f"| `{name}`"))
            assert [cell.strip() for cell in row.split("|")[2:4]] == [licence, "yes" if safe else "no"]

    def test_the_mechanism_page_lists_every_action(self) -> None:
        text = (DOCS / "mechanisms/m18_model_selection.md").read_text(encoding="utf-8")
        for action, needs in NEEDS.items():
            shares = ", ".join(f"{need} {share:g}" for need, share in needs.items())
            assert f"| `{action}` | {shares} |" in text
