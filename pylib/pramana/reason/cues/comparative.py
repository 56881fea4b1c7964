"""Cues of a comparative question: the answer sets named things side by side, or picks between them."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
6 sets things against each other:
    vs /
    compare|compares|compared|comparing|comparison|comparisons|contrast|contrasts|contrasting|contrasted /
    weigh|weighing|weighed|pit|pitted|set|stack|stacks|stacked|measure|measures|fare|fares|hold|holds ...
    against / side by side / head to head / next to each other / line up against /
    how do|does|did ... stack|stacks|measure|measures|fare|fares|rank|ranks up|next|beside|?|$
5 asks for a difference:
    difference|differences|distinction|distinctions|contrast !in between|from|with|?|$|is|are|of /
    ^ (the) difference|differences / what|whats .. difference|differences|distinction !in /
    differ|differs|differed|dissimilar / different from|to|than|?|$ /
    distinguish|distinguishes|distinguishing|separates|tell|tells .. from|between|apart /
    what sets ... apart|from / similarities|similarity|parallels|overlap between|of|with /
    how|what|in ... similar|alike|common / not the same / unlike /
    diverge|diverges|diverged|contrast|contrasts|deviate /
    respects|ways do|does|did|is|are ... differ|diverge / what separates|distinguishes|divides / as _ as /
    on a par with / any different|difference / how different|similar|close|alike|unlike|comparable /
    ^ similarities|distinctions|contrasts / differences|difference among|amongst|across /
    what do|does {me} get|gain|have|lose with ... not
5 asks what speaks for each:
    pros|advantages|benefits|upsides|merits|strengths|plusses|pluses and|or|& cons|disadvantages|drawbacks|
    downsides|weaknesses|minuses /
    advantages|advantage|benefits|benefit|merits|drawbacks|strengths|weaknesses|downsides of ... over|each|
    both|either|against|compared / trade-off|trade-offs|tradeoff|tradeoffs /
    speaks|argues|case|arguments for / relative merits / for and against / each|both|either , (^) {wh} /
    strengths|merits|virtues|faults of each|both|either
5 puts one in another's place:
    rather than / as|when opposed to / instead of / instead $ / in place|lieu of / relative|next to|with /
    in preference to / prefer|preferred|preferable|favour|favor ... to|over|or /
    pick|choose|chose|choosing|opt|use|take|buy|go|advantage|advantages|edge|benefit|point|gain|worth|
    improvement|value|win ... over a|an|the|my|_ / worth it over /
    replace|swap|ditch|trade ... with|for|by /
    benefits|benefit|advantages|advantage|merits|gain|point|savings ... over|compared|by *ing /
    overkill|preferable|superior|inferior against|to|compared /
    ^ !{wh}|{aux}|all|just|turn _ over _ for|in|?|$ / favour|favor of ... , / what of|about *ing ?|$ /
    gain anything|something|much by|from|with / moving|switching|changing|migrating|upgrading from ... to /
    move|switch|migrate|change from ... to ... ? / why ... and not / why .. over
5.5 asks for a choice:
    choose|choosing|decide|deciding|torn|pick|picking|toss-up|dilemma|choice|undecided|hesitating|wavering|
    stuck|middle between|among / can not decide|choose / ^ between ... and /
    which|who|what of the|these|those|my|them|two|both|your / which one /
    which|who|what .. should|would|do|shall {me} .. choose|pick|prefer|favour|favor|trust|recommend /
    which .. should|would|do|shall {me} .. take|go|buy|use|get / of the two|three|pair /
    two|three options|offers|jobs|candidates|quotes|designs|plans|versions /
    who|which|what wins|win|beats|comes|won / better off /
    options|choices|candidates|offers|contenders are|: ... or|and|, / weigh|weighing up|them|these|it|the /
    make|made|making up {owner} mind|minds / {owner} mind between
5 asks for the better:
    which|who is|are|was|would|makes|make|has|gives|does|works|lasts|handles|suits|fits|offers|costs|holds|
    gets|scales|tastes|do|did|ages|needs|uses|keeps|pays|feels|sounds|runs ... {judged}|more|less|{quality}
    / is|would|be|are|was|were|do|does|did ... {judged}|worth|smarter|wiser ... or|than|to /
    or ... {judged}|best|preferable / {judged} ... or|than / more|less|as {quality} ... than|or|as /
    or ... more|less {quality} / which|who|what .. _ {judged}|less|more|best $ /
    which is|are|of .. {judged} / {judged} option|choice|deal|bet|buy|investment|value|alternative|one /
    {judged}|closer|more|less .. _ than|to ... or / _ *er|more|less (_) (_) than a|the|my|_ $ /
    {judged} than / any {judged}|different / better|worse *ed than / between ... which|who|what /
    the better|worse|stronger|safer|cheaper|superior / the better|best (_) (,) ... or / would {me} rather /
    good|bad|well|much|fast|cheap|safe|reliable as ... ? /
    what is|are|was|would|makes|has|gives|works|lasts|suits|tastes|costs|holds|gets .. {judged}|more|less $
5.5 asks which way to go:
    should|shall|must|ought|would {me}|my|our|he|she|they|the ... or|instead / should|shall .. or /
    do {me} .. or / whether to ... or / is it .. {judged}|worth|smarter|wiser|time|sense to ... or /
    to ... or to ?|$ / better to|if|off|not / go|stick|stay|carry with|on ... or /
    ... or ... , (^) what|which|who|whose|where / if {me} must|have|had .. choose|pick|decide /
    help me|us .. choose|decide|pick / ... or wait|stay|keep|stick /
    {pronoun} go|stay|start|switch with ... or / can not .. decide|choose|between / should ... or
3.5 names two things and no more:
    ^ !{aux}|{wh}|if|when|for|any _ (_) (_) or .. _ ?|,|$|for|in|on|at|with|when|to /
    ^ !{aux}|{wh}|if .. against .. / either ... or / ... or ... : (^) which|what / ^ .. and .. : (^) /
    ^ .. and .. , (^) strengths|differences|compared|pros|which|what /
    , (_) _ or !not _ for|in|on|with|?|$ / , _ (_) or _ (_) $ / one _ one / the one ... the other /
    _ or _ ? $ / ^ .. , .. or .. ?|$ / i can|could|may get|take|have|buy|choose ... or /
    _ or (a|an) (_) _ - / ^ !{aux}|{wh}|{task} .. or .. , (^) {wh} / the (_) _ or the / a (_) _ or a
2 asks whether to:
    ^ should {me}|my|our / worth it|the|doing|getting|buying|paying|having|switching /
    ^ is|are|was|were|do|does|did|would|will ... or !not _ /
    ^ is|are|was|were ... {measured}|closer|nearer .. or to
3.5 asks for what one lacks:
    what is the catch|downside|drawback|advantage|benefit|upside|point with|of|to|in|over
6 names the differences:
    ^ differences|similarities
"""
