"""Frames that propose, support, oppose, hold, concede and change the subject. See ``grammar`` for the notation."""

from __future__ import annotations

MOVES: dict[str, str] = {
    "propose": """
I say we {o}.
Let's {o}.
My proposal: we {o}.
I'd put {on} on the table.
What if we {o}?
Then I'd suggest that we {o}.
I'd like us to {o}.
I'm ready to name a course: {on}.
Here's what I'd do: {o}.
It's time somebody said it: we {o}.
The way I see it, we {o}.
s | We {o}. I see no other way.
s | I'm for {on}, without reserve.
w | Could we {o}? I'm thinking aloud.
w | Perhaps we should {o}.
v+ | I believe we can {o} and come out well.
v- | It isn't pretty, but we should {o}.
a+ | We {o}, and we do it now!
a- | Taken calmly, I'd {o}.
t+ | {n}, help me with this: I'd like us to {o}.
t- | You won't like it, {n}. I say we {o}.
e- | Let's just {o}.
c- | I've lost the finer points, but I'd {o}.
""",
    # Another course than the one that the speaker was for.
    "compromise": """
Then let's {o} instead.
If not {altn}, then {on}.
What if we leave {altn} and {o} instead?
I'd give up {altn} for {on}.
I can't hold on to {altn} after this. Let's {o}.
Let me offer something else: we {o}.
s | I drop {altn}. We {o}, and I'm sure of it now.
w | It may be that {on} is nearer to what we need.
v+ | Gladly then, let's {o} and leave {altn}.
v- | It's not what I hoped for, but we could {o}.
a+ | All right! We drop {altn}, and we {o}!
t+ | {n}, would it help you if we {o} instead?
t- | I won't give you all of it, {n}. We could {o}.
e- | Let's just {o}, then... I'm past fighting.
""",
    "support": """
I'm with you on {on}.
Yes, {o}.
I'd {o} too.
Count me in for {on}.
I can stand behind {on}.
That's where I come out as well: {on}.
Then we agree. We {o}.
I've nothing against {on}, and a good deal for it.
You can have my vote for {on}.
I back {on}.
s | I'm for {on} all the way.
s | Of course we {o}.
w | I can live with {on}.
w | I won't stand in the way of {on}.
v+ | I like it. Let's {o}.
v- | I see nothing better than {on}.
a+ | Yes! We {o}.
a- | I'm at ease with {on}.
t+ | {n}, I'm with you. We {o}.
t- | For once we agree, {n}: {o}.
e- | Fine by me... {o}.
""",
    "amend": """
I'd go along with {on}, on one condition: we look again as soon as anything changes.
{On}, yes, but with a time set to look at it again.
I can support {on} if we agree now what would make us stop.
Let's {o}, and let's write down when we'd turn back.
I'm for {on}, if somebody keeps an eye on the rest meanwhile.
""",
    "oppose": """
I can't go along with {on}.
I'm against {on}.
I don't think we should {o}.
I'd be uneasy if we {o}.
No, not {on}.
I don't see the case for {on}.
We'd regret it if we {o}.
I have to speak against {on}.
s | If we {o}, it's without my consent.
s | I won't put my name to {on}.
w | I'm not convinced about {on}.
w | I have my doubts about {on}.
v- | The thought of {on} troubles me.
v+ | I think we can do better than {on}.
a+ | No! We can't {o}.
a+ | Stop. Not {on}, not like this!
a- | Without any heat: I wouldn't {o}.
t+ | {n}, you know I value your judgement. I still wouldn't {o}.
t+ | We seldom differ, {n}, but I wouldn't {o}.
t- | You've been pushing {on} from the start, {n}. Why?
t- | That's easy for you to say, {n}. I'm against {on}.
blunt | No. We don't {o}.
blunt | {On}? That's a mistake.
soft | I wonder whether {on} is quite what we need.
soft | Might there be something kinder to all of us than {on}?
ask | And if we {o}, what then?
ask | What makes you sure that we should {o}?
data | Show me the figure that says we should {o}.
data | I see no evidence for {on} yet.
dry | {On}. Well, that would be one way to go down in history.
dry | I admire the courage of anyone who'd {o}.
formal | Let it be noted that I object to {on}.
formal | I ask that my objection to {on} be kept with the record.
feel | My whole gut says no to {on}.
feel | I couldn't sleep if we {o}.
e- | Not {on}... please.
""",
    "second_no": """
I'm with {who} on that: not {on}.
{who} is right about {on}. It won't do.
I was about to say the same as {who}. Let's not {o}.
Add my name to {who}'s. I'm against {on}.
Count me with {who}. We shouldn't {o}.
{who} has said it for me. I don't want us to {o}.
v- | {who} fears what I fear if we {o}.
a+ | Listen to {who}! We can't {o}.
t+ | I trust {who} on this. Not {on}.
t- | I don't often agree with {who}, but not {on}.
e- | What {who} said... not {on}.
""",
    "counter": """
I'd rather {alt}.
Better to {alt}.
What I'd do instead: {alt}.
Compare it with {altn}.
{Altn} would serve us better.
Why not {alt}?
If anything, {alt}.
My own choice is {altn}.
a+ | We should {alt}, and quickly!
w | Perhaps {alt}?
s | There's one answer to this: {alt}.
""",
    "hold": """
I hear you, and I haven't changed my mind about {on}.
That doesn't move me. I'd still {o}.
I've listened. I still say we {o}.
We see it differently, then. I stay with {on}.
You make your case well, {n}. I keep to {on}.
I've weighed that already, and I come out at {on}.
I take the point, and it doesn't outweigh what speaks for {on}.
Granted, and still {on}.
s | You won't talk me out of {on}.
v- | I wish I could agree, {n}. I'm still for {on}.
v+ | No hard feelings, {n}. I stay with {on}.
a+ | No, {n}! I'm not giving up {on}.
t+ | With respect and no anger, {n}, I'd still {o}.
t- | Saying it again doesn't make it so. I'm still for {on}.
e- | I'm too tired to argue it twice. {On}.
""",
    "concede": """
All right. I give you that. {On}, then.
You have a point, {n}. I withdraw what I said about {altn}.
I was wrong about {altn}, it seems. {On}, then.
Fair enough. I can see {on} now.
You've changed my mind about {on}.
I'll let go of {altn}. We {o}.
I won't fight {on} any longer.
Then I was too quick. We {o}.
v+ | I'm glad we talked. {On}, then.
v- | I don't like it, but I can't answer it. {On}, then.
a+ | All right, all right! We {o}.
t+ | If you see it that way, {n}, I'll follow you.
t- | I'll yield on {on}, {n}, this once.
w | I think I have to come round to {on}.
e- | Enough. {On} it is.
""",
    "partial": """
You're right about that part.
I give you that one.
That's fair, as far as it goes.
I can't dispute that.
Point taken.
I'll grant you that much, {n}.
v- | That one hurts, because it's true.
a+ | Yes, yes, granted!
t- | That one you can have, {n}.
""",
    "why": """
Why {on}, {n}? What did I miss?
Walk me through {on}, {n}. What does it solve?
And what would {on} cost us, {n}?
{n}, what happens to the rest if we {o}?
Before I say yes, {n}: what could go wrong with {on}?
a+ | {On}, {n}? Now?
t- | Who gains from {on}, {n}?
t+ | Help me see it, {n}. Why {on}?
""",
    "shift": """
Let's leave that for now and talk about {t}.
We're going round in circles. What about {t}?
I'd like to turn to {t}.
There's something else, about {t}.
Can we come to {t}?
a+ | Next: {t}!
e- | Can we move on? To {t}.
""",
    # A last word when somebody else has to settle it.
    "handover": """
I've said what I have, {n}. It's yours to decide.
{n}, we've been over it. Which way?
We won't find more by talking. {n}?
That's all from me. {n}, your call.
{n}, you've heard us. What do we do?
v- | I see no end to this, {n}. Please decide.
a+ | {n}, decide! We're losing time.
t+ | {n}, I'll follow you either way. Which is it?
t- | Then decide, {n}, and stand by it.
""",
    "idle": """
I've nothing to add.
That's all from me.
Nothing new on my side.
I've said my part.
I think we've heard what there is.
There's no more to get out of me.
I leave it at that.
Let somebody else speak.
I've come to the end of what I know.
That's all I can say about {t}.
About {t} I know nothing more.
I've told you what I know about {t}.
There's nothing more about {t} from me.
v- | I've run out of arguments.
a- | I'm content to leave it there.
e- | I've nothing left to add.
""",
    "thanks": """
Thank you, {n}. That wasn't easy to say.
I appreciate that, {n}.
Good of you to say so, {n}.
Then we're closer than I thought, {n}.
v+ | I'm glad we met on that, {n}.
t- | I'll remember that you said so, {n}.
""",
}
