"""The words that the grammar knows: those with a part in it, verbs that people use often, adjectives, and refused ones.

A verb need not be listed to be understood; that it is helps to find it among words that could be nouns.
"""

from __future__ import annotations

from pramana.graph.english.morphology import participle, past, third_person

__all__ = [
    "ADJECTIVES", "ARTICLES", "BASE", "BASE_OF", "CONJUNCTIONS", "EVERY", "GENERIC", "MODALS", "NOUNS_TOO",
    "NUMBERS", "PARTICIPLES", "PARTICLES", "PASTS", "PREPOSITIONS", "PRONOUNS", "QUESTION_WORDS",
    "REFLEXIVES", "REFUSED", "RELATIVES", "RESERVED", "THIRD", "TIMES", "VERBS_ONLY",
    "is_adjective", "is_adverb", "is_demonym",
]  # fmt: skip

ARTICLES = frozenset({"a", "an", "the"})
EVERY = frozenset({"every", "each", "all", "any"})
CONJUNCTIONS = frozenset({"and", "but", "&"})
RELATIVES = frozenset({"that", "who", "which"})
GENERIC = {"person": "person", "people": "person", "thing": "thing", "things": "thing"}
"""Nouns that say nothing more where something is said of them: "red people" are whatever is red."""

PRONOUNS: dict[str, frozenset[str]] = {
    "it": frozenset({"thing", "noun"}),
    **dict.fromkeys(("they", "them"), frozenset({"thing", "noun", "one"})),
    **dict.fromkeys(("he", "she", "him", "her"), frozenset({"noun", "one"})),
}
"""What each pronoun can stand for: something (thing), someone (one), or a noun."""
REFLEXIVES = frozenset(["itself", "himself", "herself", "themselves", "themself"])

