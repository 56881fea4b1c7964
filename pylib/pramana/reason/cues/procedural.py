"""Cues of a procedural question: the answer is steps to follow, or the right way to do something."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
5 asks how to do it:
    how to / how do|can|should|could|shall|might|must|may|will {me}|people|he|she|they /
    how would {me}|people / how {me}|people / how does one|someone|somebody|anyone|anybody|a|an /
    how (best|exactly) to / where|when to start|begin /
    how is|are|was|were .. done|made|tied|built|cooked|prepared|performed|cleaned|installed|calculated|
    measured|played|written / how am|are|is i|we|one supposed|meant|expected|allowed to /
    how should|must|can|could|ought ... be *ed|done|made|written|built|held|kept|put|set|cut|drawn|sung|
    spelt|stored|worn / how should ... *ed / how should (a|an|the|my|our) _ /
    trick|knack|secret|key to *ing / tips|tricks|advice|pointers on|for|to how|*ing /
    ^ getting|removing|making|fixing|cleaning|building|setting|installing|learning|changing|replacing|
    preparing|growing|writing|baking|cooking !or _ /
    how (a|an|the|my|our) _ is|are|was (*ly) *ed|done|made|tied|built|cut|sung|spelt|written|worn|held|kept|
    put|set
5.5 asks for the way:
    right|best|proper|correct|safest|easiest|quickest|fastest|simplest|safe|easy|quick|cleanest|cheapest|
    sensible|good|usual|standard|accepted|recommended|polite|surest way|method|technique|approach|procedure|
    practice|means|workflow|process to|of|for|?|$ /
    what|which procedure|process|steps|step|routine|sequence|technique|paperwork|forms /
    {plan} ... follow|use|take / is|are there .. {plan} ... to|for|of|that|i /
    any|a|some {plan}|trick ... to|for|i / ^ (the) {plan} for|to / the|your|a {plan} for|to|of|i|we /
    way of *ing / right|best|proper|correct|safest|polite|good|sensible .. _ for *ing|a|an|my|the ... /
    in what way|manner should|must|can|do|could /
    correct|proper|right grip|posture|form|order|dose|setting|settings|technique|tool|use|temperature to|
    for|of
5 asks for steps:
    step-by-step|how-to|walkthrough|tutorial|checklist / step by step /
    ^ steps|instructions|directions|tutorial|recipe|checklist|procedure|routine|template to|for|on /
    steps|instructions|directions to|for|on|i|we|involved|please|needed / recipe|recipes for /
    walk|talk|guide|take|lead me|us through /
    a|the|your method|routine|recipe|checklist|plan|procedure ... follow / (in) which|what order|sequence /
    what comes next|first|after / do i|we do next|first|then /
    explain|teach|describe ... method|technique|procedure|recipe|steps|way|process
4.5 asks what to do:
    what can|could|should|must|may (best) be *ed|done|put|used on|to|for|about|against|with|when|if /
    what is|are|has|have to be done / what to do about|against|with /
    what should|must|shall|can|could|do {me} .. do|take|bring|say|write|use|prepare|start|put|wear|give|
    have|need !with|in / what does|must|should one ... do / what would {me} .. need|have /
    what to say|bring|pack|wear|write|put / what to do !if /
    what is|are .. required|needed|necessary to|for / what|how .. does it take to /
    where do|should|can|would {me} .. start|begin|go|apply|put|sign|register|turn|get|file|report|send|
    claim|pay / who|whom do|should {me} contact|call|ask|tell|see|notify|inform /
    where to (*ly) get|go|apply|register|file|report|buy|find|put|cut|drill|start / requirements for|to /
    need|have|required|supposed to ... what|how / what|which _ do|should|must|shall {me} / next steps /
    i want|need|have|must|am to .. {task} ... how / ... , (^) how $ / ^ how $ /
    what would|will {me} need|have (to) / in what order /
    need|have|going|about to {task} ... before|by|without|whose|that|but / how long|much should i|we|you /
    where do {me} .. (even) start|begin / what|which has|have|needs to be done /
    from|on|at|in|with which|what _ do|should|must|shall|can {me} /
    where|when|what do|should|must {me} .. start|begin / what has|have to be|happen / by whom /
    the correct|right|proper order|sequence / {me} do|does .. now|next|first|then / i|we must {task} /
    what do|should|can {me} do with|about|when|now|if|after|to ={det}|_ /
    what is the procedure|process|protocol|drill|routine|etiquette / ^ guide|help me
4 asks for help with a task:
    help|assist|support|guide me|us .. with|through|to /
    help|assist me|us !understand|think|see|choose|decide|compare|get|find|know|learn /
    teach|show me|us ... *ing|to|how /
    need|want|trying|like|have|hoping|looking|wish|about|going to {task}|set|put|take|do|become|draft|sort|
    make / want|need|like to get|have ... *ed|done|out|off|up / go about /
    can {me} ... myself|alone|by|and|without / is it possible|there to|a|any ... to / possible to /
    teach myself / by myself|ourselves
3.5 orders a task:
    ^ !{unorder}|*ing _ {det} / ^ {task} {det}|two|three|in|on|from|with|without /
    ^ {task} !and|or|vs|,|is|are|was|of|for|, _ / ^ {task} _ and|, {task} /
    ^ set|put|take|work|sign|switch|turn|cut|break|fill|back|clean|dig|print|boot|sort|wind up|out|down|off|
    aside|apart|together|on|back|in|over / ^ do not|never|always {task} / ^ {task} $ /
    ^ {task} and|then|or {task} / ^ {task} _ at|in|with|from|into|to|on|by|without / ^ (_) {task} {det} /
    , {task} {det} ... , / now {task}
1.5 wants it done so:
    without *ing / by hand / from scratch|start / at home / as|for (a) beginner|beginners /
    in|by under|less than / properly|safely|correctly|quickly|cleanly|legally $ / get|getting rid of
"""
