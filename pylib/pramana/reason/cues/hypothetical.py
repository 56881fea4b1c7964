"""Cues of a hypothetical question: the answer says what would follow in a case that is assumed."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
6 asks what if:
    what if / if ... , (^) what|and then /
    what|how|who|where would|might|could|will !{me} ... if|unless|without|were|had /
    what|where|when would|will {me} ... if|unless|without|were|had / how would {me} ... if|had|were /
    what would|will|might|could happen|change|become|follow /
    what happens|happen if|when|without|should|unless|once / what becomes|become of /
    what happens ... if|when|without|unless /
    what|which|how .. changes|change|follows|happens|then if|when|without
5.5 assumes a case:
    ^ if ... , (^) {wh} .. {modal} /
    ^ suppose|supposing|assume|assuming|imagine|imagining|pretend|picture|presume|granted|hypothetically|
    theoretically|envision|envisage / ^ say !hello|thanks /
    ^ say {owner}|i|we|you|a|an|there|that|it|they|someone|tomorrow / ^ consider that|if|a|the|what /
    ^ let|take {det}|_ be|equal|hold /
    suppose|supposing|assuming|hypothetically|hypothetical|theoretically|counterfactual /
    let us|me say|assume|suppose|imagine|pretend|take / in case {det}|{pronoun}|of|_ / in the event /
    in|picture a|some|another|the world|scenario|case|future|universe|situation|timeline where|in|without|
    with|that / scenario|scenarios|situation|case where|in|if|: / worst|best case|case-scenario /
    alternate|alternative|parallel history|universe|timeline|reality|world / provided|given that /
    thought experiment
6 turns verb and subject for a condition:
    ^ had {pronoun}|my|our|the|a|_ ... , / ^ were {pronoun}|my|our|the|a|an|_ ... to|,|a|no|not /
    ^ should {pronoun}|my|our|the|a|_ .. _ ... , ^ / ^ were|had it|he|she|they not
5 says what would follow:
    if ... would|could|might / would|could|might|should ... if|unless|had /
    ^ would|could|might ... without /
    would|could|might|may|must {pronoun}|{det}|_ .. have _ ... with|without|if|had|by|instead /
    could|might|would|should .. have *ed|been|survived|won|lost|become|known|done|made|gone|happened|taken|
    held|built|written|fought|said|beaten|kept / would|could|might {pronoun} still /
    would|could|might ... today|still|ever|anyway|nowadays
4.5 asks about an assumed case:
    ^ if ... , / ^ if {pronoun}|{det}|all|nobody|only|_ / ^ unless|once /
    {wh}|{aux} {pronoun}|{det}|{aux}|_ ... if|once {pronoun}|{det} /
    if ... suddenly|never|stopped|lost|died|won|vanished / if ever|only|not|so / even|only|as if /
    ^ when|once|after .. dies|ends|leaves|retires|expires|stops , (^) /
    ^ when|once|after the last|all|both|every|nobody|everyone ... will / given that / ^ given /
    must ... if / so what|then if / then what /
    if {pronoun}|{det} .. *ed|were|had|did|could|lost|went|quit|left|sold|put|took|made|got|gave|stopped ...
    , / how would|will|might|could .. _ ... cope|respond|survive|manage|adapt|shop|live|travel|eat|work /
    ^ if ... do|does|did|is|are|will|can|could|should|am|must {pronoun}|{det} /
    {modal}|{aux} {pronoun}|{det}|_ ... (still) if|unless|once / still ... if|when|without|with|after /
    will .. _ if / if ... {pronoun} would|could|might /
    what|which|who|how ... {pronoun}|{det} would|might have
3.5 asks with would:
    ^ would /
    ^ could .. _ .. {task}|survive|live|win|beat|exist|work|be|replace|handle|run|reach|become|have|still|
    industrialise / ^ might / would it|there|that be|have|work|mean /
    how would ... change|look|react|work|differ|turn|end|go / am|are i|we .. at ... risk /
    stands|stand|likely|happen to lose|win|fall|break|survive / were|was to /
    how long|soon|far|much would|could|might|until|before /
    would removing|adding|changing|dropping|moving|taking|cutting|doing|having /
    what|which|who|where|how much|many|long (_) would|might / what would|might /
    would ... with|after|without|instead|under|at / after a|an _ _ cut|rise|loss|increase|change|ban /
    what would be left
3 asks whether something could ever be:
    ^ could a|an|the|we|someone|they !be .. be|have|stop|beat|defeat|replace|survive|win|live|run|exist|*ed
    ... by|against|with|without|on|in / could .. ever|still|theoretically /
    is it conceivable|imaginable|thinkable
2 asks with would, of one thing:
    what|which|who|whom _ would|might
"""
