"""Words by which tone, haste, agreement and doubt are counted. English; other languages are counted as neutral."""

from __future__ import annotations

PLEASANT = frozenset((
    "able", "agree", "agreed", "appreciate", "assured", "beautiful", "best", "better", "bright", "calm", "care",
    "cheerful", "clear", "comfort", "confident", "easy", "encouraging", "enjoy", "excellent", "fair", "fine",
    "free", "friend", "friendly", "fun", "generous", "glad", "gladly", "good", "grateful", "great", "happy",
    "help", "helped", "helpful", "helps", "hope", "hoped", "hopeful", "improve", "improved", "joy", "kind",
    "laugh", "like", "love", "luck", "lucky", "nice", "openly", "pleasant", "please", "pleased", "pleasure",
    "proud", "ready", "relief", "safe", "safely", "sound", "steady", "strong", "succeed", "success", "sure",
    "thank", "thankful", "thanks", "together", "trust", "warm", "welcome", "well", "win", "wins", "wonderful",
    "worth",
))  # fmt: skip
"""Words of pleasant tone."""

UNPLEASANT = frozenset((
    "afraid", "against", "alarm", "alone", "angry", "anxious", "ashamed", "awful", "bad", "badly", "blame",
    "broken", "cold", "cost", "costs", "damage", "danger", "dangerous", "dead", "death", "delay", "difficult",
    "dread", "enough", "fail", "failed", "failing", "fails", "failure", "fault", "fear", "fears", "fool",
    "grim", "guilty", "hard", "harm", "hate", "hurt", "hurts", "ill", "impossible", "lie", "lies", "lose",
    "loses", "losing", "loss", "lost", "mess", "miserable", "mistake", "never", "nobody", "nothing", "pain",
    "painful", "poor", "problem", "refuse", "risk", "risks", "sad", "sick", "sorry", "stop", "suffer",
    "terrible", "threat", "tired", "trouble", "ugly", "uneasy", "unhappy", "unsafe", "upset", "useless", "warn",
    "warning", "weak", "worn", "worried", "worry", "worse", "worst", "wrong",
))  # fmt: skip
"""Words of unpleasant tone."""

HURRYING = (
    "at once", "can't wait", "every hour", "every minute", "hurry", "immediately", "no time", "quick", "quickly",
    "right away", "right now", "running out of time", "this minute", "urgent", "we need to move",
)  # fmt: skip
"""Words and phrases of haste."""

AGREEING = (
    "agree with you", "agreed", "by your word", "count on me", "count on you", "exactly", "follow you", "fair point",
    "friend", "glad", "gladly", "good point", "grateful", "i believe you", "i'm with", "kind of you", "my friend",
    "of course", "on your side", "rely on you", "thank you", "thanks", "that's right", "together", "trust you",
    "value your", "your judgement", "well said", "with pleasure", "you know me", "you're right", "your view",
)  # fmt: skip
"""Marks of agreement and of confidence in the other."""

DOUBTING = (
    "can't agree", "disagree", "don't believe", "easy for you to say", "don't buy", "doubt", "excuse", "for a change",
    "for once", "guess", "hardly", "hear me out", "i object", "keeping to yourself", "maybe", "might",
    "not convinced", "not so fast", "not so sure", "not sure", "on your head", "perhaps", "possibly", "prove it",
    "really", "says who", "see it differently", "seems", "show me", "so you say", "suppose", "who says",
    "you would say that",
)  # fmt: skip
"""Marks of doubt, hedging and disagreement."""
