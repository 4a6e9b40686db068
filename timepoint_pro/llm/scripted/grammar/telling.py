"""Frames that tell a fact, weigh it, cite it, or react to one just told. See ``grammar`` for the notation."""

from __future__ import annotations

MOVES: dict[str, str] = {
    # A held fact, said in so many words.
    "tell": """
* | {F}.
* | {F}.
Here's what I have: {f}.
One thing you should all hear: {f}.
You may not know this yet: {f}.
This belongs on the table: {f}.
I'd put this first: {f}.
Let me add a fact: {f}.
Something bears on it: {f}.
There is this as well: {f}.
Before we go on: {f}.
Add this to the picture: {f}.
It comes down to something plain: {f}.
You can build on this: {f}.
I can give you one solid thing: {f}.
What stands out to me is this: {f}.
t+ | I'd like you to have this from me: {f}.
t+ | You'll want this, {n}: {f}.
t- | Whatever you make of it: {f}.
t- | I'd rather you heard it now than later: {f}.
v- bad | I wish it were otherwise: {f}.
v- bad | Here's the bad part: {f}.
v- bad | This is what worries me: {f}.
v- | I hate to be the one who says it: {f}.
v- | It troubles me to say it: {f}.
v+ | I'm glad I can put this in: {f}.
v+ | Happy to share what I have: {f}.
v+ | It does me good to say it openly: {f}.
a+ | Listen: {f}.
a+ | Now hear this: {f}!
a+ | It's urgent: {f}.
a- | No hurry with it, but {fe}.
e- | Short version: {f}.
e- | Just this... {f}.
c- | I had it written down somewhere... yes: {f}.
""",
    "tell_same": """
* | {F}.
That isn't all of it: {f}.
On the same point: {f}.
It goes further than that: {f}.
Put that together with this: {f}.
That fits with what I have: {f}.
I can add to that: {f}.
There's a second half to it: {f}.
Next to that belongs this: {f}.
And while we're there: {f}.
To go with it: {f}.
v- bad | It gets worse: {f}.
v- | And I have another sorry line to add: {f}.
v+ | I can gladly add to that: {f}.
a+ | And there's more! {F}.
t+ | That squares with mine, {n}: {f}.
t- | You left something out, {n}: {f}.
e- | One more... {f}.
""",
    # A second fact in the same breath.
    "tell_also": """
And there's this: {f}.
The other thing I have: {f}.
With it goes a second fact: {f}.
Besides that, {fe}.
And one more on the same side: {f}.
""",
    "tell_contrast": """
Against that stands this: {f}.
Set this beside it: {f}.
But {fe}.
And yet {fe}.
Only {fe}.
That leaves something out: {f}.
There's another side to it: {f}.
I have one fact that cuts the other way: {f}.
Weigh it against this: {f}.
What you say is one half. The other half: {f}.
It would be simpler if this weren't so: {f}.
Then explain this to me: {f}.
That would hold if it weren't for one thing: {f}.
v- bad | And that's where it hurts: {f}.
v- | Sadly, there's more to it: {f}.
v+ | In all friendship, look at this too: {f}.
a+ | Wait! {F}.
a+ | Hold on: {f}!
a- | Calmly, though: {f}.
t+ | With all I owe you, {n}: {f}.
t- | You'd have us forget this, {n}: {f}.
t- | Don't tell me that settles it. {F}.
e- | Still... {f}.
""",
    "tell_new": """
As for {t}: {f}.
Leave that for a moment. As for {t}, {fe}.
We should talk of {t} too: {f}.
Let me come to {t}: {f}.
A different point, about {t}: {f}.
May I bring in {t}? {F}.
If we're turning over stones, here's one about {t}: {f}.
We should not lose sight of {t}: {f}.
A word about {t}: {f}.
I have a fact about {t}: {f}.
Then there's the matter of {t}: {f}.
I owe you a line about {t}: {f}.
v- bad | It's no better with {t}: {f}.
v- | I'm afraid I have something about {t} as well: {f}.
v+ | I'm glad to add a word about {t}: {f}.
a+ | About {t}, quickly: {f}!
e- | And about {t}... {f}.
""",
    "tell_saw": """
I saw to this myself: {f}.
This one is first hand: {f}.
I can vouch for this: {f}.
I was there for this: {f}.
""",
    "tell_instrument": """
It's in the readings: {f}.
The instruments are plain about it: {f}.
I read it off the display: {f}.
The numbers are in: {f}.
I looked at the readings again: {f}.
""",
    "tell_briefing": """
I make no secret of it: {f}.
I've known that much for a while: {f}.
I've known this since before today: {f}.
As I've had it from the beginning: {f}.
I went back to what I was given at the start: {f}.
""",
    # What was decided elsewhere, to those who were not there.
    "tell_decision": """
You weren't all there, so for the record: {f}.
In case it hasn't reached you: {f}.
Something was settled in the meantime: {f}.
So that nobody hears it by chance: {f}.
One thing is behind us, by the way: {f}.
""",
    "tell_message": """
A message came in: {f}.
I've had word: {f}.
This reached me in writing: {f}.
I got a message about it: {f}.
""",
    "tell_told": """
I have this from {src}: {f}.
{src} told me, and I believe it: {f}.
What I heard from {src} is this: {f}.
As {src} put it to me: {f}.
""",
    "tell_hearsay": """
I have this second hand: {f}.
I was told this, and I pass it on as I got it: {f}.
It comes from somebody I trust: {f}.
""",
    "tell_inferred": """
If I put two and two together: {f}.
Nobody said it to me, but it follows: {f}.
It's an inference, so take it as one: {f}.
""",
    "tell_unsure": """
I wouldn't swear to it, but here it is: {f}.
Take it with care: {f}.
I may have it wrong: {f}.
As far as I know, and that's not far: {f}.
Somebody should check this: {f}.
I only half trust it: {f}.
""",
    # What a fact just told means for a course.
    "weigh_for": """
That speaks for {on}.
For me that's a reason to {o}.
It's hard to hear that and not {o}.
That brings me nearer to {on}.
On that alone I'd {o}.
You see why I lean towards {on}.
If that holds, we should {o}.
It makes the case for {on} better than I can.
v- | It leaves us little but to {o}.
v+ | It makes me hopeful about {on}.
a+ | So we {o}, and soon!
t- | Tell me how you get around that without {on}.
e- | So... {on}.
""",
    "weigh_against": """
That speaks against {on}.
I don't see how we {o} after that.
It makes me doubt {on}.
With that in hand I'd think twice about {on}.
That's a poor footing for {on}.
It takes the ground from under {on}.
If that holds, we'd be wrong to {o}.
Anyone who wants to {o} has to answer that.
v- | I don't like what it says about {on}.
v+ | Better to know it before we {o} than after.
a+ | We can't {o} with that in front of us!
t- | I'd like to hear you defend {on} after that.
e- | Not a good sign for {on}.
""",
    # Common ground named by its handle, as evidence.
    "cite_for": """
I keep coming back to {h}.
{H}: that's my reason.
Look at {h} again.
With {h} in front of us, what else is there?
You all know about {h}.
Think of {h}.
{H} is enough for me.
We have {h}, and nobody has shaken it.
I can't read {h} any other way.
For me it starts with {h}.
Nobody here disputes {h}.
v- | I can't get {h} out of my head.
v+ | {H} makes me all the surer.
v+ | With {h} I feel on firm ground.
a+ | What more than {h} do we need?
t- | You've known about {h} all this time, {n}.
t+ | {n}, you and I both know what {h} means.
""",
    "cite_against": """
It does not go together with {h}.
{H} stands in the way.
How do you square it with {h}?
You pass over {h}.
I can't forget {h}.
We'd be setting {h} aside.
What about {h}?
Not with {h} still on the table.
That leaves {h} without an answer.
Everything in it breaks on {h}.
v- | I see {h} coming back at us.
v+ | Settle {h} and I'm with you.
a+ | Has everybody forgotten {h}?
t- | You'd like us to forget {h}, {n}.
t+ | You of all people won't ignore {h}, {n}.
""",
    # Reactions to a fact that somebody else has just told; {ph} is its handle.
    "news_for": """
{Ph} helps my side of it, I think.
So {ph} points the same way.
Then {ph} settles part of it.
I didn't have {ph}. It fits.
{Ph} is what I was missing.
That's one more on the same side: {ph}.
v+ | Good. I can work with {ph}.
v- | I'd hoped not to hear {ph}, but it fits.
a+ | At last, {ph}!
t+ | Thank you, {n}. {Ph} helps.
t- | You might have told us about {ph} sooner, {n}.
""",
    "news_against": """
I didn't reckon with {ph}.
{Ph} is harder to get around.
{Ph} costs me an argument.
Fair enough, {ph} counts.
I can't wave {ph} away.
That changes the weight of it: {ph}.
v- | {Ph} is the last thing I wanted to hear.
v+ | Better that we know about {ph} now.
a+ | Why am I hearing about {ph} only now?
t+ | If you say so about {ph}, {n}, I'll take it.
t- | I'd want to check {ph} before I give way to it.
""",
    # What makes the speaker give way.
    "yielding": """
I can't get past {ph}.
{Ph} costs me my argument.
After {ph} I see it otherwise.
I have no answer to {ph}.
{Ph} changes it for me.
If it weren't for {ph} I'd have stayed where I was.
v- | I'd have liked to be spared {ph}, but there it is.
v+ | It's well that I heard about {ph} in time.
a+ | Then {ph} turns it round!
e- | With {ph}... well.
""",
    "news": """
So that's how it stands with {ph}.
I hadn't heard about {ph}.
{Ph} is new to me.
Good to have {ph} out in the open.
I'm noting {ph}.
I'll have to think about {ph}.
I'd not counted on {ph}.
{Ph}: that's worth knowing.
v- | {Ph} makes me uneasy.
v+ | I'm glad to know about {ph}.
a+ | {Ph}? Since when?
t+ | Thank you for {ph}, {n}.
t- | And you kept {ph} to yourself, {n}?
e- | {Ph}... all right.
""",
    # A fact just told that the speaker held as well, or that is about the speaker.
    "knew": """
I can confirm {ph}.
I knew about {ph}, and it's true.
{Ph}, yes. I have it too.
That agrees with what I know about {ph}.
I'd have brought up {ph} myself.
v- | I know about {ph}. I wish I didn't.
a+ | Yes, {ph}! I was going to say it.
t+ | {n} has it right about {ph}.
t- | {Ph}. At least we agree on the facts, {n}.
e- | {Ph}, yes... I know.
""",
    "owned": """
It's true about {ph}. I won't deny it.
I should have told you about {ph} myself.
You have me there, with {ph}.
{Ph}: yes, that was me.
I stand by {ph}. I had my reasons.
v- | I'd rather you hadn't heard about {ph} that way.
a+ | So {ph} is on the table! Fine.
t+ | You're right to bring up {ph}, {n}.
t- | I wondered when you'd bring up {ph}, {n}.
e- | {Ph}... yes, all right.
""",
    "old_news": """
You all know of {h}. I have nothing newer about {t}.
Beyond {h} I have nothing about {t}.
It's still {h}, as far as I know. Nothing new about {t}.
You know about {h}. I've seen nothing newer about {t}.
Nothing about {t} since {h}.
""",
    "news_plain": """
I hadn't heard that.
That's new to me.
Good that it's said.
I'll have to think about that.
So that's how it is.
v- | That makes me uneasy.
v+ | I'm glad to know it.
a+ | Since when?
t+ | Thank you for that, {n}.
t- | I'd have liked to know that earlier, {n}.
e- | Right... noted.
""",
}
