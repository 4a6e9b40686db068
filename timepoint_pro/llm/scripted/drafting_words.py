"""Occasions and roles from which the built-in model drafts a template."""

from __future__ import annotations

from functools import cache

from attrs import frozen


@frozen
class Occasion:
    """A kind of meeting.

    ``words`` point to it and are matched whole: the occasion with the most of them wins. ``location`` and
    ``resolution`` are where it takes place and its unit of time; ``roles`` are names of roles, who usually comes.
    """

    words: frozenset[str]
    location: str
    resolution: str
    roles: tuple[str, ...]


@frozen
class Role:
    """A part in a meeting: words for it, how it argues, temper, what it wants, and a line in its voice."""

    name: str
    words: frozenset[str]
    archetype: str
    traits: tuple[str, ...]
    wants: tuple[str, ...]
    says: str


# name | place | unit of time | roles, then the words that point to it
_OCCASIONS = """
board | board room | day | chair, chief executive, finance director, founder, outside director
    board boardroom merger takeover shareholder shareholders directors company acquisition ceo corporate firm
startup | office | day | founder, investor, product lead, finance director
    startup start-up investor investors venture pitch funding app
space | habitat | hour | commander, engineer, physician, scientist
    mars moon orbit spacecraft astronaut astronauts spaceship station rocket lunar asteroid crew mission
sea | ship's mess | hour | captain, mechanic, cook, passenger
    ship boat ferry submarine captain sea sailors harbour harbor island castaways fishing
clinic | ward office | hour | physician, nurse, hospital manager, relative of a patient
    hospital clinic ward patient patients doctor doctors nurse nurses surgeon surgery epidemic outbreak medical
town | town hall | day | mayor, engineer, shopkeeper, schoolteacher, reporter
    town city village council mayor citizens neighbours neighbors dam flood road bridge park local river water
school | staff room | day | head teacher, schoolteacher, parent, caretaker
    school teacher teachers pupils students university classroom principal headmaster exam campus college
court | jury room | hour | foreman, shopkeeper, engineer, nurse, student
    court trial jury jurors verdict lawsuit judge lawyer lawyers prosecution crime
family | kitchen | day | eldest of the family, youngest of the family, in-law, old friend of the family
    family inheritance inherit will father mother siblings sister sisters brother brothers wedding funeral
    grandmother farm house
newsroom | newsroom | hour | editor, reporter, lawyer, fact checker
    newspaper newsroom editor editors reporter reporters journalist journalists press story magazine
stage | rehearsal room | day | artistic director, performer, house manager, sponsor
    theatre theater orchestra band choir opera film play actors musicians concert festival museum gallery
labour | canteen | day | shop steward, plant manager, engineer, lawyer
    strike union factory workers plant wages layoffs redundancies shift workshop
kitchen | kitchen | hour | head cook, owner, waiter, food inspector
    restaurant kitchen chef cook cooks menu bakery brewery hotel cafe
science | seminar room | day | scientist, student, head of the laboratory, officer of the fund
    research laboratory lab experiment scientists scientist expedition telescope data grant professor discovery
politics | conference room | day | minister, envoy, general, adviser
    parliament minister ministers election treaty government senate president embassy summit negotiation peace
    war
sport | changing room | day | coach, captain of the team, manager of the club, physician
    team coach match club players football league season tournament athletes
meeting | meeting room | day | chair, engineer, adviser, treasurer
"""

