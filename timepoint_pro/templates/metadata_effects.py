"""What the keys under ``metadata`` do: rows of pattern, effect, modes (none: all), needs; see ``effects``."""

from __future__ import annotations

from timepoint_pro.templates.story_effects import CYCLE_KEYS, NARRATIVE_KEYS, Row

ANIMATED = {"entities.animism_level": (1, 2, 3, 4, 5, 6)}


def _under(prefix: str, *rows: tuple[str, str], modes: tuple[str, ...] = ()) -> tuple[Row, ...]:
    return tuple((f"{prefix}{name}", does, modes, {}) for name, does in rows)


_TOP: tuple[Row, ...] = (
    ("metadata", "What the scenario is made of; open to further keys.", (), {}),
    ("metadata.entity_roster", "The people one by one, by id; ids stay as written.", (), {}),
    ("metadata.facts", "What is so, and who knows it.", (), {}),
    ("metadata.questions", "Decisions that people face.", (), {}),
    ("metadata.common_knowledge", "Statements that everyone holds from the start.", (), {}),
    ("metadata.archetypes", "Ways of arguing besides the built-in ones, by id.", (), {}),
    (
        "metadata.quantitative_tracking",
        "Numbers that the story tracks, by id; a bare number is its `initial`.",
        (),
        {},
    ),
    ("metadata.branching_points", "Moments from which the story goes several ways.", ("branching",), {}),
    (
        "metadata.mechanisms_featured",
        "Codes of the mechanisms that it shows, such as `M3_exposure_events`.",
        (),
        {},
    ),
    ("metadata.portal", "What the portal search is told besides.", ("portal",), {}),
    ("metadata.circadian_config", "Day length, light and habits of sleep.", (), {}),
    ("metadata.environment", "What the places are like: warmth, noise, light, a crowd; see M10.", (), {}),
    (
        "metadata.cyclical_structure",
        "How time goes round: places, prophecies, loops, what is carried over.",
        ("cyclical",),
        {},
    ),
    ("metadata.narrative_structure", "How the story is told: acts, story lines, points of view.", ("directorial",), {}),
    ("metadata.animistic_entities", "Things that act, by id, or a list of them.", (), ANIMATED),
    (
        "metadata.embodied_constraints",
        "What bodies undergo: injury, illness, cold, hunger, isolation.",
        (),
        {},
    ),
    ("metadata.prospection_config", "What people expect and fear.", (), {}),
    ("metadata.location", "Place of the scenes, where nothing says another.", (), {}),
    ("metadata.language", "The language that people speak, where `language` names none.", (), {}),
)

_ROSTER = _under(
    "metadata.entity_roster.*.",
    ("type", "human, animal, building, object, environment, vehicle, institution, abstract, kami or ai."),
    ("role", "Office or part, in words."),
    ("name", "Name for display; without it the id, spoken."),
    ("archetype_id", "Way of arguing: a built-in archetype or one of the template's own."),
    ("personality_traits", "Traits in words."),
    (
        "traits",
        "Traits as numbers by name: the Big Five, assertiveness, vocabulary_richness, novelty_seeking.",
    ),
    (
        "initial_knowledge",
        "Statements held at the start; the id or statement of a fact makes a holder of it.",
    ),
    ("initial_fidelity", "Resolution level at the start; null: `entities.initial_resolution`."),
    ("voice_guide", "How this one talks."),
    ("voice_guide.sentence_length", "Length of the sentences, in words of your own or as a number."),
    ("voice_guide.verbal_tics", "Turns of phrase that come up again."),
    ("voice_guide.never_says", "What is never said; a turn that does is asked again."),
    ("voice_guide.disagreement_style", "How this one disagrees."),
    ("voice_guide.specificity_anchors", "Concrete details brought up as evidence."),
    ("speech_examples", "Lines in this one's voice; each serves once."),
    ("relationships", "How this one stands to others, by their ids."),
    ("relationships.*.type", "Kind of tie, in a word."),
    ("relationships.*.trust", "Trust at the start."),
    ("relationships.*.affinity", "Liking at the start."),
    ("relationships.*.power", "Power over the other."),
    ("goals", "What this one wants."),
    ("body", "The body at the start."),
    ("body.age", "Age in years."),
    ("body.pain", "Pain."),
    ("body.illness", "Illness."),
    ("body.fatigue", "Fatigue."),
    ("body.location", "Where it is."),
    ("influence_channels", "Ways to reach others who are not present."),
    ("key_state_variables", "Quantities or states that matter to this one."),
)

_FACTS = _under(
    "metadata.facts[].",
    ("id", "Unique id; without it an address made from the statement."),
    ("statement", "One whole sentence in the third person."),
    ("handle", "Short noun phrase that names it; naming it counts as sharing it."),
    ("topic", "One or two words."),
    ("subject", "Id of whom it is about, who says I."),
    ("known_by", "Ids of its first holders; `*` for everyone."),
    ("source", "How they know: briefing, instrument, message, scene, witnessed, or a roster id."),
    ("confidence", "How sure they are."),
    ("bearing", "How far it speaks for options: by question and option, or by option alone."),
    ("enters", "Index of the moment at whose start it becomes known; null or 0: from the start."),
    ("importance", "How much it matters."),
) + _under("metadata.facts[].", ("leads_to", "Ids of facts that it leads to, or `outcome`."), modes=("portal",))

_QUESTIONS = _under(
    "metadata.questions[].",
    ("id", "Unique id."),
    ("text", "The question as people would put it."),
    ("topics", "Topics of the facts that bear on it."),
    ("options", "The courses open, two or more."),
    ("options[].id", "Id, unique in the question."),
    ("options[].label", "What to do, as a bare infinitive."),
    ("options[].noun", "The same as a noun phrase."),
    ("decides", "Id of who may decide; empty: by agreement."),
    ("at", "Index of the moment that has to settle it; null: whenever it comes up."),
    ("leanings", "Where people stand at the start, by id and option."),
)

_QUANTITIES = _under(
    "metadata.quantitative_tracking.*.",
    ("label", "Name in words."),
    ("unit", "Unit."),
    ("initial", "Value at the start. An entry without a number here is kept and not tracked."),
    ("threshold", "Value whose crossing matters; null: none."),
    ("per_hour", "Drift an hour of story time."),
    ("noise", "Standard deviation of an hour's chance change."),
    ("topic", "Topic of the facts that its readings are."),
    ("watched_by", "Ids of those who see its readings; `*` for everyone."),
)

_ARCHETYPES = _under(
    "metadata.archetypes.*.",
    ("tactics", "Argument tactics in order of preference."),
    ("disagreement", "Ways to disagree."),
    ("vocabulary", "Words that mark it."),
)

_BRANCHES = _under(
    "metadata.branching_points[].",
    ("timepoint", "Index or id of the moment."),
    ("day", "Day of the story."),
    ("trigger", "What brings the parting about."),
    ("branches", "The ways, by id or as a list."),
    ("branches.*.id", "Id of a listed branch; in an object the key is the id."),
    ("branches.*.label", "Its name."),
    ("branches.*.description", "What happens."),
    modes=("branching",),
)

METADATA_KEYS: tuple[Row, ...] = (
    *_TOP, *_ROSTER, *_FACTS, *_QUESTIONS, *_QUANTITIES, *_ARCHETYPES, *_BRANCHES, *NARRATIVE_KEYS, *CYCLE_KEYS,
)  # fmt: skip
