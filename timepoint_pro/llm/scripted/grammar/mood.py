"""Frames that colour a turn: small openings by state, and a word of feeling by tone. See ``grammar``."""

from __future__ import annotations

MOVES: dict[str, str] = {
    # Small openings before a turn, by what it does.
    "lead_own": """
One more thing.
Listen.
May I?
Here's how I see it.
I'll be brief.
Something else.
v- | I don't like saying this.
v- | It's not what I'd hoped.
v+ | I'm encouraged, so far.
v+ | There's a way through this.
a+ | Quickly!
a+ | We need to move!
a+ | Now!
a- | Let's stay calm.
a- | Slowly, now.
t+ | I'm glad you're here, {n}.
t+ | {n}, you know me.
t- | I'll say it once.
t- | Hear me out for a change, {n}.
e- | I'm worn out, so just this.
e- | Give me a second...
c- | Where was I... yes.
c- | I had a thought, wait.
""",
    "lead_yes": """
Agreed.
Yes.
That's right.
v+ | Good, very good.
v+ | Gladly.
v- | Sadly, yes.
v- | I'm afraid so.
a+ | Exactly!
a+ | Yes, at last!
a- | Quite so.
t+ | Well said, {n}.
t+ | You're right, {n}.
t- | For once, yes.
e- | Mm, yes.
c- | Yes... I think I follow.
""",
    "lead_no": """
No.
I see it differently.
I can't agree.
Not so fast.
v- | That's a bad road.
v- | I hate to say it.
v+ | A kind thought, but no.
v+ | Gladly, if it were so.
a+ | No, no!
a+ | Stop right there!
a- | Let me differ, quietly.
t+ | My friend, no.
t+ | I say this as someone on your side, {n}.
t- | I don't buy it, {n}.
t- | So you say, {n}.
t- | Really, {n}?
e- | No... I'm sorry.
c- | I lost you halfway, but no.
""",
    # A short word of feeling that goes with the tone.
    "tone_warm": """
It's good to have all of you in this.
Thank you for hearing me out.
You make this easier for me, all of you.
I like how we're going at this.
It does me good to hear you all.
I'm grateful we can talk like this.
It's good to work on this with you.
I'm glad you're all here.
We're good at this when we listen to each other.
I appreciate the care that you all take.
""",
    "tone_hopeful": """
I can see the end of it from here.
Give us a chance and we'll do it.
I'm looking forward to the day after.
I'm in good spirits about it.
We've got what it takes.
I think we can do this.
There's a good way out of this.
I'm hopeful, I really am!
We're closer than it looks.
This can still come out well.
""",
    "tone_calm": """
One thing after the other.
Nobody needs to raise their voice.
It'll keep for a minute.
Let's give it the time it needs.
There's time for that.
There's no need to rush it.
We have time to do this properly.
Let's take it step by step.
I'm in no hurry.
Let's keep it simple.
""",
    "tone_urgent": """
It's now or not at all.
Don't let it lie!
The clock's running.
Let's be quick about it!
Not later, now.
We can't wait with this!
Every hour counts now.
Let's move!
This has to happen now.
We're losing time!
""",
    "tone_worried": """
I keep turning it over at night.
I'm uneasy, and I'd be lying if I hid it.
I fear we're late.
That's what scares me.
It sits badly with me.
It worries me.
I have a bad feeling about it.
I'm afraid of where this goes.
I don't sleep well with it.
It could go wrong quickly.
""",
    "tone_tense": """
I'm on edge, I'll admit.
We're walking on thin ice.
I can feel it in my neck.
Choose your next words well.
It's getting tight between us.
I don't like where this is going.
This isn't comfortable for me.
Let's be careful what we say.
I'd rather not find out the hard way.
Something has to give.
""",
    "tone_frustrated": """
It's hard to keep my patience.
I'm running out of ways to put it.
That annoys me, and I won't hide it.
This should've been simple.
I feel I'm talking to a wall.
I'm tired of going round this.
How often do I have to say it?
It's wearing, frankly.
We've been here before, and it's no better.
I had hoped for more than that.
""",
    "tone_angry": """
I won't stand for it!
It makes me furious!
I'm done being polite about it!
Enough is enough!
I'll not be brushed aside!
I'm angry, and I think I've a right to be!
This is no way to do it!
I've had enough of this!
Don't ask me to smile about it!
That's not good enough!
""",
    "tone_sad": """
I'd hoped for better news.
It weighs on me.
That's a loss, whichever way we turn.
I'm low about it, I admit.
Some things one would rather not know.
It makes me sad, to be plain.
I wish it had gone another way.
It's a pity.
There's not much joy in this.
I take no pleasure in it.
""",
    "tone_weary": """
It's been a long stretch...
I'm running on empty.
Bear with me, I'm worn.
I could fall asleep standing.
My words come slowly now...
I'm tired...
I can't think much further tonight.
Forgive me, I'm slow today.
I need a rest after this...
My head is heavy.
""",
}