_PREPOSITIONS_WORDS = """
of to in on at by for from with without within into onto upon than as about above across after against along
among around before behind below beneath beside besides between beyond inside near off outside over past through
throughout toward towards under up down via
"""
PREPOSITIONS = frozenset(_PREPOSITIONS_WORDS.split())
PARTICLES = frozenset(
    ["on", "off", "up", "down", "in", "inside", "outside", "over", "near", "above", "below"]
)
"""Prepositions that say something by themselves: "the switch is on"."""
_NUMBERS_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve twenty fifty hundred thousand million
"""
NUMBERS = frozenset(_NUMBERS_WORDS.split())

# Words that are verbs wherever they stand, and words that are nouns or adjectives as well.
_VERBS_ONLY = """
accept achieve acquire activate add admire admit adopt adore affect afford allow analyse analyze announce annoy
apply appoint appreciate approve arise arrange ask assess assist assume attend attract authenticate authorise
authorize avoid become befriend beget begin believe belong betray borrow breathe bring build bypass cancel carry catch
cease celebrate chase choose clarify climb collect combine communicate compile compose compress compute conceal
concern conduct confirm confuse connect consider consist constitute construct consume contain convert convey
convince create cultivate cure decide decode decompress decrypt deduce defend define delete deliver deny depend
deploy derive describe deserve destroy detect determine develop devour differ digest disable disclose discover
dislike distribute divide earn eat educate elect eliminate embed employ enable encode encounter encourage
encrypt enforce enhance enjoy ensure enter establish evaluate examine exceed execute exist expect explain expose
express extend extract facilitate fail fetch flee follow forbid forget forgive generate get give go govern grow
guarantee guess heal hear hire identify ignore imagine imply impress improve include indicate inform inhabit
inherit inhibit inject injure inspire install intercept introduce invade invent invest investigate invite invoke
involve justify keep kill know lack learn leave lend let like listen lose maintain make manage manufacture marry
melt migrate mitigate modify motivate neglect negotiate notify obey observe obtain occupy occur oppose orbit
organise organize overcome oversee overwrite participate perform permit persuade possess precede predict prefer
prepare prescribe preserve prevent prioritise prioritize prohibit promote propose protect prove provide publish
pursue raise reach receive recognise recognize recommend recover reduce refer reflect refuse regulate reject
relate rely remain remember remove repel replace represent require reside resolve retain reveal satisfy save say
see seek seem sell send serve signify sing sit solve speak specify spend strengthen succeed suggest supervise
survive swim take teach tell tend terrify think threaten tolerate transform translate transmit undermine
understand utilise utilize validate vary verify violate weaken weigh write
arrive behave coexist collide configure crumble decompose depart deserialize deteriorate dissolve disappear emit
erode evaporate evolve expand expire explode ferment germinate giggle happen hibernate implement initialize
instantiate iterate kneel molt oscillate photosynthesize purr replicate restrict retry serialize sneeze
subscribe synchronize terminate tremble vanish vibrate weep wither
"""
_VERBS_TOO = """
access act address advance aid aim answer appeal approach argue arrest attack audit back balance bark bear beat
bend benefit bind bite blame blast block board boost bother breach break breed burn buy cache call care cast
cause challenge change charge check claim clean clone close command commit compromise contact contrast control
cook copy correct corrupt cost count cover crash crawl cross cry damage dance deal debate defeat delay demand
design desire doubt drain draw dream dress drink drive drop dump edit end escape estimate exchange excuse
exercise experience experiment exploit export face fall favor favour fear feed feel fight file fill filter
finance find finish fish fit flow fly force forge fork form format freeze frighten fuel function fund gain grant
greet guard guide handle harm hate haunt head help hide hold host house hug hunt hurt impact import increase
index influence interest issue join judge jump kick kiss land laugh lay lead leak lie lift light limit link list
live load loan lock log look love map mark match matter mean measure meet merge miss mix model monitor mount
move mutate name need nest nurse object offer open operate order outrank overflow owe own pack parent parse pass
patch pay pet place plan plant play please point poison pollute post power praise press prey print prize process
produce profit program promise pull punish purchase push question quote race range rank rate read rebel record
recruit refund regret release render rent repair repeat reply report request rescue research reserve respect
rest result retire return reward ride rise risk rival rock roll rule run rush scan scare scope score scream
search secure sense separate set shape share shelter shine shoot show shut sign signal sink sleep slide slow
smell smile smoke snow sound source spam sponsor spoof spot spread spy stage stand start state stay steal stem
step stop store stress stretch strike struggle study suffer suit supply support surprise surround suspect switch
talk target taste tax test thank throttle throw tie time touch track trade train travel treat trigger trust turn
update upgrade use value view visit vote wait walk want warm warn wash waste watch wear welcome win wish wonder
work worry worship wound
appear bloom blossom boil bounce burst chirp collapse contract cough crack decay die dive drift drip explode fade
forward flap float glow graze growl hatch hiss hop howl implode leap mate meow moo oink overheat override ping poll
proxy quack rattle reboot recurse redirect restart ring ripen roar rot rotate rust scale shiver shrink snore sparkle
spin squeak stream stumble subclass sweat swell transfer twinkle wag whistle wrap yawn
"""
VERBS_ONLY = frozenset(_VERBS_ONLY.split()) | {"have"}
BASE = VERBS_ONLY | frozenset(_VERBS_TOO.split())
BASE_OF = {third_person(verb): verb for verb in sorted(BASE)}
THIRD = frozenset(BASE_OF)
PARTICIPLES = {participle(verb): verb for verb in sorted(BASE - {"have"})}

_PAST = """
was:be were:be been:be had:have did:do done:do ate:eat eaten:eat saw:see seen:see ran:run went:go gone:go gave:give
given:give took:take taken:take wrote:write written:write knew:know known:know grew:grow grown:grow threw:throw
thrown:throw flew:fly flown:fly drew:draw drawn:draw drove:drive driven:drive broke:break broken:break chose:choose
chosen:choose spoke:speak spoken:speak stole:steal stolen:steal wore:wear worn:wear bit:bite bitten:bite hid:hide
hidden:hide rode:ride ridden:ride rose:rise risen:rise fell:fall fallen:fall forgot:forget forgotten:forget got:get
began:begin begun:begin swam:swim swum:swim sang:sing sung:sing drank:drink became:become came:come made:make
said:say told:tell sold:sell held:hold led:lead fed:feed fled:flee met:meet kept:keep slept:sleep felt:feel left:leave
lost:lose sent:send spent:spend lent:lend built:build bought:buy brought:bring caught:catch taught:teach
thought:think fought:fight sought:seek found:find stood:stand understood:understand won:win hung:hang heard:hear
paid:pay rang:ring rung:ring shrank:shrink shrunk:shrink spun:spin wept:weep shot:shoot struck:strike
sank:sink meant:mean
"""
_IRREGULAR_PAST = {pair.split(":")[0]: pair.split(":")[1] for pair in _PAST.split()}
_UNCHANGED = frozenset(_IRREGULAR_PAST.values())
PASTS = {past(verb): verb for verb in sorted(BASE - _UNCHANGED)} | _IRREGULAR_PAST

_ADJECTIVES_WORDS = """
red green blue yellow white black brown orange purple pink grey gray golden silver dark pale bright big small
large little huge tiny tall short long high low wide narrow thick thin deep shallow old young new ancient modern
early late fresh ripe raw hot cold warm cool wet dry hard soft rough smooth sharp blunt round square flat solid
liquid heavy kind nice good bad mean cruel gentle quiet loud noisy calm shy brave bold proud humble angry happy
sad glad smart clever wise stupid silly dull lazy busy quick fast slow rapid strong weak tough fragile rich poor
cheap safe unsafe secure insecure healthy sick ill tired hungry thirsty sleepy alive dead wild tame rare common
strange odd normal abnormal real fake true false clean dirty empty full closed complete incomplete sweet sour
bitter salty spicy fruity floral earthy sunny rainy snowy windy cloudy foggy overcast opaque transparent
translucent luminous wooden metallic feisty temperate aggressive amenable nervous melodic muffled discordant
moderate honest loyal polite rude pretty ugly beautiful furry hairy vulnerable mortal immortal human important
"""
ADJECTIVES = frozenset(_ADJECTIVES_WORDS.split())
_ADJECTIVE_ENDINGS = ("ous", "ful", "less", "able", "ible", "ish")


def is_adjective(word: str) -> bool:
    """Whether a word before a noun says something more of it: it is listed, or ends in -ous, -ful, -less, -able, -ible
    or -ish. Other words before a noun belong to its name ("timing attack").
    """  # noqa: D205
    return word in ADJECTIVES or (len(word) > 5 and word.endswith(_ADJECTIVE_ENDINGS))


_DEMONYM_WORDS = """
French Dutch German Greek Swiss Czech Thai Slovak Slovene Icelandic Arabic Catholic Jewish
"""
_DEMONYMS = frozenset(_DEMONYM_WORDS.split())


def is_demonym(word: str) -> bool:
    """Whether a word with a capital may say of what people somebody is: it is listed, or ends in -ish, -ese or -an."""
    return word in _DEMONYMS or (word[:1].isupper() and len(word) > 4 and word.endswith(("ish", "ese", "an")))


_TIME_WORDS = """
time second minute hour day night morning evening afternoon week weekend month year monday tuesday wednesday thursday
friday saturday sunday
"""
TIMES = frozenset(_TIME_WORDS.split())
"""After "every": no objects."""

NOUNS_TOO = frozenset(
    ["human", "mortal", "immortal", "square", "orange", "solid", "liquid", "cold", "kind", "mean"]
)
"""Adjectives that can be the last word of a name."""
MODALS = frozenset(["can", "cannot", "could", "may", "might", "must", "shall", "should", "will", "would"])
_ADVERBS = """
now today tomorrow yesterday tonight here soon again already still yet ever also even together however therefore thus
hence moreover furthermore instead meanwhile
"""
_LY_WORDS = """
family fly ally supply reply rely apply assembly anomaly butterfly firefly italy july monopoly holy unholy jelly lily
belly bully daily weekly monthly yearly hourly likely unlikely lonely deadly elderly costly friendly unfriendly orderly
curly lovely lively silly ugly early multiply imply comply homily doily only wooly oily wily chilly hilly
"""


def is_adverb(word: str) -> bool:
    """Whether a word says how: it ends in -ly and is not one of the nouns, verbs and adjectives that do."""
    return len(word) > 4 and word.endswith("ly") and word not in _NO_ADVERBS


_NO_ADVERBS = frozenset(_LY_WORDS.split())
_QUANTITY = "how many or how often cannot be said: only all, no, and single things"
_TIME = "only the present is told"
REFUSED: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("or", "either"), ('alternatives ("or") cannot be told', "")),
    **dict.fromkeys(("nor", "neither"), ('"neither … nor" stands before a verb or after "is"', "")),
    "none": ('"none" is followed by "of the" and a plural', ""),
    "both": ('"both" is followed by two, which "and" joins', ""),
    **dict.fromkeys(("only", "just", "merely"), ('"only" cannot be told', "")),
    **dict.fromkeys(("most", "many", "few", "several", "half", "much", "enough"), (_QUANTITY, "")),
    **dict.fromkeys(
        ("always", "usually", "often", "sometimes", "rarely", "seldom", "mostly"), (_QUANTITY, "")
    ),
    **dict.fromkeys(("except", "excluding"), ("exceptions cannot be told", "")),
    "never": ('"never" cannot be told: say "not"', ""),
    **dict.fromkeys(
        ("least", "very", "quite", "rather", "extremely", "too", "so", "almost", "nearly"),
        ("degrees cannot be told", ""),
    ),
    **dict.fromkeys(
        ("perhaps", "maybe", "probably", "possibly"),
        ("what is only likely cannot be told; give the fact a confidence", ""),
    ),
    "was": (_TIME, "is"),
    "were": (_TIME, "are"),
    "been": (_TIME, ""),
    "being": (_TIME, ""),
    "be": ('"be" needs a form of the present, is or are', "is"),
    "am": ("I and you cannot be told of; use names", "is"),
    "had": (_TIME, "has"),
    "did": (_TIME, "does"),
    **dict.fromkeys(("when", "whenever", "while"), ('a condition begins with "if"', "if")),
    **dict.fromkeys(("because", "since", "although", "though", "until", "unless", "whether"), (
        'clauses are joined by "and" or "if" alone', "if"
    )),
    **dict.fromkeys(("i", "we", "you", "me", "us", "my", "our", "your", "mine", "ours", "yours"), (
        "who is meant depends on who speaks; use a name", "Anne"
    )),
    **dict.fromkeys(("its", "his", "their", "hers", "theirs", "whose", "whom"), ("possessives cannot be told", "the")),
    **dict.fromkeys(("this", "these", "those"), ("what is pointed at is not known; use a name", "Anne")),
    "there": ('"there is" names nothing; say what something is, or does', ""),
    "where": ('"where" cannot be told; name the place after "in"', ""),
    "whoever": ('say "everyone who"', "everyone who"),
    "whatever": ('say "everything that"', "everything that"),
    **dict.fromkeys(_ADVERBS.split(), ("adverbs cannot be told", "")),
    **dict.fromkeys(("e.g", "i.e", "etc", "cf", "vs", "viz"), ("abbreviations like that cannot be told", "")),
    **dict.fromkeys(("let's", "ain't"), ("contractions like that cannot be told", "")),
    "how": ("how something is cannot be told", ""),
    "why": ("why something is cannot be told; every answer comes with its proofs", ""),
}  # fmt: skip
"""Words outside the language: what is wrong, and the word that could stand there instead."""

QUESTION_WORDS: dict[str, str] = {
    "where": '"Where" is no question here: ask what something is in ("What does Anne live in?")',
    "when": '"When" is no question here: no times are told in this English',
    "how": '"How" and "how many" are no questions here: ask "Who …?" or "Which …?" and count the answers',
    "why": '"Why" is no question here: every answer comes with its proofs',
    "whose": '"Whose" is no question here: ask "Who has …?"',
    "whom": '"Whom" is no question here: ask "Who does …?"',
}
"""Words that begin questions which cannot be asked, and what to ask instead."""

_OTHERS = """
is are does do has have not no if then someone somebody something anyone anybody anything everyone everybody
everything nobody nothing some else who what which
"""
RESERVED = (
    ARTICLES | EVERY | CONJUNCTIONS | RELATIVES | frozenset(PRONOUNS) | REFLEXIVES | frozenset(REFUSED)
    | frozenset(_OTHERS.split())
)  # fmt: skip
"""Words that are no part of a name, unless it is quoted."""
