"""Cues of a systems question: the answer shows parts and how they connect, depend on or regulate one another."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
5 asks what depends on what:
    depend|depends|depended|depending|dependency|dependencies|dependent|dependents|dependence|
    interdependence|interdependent|interdependencies|interdependency /
    rely|relies|hinges|rests|leans|builds on|upon / upstream|downstream /
    {wh} ... imports|import|calls|call|consumes|consume|references|reference|reads|writes|subscribes|
    subscribe|uses|use the|each|from|to / coupled|coupling|decoupled /
    (single|points) point|points of failure / holds|hold|props|prop ... up /
    need|needs|require|requires|use|uses|using|touch|touches the|a|an _ server|service|database|module|
    library|table|cache|queue|package|component|login|api|layer|class|function|job|file|config|key /
    what|who|which ... (still) uses|use|touches|needs|requires|relies|queries|invokes|listens /
    {part} ... {part} / who|which|what .. waits|waiting|blocked|blocks on|by|for /
    the order|sequence of services|jobs|tasks|stages
5 asks how parts connect:
    how|what|who|which|ways ... connect|connects|connected|conected|connection|linked|links|link|wired|
    hooked|joined|glued /
    connect|connects|connected|conected|connections|interconnected|interconnect to|together|up|?|$ /
    connection|connections|link|links|ties between /
    it|they|everything|that (all) .. connects|connect|connected|links|fits|interacts|works /
    interact|interacts|interacting|interaction|interactions|interplay|interrelate|interrelated|interlock|
    interlocking|intertwined|interconnected|interconnect|interface|interfaces /
    fit|fits|hang|hangs|work|works|tie|ties|come|comes|hold|holds|piece|go|play together /
    relate|relates to|?|$ / relation|relations|relationship|relationships between|among|of|to /
    how ... relate / each|one other|another /
    who|what|which talks|speaks|answers|passes|sends|hands|reports|feeds|owns|controls|triggers|blocks|
    depends ... whom|what|which|who /
    who|what|which .. talks|speaks|answers|reports|hands|passes|feeds|goes to|into / how ... together ?|$ /
    how ... together $ / fit|fits|slot|plug|plugs|ties|feed|feeds|hook into|in|on|onto / on one another /
    between the|our .. and the|our .. and / wired|mapped|hooked|bound|routed to|into|up /
    each ... to the next / talk|talks|speak|speaks|communicate|communicates|communication with|to|between /
    coordinate|coordinates|coordinated|coordination|synchronise|synchronize|orchestrate|orchestrates|
    cooperate|cooperates|collaborate|collaborates|collaboration / who|what ... whom /
    between _ (_) , .. and / waiting|wait|waits|blocked|hinges|hangs on|by|upon /
    on|upon each|one other|another / how ... act|acts|react|reacts on|upon|to each /
    all the way|steps from|between / connected|attached|linked|wired|plugged|tied|hooked to|into|with /
    how do|does|did|is|are ... work|works|working with|together|alongside|between /
    how|what|in ... related / who *s|*ed what|whom / what|who|which talks|speaks to|with /
    ^ draw|show|map|chart|sketch|diagram|plot (me) the (_) connections|relations|relationships|links|
    dependencies|flow|chain|structure / sits|stands|lies|lives between|behind
5 asks about flow:
    flow|flows|flowing|path|pathway|pathways|journey|lifecycle|life-cycle|circulation|circuit|passage of|
    from|through|between|in|within /
    flow|flows|flowing|pipeline|pipelines|workflow|dataflow|bottleneck|bottlenecks|supply-chain|supply /
    chain|chains of|from|between / supply|food|value|command|cold|production chain|chains|web /
    how|where do|does|did|is|are ... get|gets|travel|travels|move|moves|pass|passes|reach|reaches|end|flow|
    flows|circulate|go|goes from|to|through|into|between|up|after|once /
    where do|does|is ... go|goes|end|pass|live|stored|come when|after|once|from|next /
    who|what|where ... passes|goes through / from ... to ... to / end-to-end / from end to end /
    behind|under the scenes / from ... to ... to|and|until|via|through /
    trace|follow|track the|a|an|where|how|one|what !steps ... from|through|to|via /
    between ... and ... leaving|arriving|reaching / behind the scenes|counter /
    where does .. come|go ... where|and / the _ cycle / _ cycle ,|:|and|of|from /
    stage|stages|phases|step by|of|in what / hand|hands|handed|passed|pass|passes .. to|on|over /
    from start|beginning|top|source to|until /
    path|route|way|journey|travels|trip|voyage of a|an|the ... through|from|to /
    how do|does|did (the|a|an|my|our) _ .. get|end|reach|come|arrive|go from|into|to|in|at|up /
    what happens to ... from ... to / happens ... from ... to
5.5 asks about structure:
    architecture|architectures|topology|anatomy|hierarchy|ecosystem|ecosystems|homeostasis|subsystem|
    subsystems|makeup|make-up|mechanics /
    structure|structured|organised|organized|organisation|organization|infrastructure|blueprint|diagram|
    layout of|is|in|for|like|between|?|$ /
    how is|are ... organised|organized|structured|composed|governed|wired|laid|arranged|built|put|set up|
    together|?|$|as / system|systems as|map|view|diagram|thinking|dynamics|in / _ system|systems as|and|: /
    {part} ... {part} ... {part} / as a whole /
    the whole|entire|overall|bigger system|picture|chain|stack|machine|thing|machinery /
    map out|of|the|how / moving parts /
    parts|components|pieces|elements|layers|blocks|players|organs|modules make|involved|and how|of a|of the|
    fit / made up|out of / which|what {part}|link .. hold|holds|sits|live|depend /
    role|roles|part|place|function ... in|play|plays|within ... system|body|process|metabolism|economy|
    ecosystem|chain|whole|network|society|cell|brain|stack / what role|part /
    in which|what layer|part|module|service|stage /
    {part} ... reference|references|call|calls|talk|talks|use|uses|read|reads|touch|touches /
    components|parts|stages|pieces|layers|modules of|in|and|inside / hierarchy of|in / structure of|in /
    overall structure|design|layout|architecture / chain of command / who reports|answers to /
    composed|comprised|consists|consist of / what is inside / is|are inside|within a|an|the / internals /
    interior|inner structure|life|workings /
    what|which parts|organs|elements|pieces|components|bodies|institutions|departments|layers|stages|players
    ... / divided|distributed|split|shared|allocated between|among|across /
    how is|are ... organised|organized|structured|run|governed|composed|divided|managed|coordinated|
    controlled|regulated|distributed|administered / each one|part|of for|them|do|does /
    make|makes|making up a|an|the|our / place|position|role|function|part of _ (_) in|within a|an|the
5 asks about feedback:
    feedback / loop|loops between|of|that /
    reinforcing|balancing|vicious|virtuous|self-reinforcing|self-regulating /
    ripple|ripples|cascade|cascades|cascading|domino|second-order|spillover|chain-reaction|propagate|
    propagates|propagation|contagion|knock-on / chain reaction /
    regulate|regulates|regulated|regulation|govern|governs /
    keep|keeps|kept|hold|holds ... check|balance|stable|equilibrium|sync /
    {bearing} each|one other|another / leverage point|points / carrying capacity /
    throughout|through|across the rest|whole|system|chain|organisation|organization|city|body|economy /
    balance|stable|equilibrium|check|sync ?|$ / in balance|equilibrium|sync /
    feed|feeds|feeding on|into|back / mutual|mutually|circular|reciprocal|reciprocally /
    loops in|between|of|within / circles of|in|between
7.5 removes a part to see what leans on it:
    what|which|who else|other ... break|breaks|fail|fails|stop|stops|affected|goes|slows|suffers|changes|
    affect|affects|happens|delayed|waits|wait|down|blocked|moves|move|touched /
    what breaks|stops|fails|collapses|falls|goes|depends /
    can|could|does|will|do the|our|a ... work|run|function|start|operate|live|survive|play|perform|fly|cope|
    boot|serve ... without / what|which|who ... affected|impacted|touched|hit|blocked|delayed by|if|when /
    if ... , (^) what|which|who ... else|affected|first /
    take|takes|bring|brings|took ... down with|too|other / blast radius /
    if|when the|our|a|one .. goes|is|backs|dies|fails|stops|slows down|up|out|removed|offline ... what|
    which|who /
    which|what _ would|will|might|must|do|does .. have|need|break|change|touch|be|fail|stop ... if|when /
    which|what {part}|jobs|modules|services|tables|teams|pages|reports|screens|files|classes ... if|when /
    do|does|will|would the|our|a .. need|require|use|touch|rely the|our|a /
    what|which ... have|has to change|move|wait|stop|follow /
    rename|delete|drop|remove|change|move ... what else|breaks|needs /
    if|when the|our|a|one|any .. fails|dies|breaks|crashes|stops|slips|slows|restarts|vanishes , (^) which|
    who|what _ ... down|stops|fails|breaks|waits|stuck|affected|delayed /
    which|what {part}|jobs|servers|apps|sites ... go|goes|come|comes down|offline|under /
    what happens downstream|upstream
3 asks how a thing works:
    how do|does|did .. _ ... work|works|function|functions|operate|operates|run|runs ?|$ /
    how ... works|functions|operates $ / how it|they|everything|things|the (all) .. works|fits /
    under the hood|bonnet / inner workings|mechanism|mechanisms / what goes on inside /
    data|energy|nutrient|information|blood|food|water|carbon|nitrogen|supply|money|control flow|flows|model|
    chain|web|cycle|network
1 asks how, of something other than the asker:
    ^ how do|does|is|are !{me}|{amount}
"""
