"""The mechanisms, ``m03`` to ``m18``: one file each, and what each is made of.

``base`` has the contract and ``catalogue`` the list. The state that a mechanism keeps is its facet: it stands with its
events in a file of its own, since others read it.

    ====  ==========================  ============  ==================================================================
    code  mechanism                   facet         what it computes with
    ====  ==========================  ============  ==================================================================
    M2    in M5                       memoirs       prompt_budget, ttm
    M3    m03_knowledge_provenance    knowledge     holdings, learning, phrases, statements (M19), knowledge_graph
    M4    m04_constraint_enforcement  violations    admission (a turn), coherence (a moment), phrases
    M5    m05_resolution              resolution    fidelity
    M6    m06_tensor_state            minds         appraisal, reception, ttm
    M7    m07_causal_chain            in it         expansion
    M8    m08_embodied_states         bodies        conditions
    M9    m09_on_demand_entities      in it         newcomers, references
    M10   m10_scene                   scene         places
    M11   m11_dialog                  speech        dialog_context, delivery, turn_taking, narration, inner
    M12   m12_counterfactual_...      none          interventions
    M13   m13_relationships           ties          appraisal, reception
    M14   m14_circadian               rhythm        sleep_schedule
    M15   m15_prospection             prospects     forethought, outlooks
    M16   m16_animism                 agencies      narration
    M18   m18_model_selection         none          (the selector is in ``llm``)
    ====  ==========================  ============  ==================================================================

``cast`` and ``temperament`` make the people of a run from a template's roster; ``neutral`` stands in where a mechanism
is left out.
"""