# name | archetype | temper | words for it, then what it wants, then a line in its voice
_ROLES = """
chair | diplomat | composed, fair | chair chairman chairwoman chairperson
    bring everybody to one decision; keep it out of the newspapers
    A room that splits here splits in the street.
chief executive | executive | driven, thin-skinned | ceo chief-executive
    close the matter before the summer; leave with a clean record
    Every month of talk costs us a month.
finance director | scientist | precise, quiet | cfo accountant treasurer-general finance-director
    keep the house solvent; put true figures on the table
    Cash has no opinions.
founder | engineer | proud, inventive | founder founders
    protect what was built; keep a voice in it
    I have seen better plans on napkins.
outside director | lawyer | sharp, principled | director directors
    keep the process defensible; have every interest declared
    Good faith is what can be shown afterwards.
investor | executive | quick, sceptical | investor investors banker bankers
    get a fair share for the risk; be out within five years
    I back people who tell me the bad part first.
product lead | engineer | careful, stubborn | designer developer programmer
    ship what works; spare the team another weekend
    It works on the bench. The bench is warm.
commander | military_commander | steady, sparing with praise | commander astronaut astronauts
    bring everybody home; finish the mission
    Nobody votes on a leak.
captain | military_commander | calm, proud | captain skipper
    bring everybody in safely; keep the log straight
    The sea is not against us. It does not know us.
general | military_commander | blunt, loyal | general colonel officer soldier soldiers
    keep the line from breaking; lose nobody for a gesture
    A late order is a bad order.
engineer | engineer | exact, dry | engineer engineers technician architect
    have it tested before it is trusted; mend it once and properly
    I like parts that fail loudly.
mechanic | engineer | handy, mocking | mechanic carpenter plumber electrician
    mend what can be mended; waste nothing
    You cannot oil a promise.
physician | doctor | patient, blunt about bodies | doctor doctors physician surgeon medic
    do no harm; keep everybody fit for the work
    I count heads first.
nurse | doctor | gentle, firm | nurse nurses midwife
    see that nobody is forgotten; sleep four hours in a row
    Somebody has to be there at four in the morning.
hospital manager | executive | brisk, cornered | administrator
    keep the beds open; get through the inspection
    A bed is a number until somebody lies in it.
relative of a patient | politician | tired, insistent | relative patient patients
    be told the truth; get some sleep and an answer
    You talk about it. We go home with it.
mayor | politician | warm, shrewd | mayor mayors
    keep the town calm; be able to face the voters
    A town forgives a mistake sooner than a secret.
shopkeeper | executive | practical, quick to anger | shopkeeper shopkeepers merchant baker farmer farmers fisherman
    keep the doors open; see somebody answer for it
    I pay for every idea that you have in here.
schoolteacher | diplomat | clear, kind | teacher teachers schoolteacher
    keep the children out of it; hear everybody
    Two people can be right and still shout.
head teacher | executive | orderly, overworked | principal headmaster headmistress
    keep the school open; keep the staff together
    I answer for it at the gate, every morning.
parent | politician | worried, persistent | parent parents
    be told before it happens; have the children safe
    I was told by my daughter. That is the wrong way round.
caretaker | safety_officer | observant, gruff | caretaker janitor guard
    have somebody look at it; be believed
    Doors tell you who used them.
foreman | diplomat | orderly, patient | foreman juror jurors
    reach an answer that all can sign; hear everyone
    We remember different days of the same week.
student | scientist | eager, bookish | student students apprentice trainee intern
    do it properly; be taken seriously
    I wrote down every second of it.
eldest of the family | executive | dutiful, touchy | eldest father grandfather uncle
    keep the house in the family; have the last word once
    I stayed. Somebody had to.
youngest of the family | politician | warm, restless | sister sisters brother brothers sibling siblings daughter son
    get a fair share; say what nobody has said
    You call it tradition because it pays you.
in-law | lawyer | level, outspoken | wife husband in-law spouse
    have it in writing; keep the peace at home
    I read the letter. All of it.
old friend of the family | diplomat | discreet, fond of everybody | friend friends neighbour neighbor
    keep a promise to the dead; end it without a quarrel
    I was in the room when he said it.
editor | executive | principled, competitive | editor editors
    print what is so; keep the readers
    A correction costs a blush. Silence costs the paper.
reporter | journalist | dogged, fair | reporter reporters journalist journalists
    find out how it was; protect a source
    Somebody always keeps the receipt.
lawyer | lawyer | dry, pessimistic | lawyer lawyers counsel attorney
    keep the house out of court; have every word cleared
    I do not ask whether it is true. I ask who swears to it.
fact checker | scientist | exact, shy | checker auditor analyst
    find out where it went wrong; see the original
    A name is a fact too.
artistic director | scientist | exact, allergic to slogans | conductor playwright curator
    open on Saturday with something worth hearing; keep good people
    Silence is also in the score.
performer | politician | fiery, funny | actor actors actress musician musicians singer dancer
    be paid on time; stand by the others
    You cannot pay rent in applause.
house manager | safety_officer | thorough, unsmiling | stage-manager landlord
    fill the house and empty it safely; keep to the budget
    Eight hundred people have one staircase.
sponsor | executive | generous, vain | sponsor patron
    see the name on the wall; have no scandal
    I give gladly, and once.
shop steward | politician | loud, loyal | steward unionist worker workers striker strikers
    win the vote; see the books
    Show me the year in which there was money.
plant manager | executive | cornered, not unkind | manager managers boss
    keep the line running; save what posts there are
    I sign for the hours, not for miracles.
head cook | executive | quick, deaf to excuses | cook cooks chef chefs
    feed everybody; keep the kitchen in one piece
    Nobody argues with soup.
cook | diplomat | soothing, inventive | steward's-mate galley
    feed everybody twice a day; keep spirits up
    People forgive a great deal to whoever brings the bread.
owner | executive | stubborn, tired of debts | owner owners
    keep the doors open; owe nobody by the spring
    I have buried two businesses. Not a third.
waiter | journalist | observant, quick | waiter waitress waiters bartender
    have the guests told the truth; keep the job
    I hear what people say when they think that I am furniture.
food inspector | safety_officer | exact, unafraid of being disliked | inspector inspectors
    keep people from falling ill; have it written down
    A thermometer has no friends.
scientist | scientist | curious, precise | scientist scientists researcher researchers geologist biologist archaeologist
    find out what is so; repeat it once before it is told
    A small sample is an anecdote with a ruler.
head of the laboratory | executive | grand, impatient | professor professors
    publish first; keep the group funded
    I have seen a hundred promising mice.
officer of the fund | politician | tactful, overworked | funder
    have a process that stands up; bring home one brave choice
    Somebody has to write to the ones who lose.
minister | politician | affable, watchful | minister ministers president senator senators
    come home with a text; lose nobody's face
    An ambiguity is a bridge.
envoy | diplomat | courteous, patient | envoy ambassador diplomat diplomats negotiator
    keep both sides at the table; find a form of words
    I have never found that a door slammed shut stayed shut.
adviser | lawyer | quiet, exact | adviser advisor consultant
    have the risk understood; be asked in time
    I can defend a number. I cannot defend a mood.
coach | military_commander | demanding, fond of the team | coach coaches trainer
    win on Saturday; keep the team whole
    You play as you eat together.
captain of the team | politician | loyal, outspoken | captain player players athlete athletes
    stand by the others; play without pain
    They hear it from me or from the papers.
manager of the club | executive | smooth, short of money | club-manager
    keep the club afloat; sell no more than one player
    The bank does not read the table.
treasurer | scientist | careful, dry | treasurer
    balance the books; spend the fund once and well
    Everything is cheap until it is paid for.
passenger | journalist | alert, afraid of the dark | passenger passengers tourist tourists traveller
    be told what is happening; get home
    I can bear bad news. I cannot bear none.
"""

EXTRA_ROLES = ("engineer", "adviser", "reporter", "lawyer", "scientist", "treasurer", "schoolteacher", "nurse")
"""Whom a meeting takes in when more people are asked for than its occasion has roles."""


@cache
def occasions() -> dict[str, Occasion]:
    """The occasions by name; the last one, ``meeting``, serves where no word points anywhere."""
    found = {}
    for head, *lines in _entries(_OCCASIONS):
        name, location, resolution, roles = head.split(" | ")
        found[name] = Occasion(frozenset(" ".join(lines).split()), location, resolution, tuple(roles.split(", ")))
    return found


@cache
def roles() -> dict[str, Role]:
    """The roles by name."""
    found = {}
    for head, wants, says in _entries(_ROLES):
        name, archetype, traits, words = head.split(" | ")
        found[name] = Role(
            name, frozenset(words.split()), archetype, tuple(traits.split(", ")), tuple(wants.split("; ")), says
        )
    return found


def _entries(block: str) -> list[list[str]]:
    """A line that begins at the margin and the indented ones below it, without their indent."""
    entries: list[list[str]] = []
    for line in block.strip().splitlines():
        if line.startswith(" "):
            entries[-1].append(line.strip())
        else:
            entries.append([line])
    return entries
