"""A small but complete document: a Mars crew and an oxygen reading above its threshold."""

from __future__ import annotations

from typing import Any

READING = "The O2 scrubber reads 847 ppm."
THRESHOLD = "The O2 scrubber threshold is 800 ppm."


def mars_mission() -> dict[str, Any]:
    """Webb and Chen find the scrubber at 847 ppm, over its threshold of 800 ppm; a fresh copy each time."""
    return {
        "@context": "https://timepoint.ai/tdf/v1",
        "@type": "RenderedFuture",
        "run_id": "run_abc123",
        "scenario": "mars_mission_portal",
        "temporal_mode": "portal",
        "entities": [
            {
                "entity_id": "Webb",
                "entity_type": "human",
                "tensor": {
                    "context_vector": [0.5, 0.4, 0.6, 0.72, 1, 0.55, 0.3, 0.45],
                    "biology_vector": [0.46, 0.0, 0.0, 0.2],
                    "behavior_vector": [0.4, 0.8, 0.6, 0.35, 0.3, 0.9, 0.5, 0.2],
                },
                "metadata": {
                    "name": "Daniel Webb",
                    "role": "mission commander",
                    "archetype": "military_commander",
                    "cognitive": {"emotional_valence": -0.2, "emotional_arousal": 0.6, "last_doubt": None},
                    "physical": {"age": 46, "location": "habitat"},
                    "resolution_level": "dialog",
                },
            },
            {"entity_id": "Chen", "entity_type": "human", "metadata": {"role": "life support engineer"}},
            {"entity_id": "@scrubber", "entity_type": "object", "metadata": {}},
        ],
        "timepoints": [
            {
                "timepoint_id": "T0",
                "timestamp": "2026-03-01T08:00:00Z",
                "description": "Mission briefing.",
                "entities_present": ["Webb", "Chen"],
                "causal_antecedents": [],
            },
            {
                "timepoint_id": "T1",
                "timestamp": "2026-03-01T14:00:00Z",
                "description": "A sensor alert.",
                "entities_present": ["Webb", "Chen", "@scrubber"],
                "causal_antecedents": ["T0"],
                "importance": 0.9,
                "path_id": "main",
                "scene": {"location": "habitat", "confinement": 0.8, "tension": 0.7, "noise": None},
                "states": [
                    {"entity_id": "Webb", "emotional_valence": -0.2, "energy_budget": 72, "injury": None},
                    {"entity_id": "Chen", "emotional_valence": 0.1, "energy_budget": 64.0},
                ],
            },
        ],
        "dialogs": [
            {
                "dialog_id": "T1.dialog",
                "timepoint_id": "T1",
                "participants": ["Webb", "Chen"],
                "turns": [
                    {
                        "turn_id": "T1.1",
                        "speaker": "Chen",
                        "content": "Scrubber two reads 847. The limit is 800.",
                        "timestamp": "2026-03-01T14:00:05.5Z",
                        "emotional_tone": "worried",
                        "tactic": "data_argument",
                        "addressed_to": ["Webb"],
                        "knowledge_shared": ["item-reading"],
                        "state": {"emotional_valence": 0.1, "emotional_arousal": 0.5, "energy_budget": 64.0},
                    },
                    {"turn_id": "T1.2", "speaker": "Webb", "content": "Calibrate it first. Then we decide."},
                ],
            }
        ],
        "causal_graph": {
            "nodes": [
                {"id": "T0", "type": "timepoint", "label": "Mission briefing"},
                {"id": "T1", "type": "timepoint", "label": "Sensor alert"},
            ],
            "edges": [
                {"source": "T0", "target": "T1", "type": "temporal", "strength": 1.0},
                {"source": "T0", "target": "T1", "type": "causal", "strength": 0.8, "mechanism": "M7"},
            ],
        },
        "exposure_events": [
            {
                "exposure_id": "x-1",
                "entity_id": "Webb",
                "item_id": "item-threshold",
                "content": THRESHOLD,
                "how": "initial",
                "source": "mission briefing",
                "timepoint_id": "T0",
                "timestamp": "2026-03-01T08:00:00Z",
                "confidence": 1.0,
                "parents": [],
            },
            {
                "exposure_id": "x-2",
                "entity_id": "Chen",
                "item_id": "item-reading",
                "content": READING,
                "how": "witnessed",
                "source": "@scrubber",
                "timepoint_id": "T1",
                "timestamp": "2026-03-01T14:00:00Z",
                "confidence": 0.975,
            },
            {
                "exposure_id": "x-3",
                "entity_id": "Webb",
                "item_id": "item-reading",
                "content": READING,
                "how": "told",
                "source": "Chen",
                "timepoint_id": "T1",
                "timestamp": "2026-03-01T14:00:05.5Z",
                "confidence": 0.9,
                "parents": ["x-2"],
            },
        ],
        "relationships": [
            {
                "source": "Webb",
                "target": "Chen",
                "type": "colleague",
                "trust": 0.3,
                "affinity": 0.2,
                "power": 0.5,
                "interactions": 1,
                "shared_knowledge": ["item-reading"],
                "timepoint_id": "T1",
            }
        ],
        "paths": [
            {
                "path_id": "main",
                "label": "the scrubber is ignored",
                "score": 0.82,
                "scores": {"plausibility": 0.9, "precedent": None},
                "selected": True,
                "timepoints": ["T0", "T1"],
                "divergence_points": ["T1"],
                "pivots": ["T1"],
            },
            {"path_id": "main.b", "parent_path": "main", "selected": False, "timepoints": []},
        ],
        "violations": [
            {
                "violation_id": "v-1",
                "rule": "information",
                "explanation": "Webb named the reading at T0, before an exposure.",
                "mechanism": "M4",
                "severity": "hard",
                "entity_id": "Webb",
                "timepoint_id": "T0",
                "evidence": ["x-3"],
            }
        ],
        "provenance": {
            "generated_at": "2026-03-06T12:00:00Z",
            "generator": "timepoint-pro",
            "version": "0.1.0",
            "seed": 7,
            "model": "meta-llama/llama-3.1-70b-instruct",
            "models": [
                {
                    "model": "meta-llama/llama-3.1-70b-instruct",
                    "license": "Llama 3.1",
                    "actions": ["DIALOG_SYNTHESIS"],
                }
            ],
            "mechanisms": ["M3", "M7", "M11"],
            "training_safe": False,
            "cost_usd": 0.42,
            "cost_source": "provider",
            "token_count": 12847,
            "template_sha256": "0" * 64,
            "log_sha256": "ab" * 32,
        },
    }
