"""Cues of a diagnostic question: the answer names the fault behind a symptom."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
6.5 asks what is wrong:
    what is|was|are|could|might|can|went|has|did|goes .. wrong|amiss|broken|failing|faulty / wrong with /
    what is the matter|problem|issue|trouble !that / what is going on|wrong /
    where is|are|did|do|have|has i|we|it|things|this|that|they .. go|gone|going|wrong|mess|slip|leaking|
    stuck /
    what am|are|have|did i|we do|done|doing|get|got|missing|missed|overlooked|overlooking|forgetting /
    something|anything|nothing is|seems|looks|feels wrong|off|broken|amiss|fishy|up /
    is|are something|anything wrong|off|broken / went wrong /
    is that|this|it something|anything|normal|bad|serious / no|any idea|clue|explanation .. happened|?|$ /
    what happened / . ^ what is happening|this|that|up
6 asks for the fault:
    which|what|where|find|spot|identify|locate|pinpoint|see|show|catch|name|tell ... {fault} /
    likely|probable|likeliest|usual|obvious {fault}|cause|causes|reason|explanation|suspect|suspects|
    candidate / the {fault} is|with|here|?|$ / to blame / root cause /
    debug|diagnose|troubleshoot|debugging|diagnosis|troubleshooting / narrow it|this|down /
    what|how ... fail|break|crash ?|$ / diagnose it|this|that|my|the /
    reason|reasons my|our|this|the .. _ {failing}|{ill} / find out what ... *ing /
    {fault} in|with|here this|my|our|the|?|$ /
    where|what|which .. could|can|might .. it|they|this .. lost|stuck|leaking|going|come|coming|wrong /
    what have i|we / under|behind|inside my|our /
    where do|does|did|is ... astray|wrong|fail|break|lost|amiss|leak|stick /
    up with my|our|the|this|his|her / what ails|plagues|bothers|is bothering|bugging / not quite right /
    go|goes|gone|going astray|amiss|awry|haywire / cause of my|our|this|these|his|her /
    check this|my|our|the function|code|query|script|formula|config|proof|sentence|loop
6 asks for ideas on a symptom:
    . ^ (any) ideas|idea|thoughts|clues|guesses ? $
5.5 asks what it may be:
    what can|could|might|may|would it|this|that|these|those be|mean|cause|explain !that /
    what could|can|might|may .. make|cause|be|explain|lead|trigger / what could|can|might be *ing /
    what is|are this|that|these|it|those $ /
    any|some ideas|idea|clue|clues|thoughts|guesses|hunch|suspects $ /
    what ... causing|making|triggering|blocking|eating|slowing|draining|killing my|our|me|us|that|this|it|
    these|those|such / what explains ... only|but|when|while|after / is it the|my|a|an .. _ $ /
    is|am|was|have|has|are .. hacked|infected|broken|dead|dying|sick|contagious|allergic|compromised|faulty|
    leaking|rotten|spoiled|ill / should|do|must i|we .. worry|worried|concerned|panic /
    is it|this|that serious|normal|dangerous|contagious|dead|broken|infected|ok|okay|safe|bad /
    what gives|differs / is it|that me|the|my|a|something .. or / _ or me ?|$ / ^ !{wh}|{aux} _ _ ? $ /
    google|user|operator|rounding update|error / {owner} own doing|fault /
    what does it|this|that mean|indicate|suggest / normal|serious|dangerous ? $ /
    could|can|might|may this|these|those|that|it|they|my ... be /
    be an|a|the allergy|infection|virus|leak|short|fuse|bug|fault|fracture|sprain|disease|pest|fungus|
    deficiency|blockage|side-effect /
    is it|this|that something|the|my|an ... settings|cable|battery|fuse|pump|valve|router|driver|cache|
    config|weather|water|filter|sensor
5.5 asks where to look:
    what|where|which should|do|would|can|to|must ({me}) .. look|check|test|inspect|rule|suspect|examine|
    investigate|try|measure / what to check|test|try|inspect|rule|look / rule|ruled out /
    how|can|could {me} tell|figure|work|find|see .. what|where|which|whether ... wrong|causing|failing|
    broken|stuck|deadlocks|leaks / tell ... where|what ... {failing}
5 pastes an error:
    *error|*exception|traceback|errno|segfault|sig*v|sigkill|sigabrt|sigsegv|enoent|econn*|etimedout|eacces|
    eperm|eaddrinuse|epipe|enospc|enotfound|nullpointer*|stacktrace|coredump|oomkilled|nxdomain|unhandled|
    uncaught|bsod|non-fast-forward|panicked / err_*|err-* /
    error|errors !in|of|on|correction|bars|handling|rate|rates / exit|error|fault code|status|_ /
    400|401|403|404|405|409|422|429|500|502|503|504|0x* / segmentation|page|bus fault /
    stack|core trace|dump|overflow / this|the|following|a|my trace|traceback|log|logs|dump|output /
    permission|access|connection denied|refused|reset|timed|closed|lost /
    no such|matching file|module|host|table|column|device|method /
    can not find|read|resolve|connect|open|import|load|allocate|reach|be /
    is|was not defined|found|recognized|recognised|callable|subscriptable|responding|iterable|available /
    undefined|unexpected|invalid|illegal|unresolved|missing token|reference|symbol|end|identifier|
    instruction|property|argument|option|is|eof|key|module|operand / out of memory|range|bounds|space|sync /
    failed|unable|failing to / bad|expired gateway|request|certificate /
    : for|while|if|def|def|return|select|import ... / has no attribute|effect|member /
    not authorised|authorized|allowed|permitted $ / rejected /
    err|fatal|warning|panic|npm|gcc|stderr :|!|err|code|error / code 0x* !of|for /
    returns|returned|returning none|null|nan|undefined|nothing|empty|false|zero|an|500|404
3.5 reports that it does not work:
    not work|working|worked|start|starting|open|opening|turn|load|loading|connect|connecting|respond|
    responding|print|printing|charge|charging|boot|recognise|recognize|show|flush|drain|heat|rise|rising|
    set|setting|compile|build|sync|stay|hold|light|wake|eat|flower|fruit|germinate|match|add|balance|ring|
    play|close|fit / will not _ !{me} /
    stopped|quit|ceased working|charging|responding|eating|flowering|growing|printing|syncing|ringing|
    starting|laying / no longer|sound|signal|power|output|effect|response|picture|heat /
    nothing|nobody|none happens|comes|shows|works|helps|appears / keeps|keep|kept *ing /
    goes|went|turns|turned|comes|came|is|are|turning|going off|out|dead|black|blank|flat|dark|red|brown|
    yellow|white|bad|soft|hard|grey|sour|limp|mushy|empty|slow|cold / end|ends|ended up in|with|on /
    gives|gave|gets|throws|threw|shows|says|displays|reports|prints (me) an|a|error|nothing /
    refuses|fails|failed to /
    makes|making|made a|an|this|weird|strange|funny|loud|odd .. noise|sound|squeal|smell|hum /
    less|fewer|more .. than before|usual|last|normal /
    leaves|left .. film|marks|streaks|stains|residue|spots|puddle /
    just sits|stares|hangs|spins|blinks|stops
1 names a symptom:
    {pain} / {failing} / {ill}
2.5 reports a symptom:
    ^ !{wh}|{aux}|{asking}|if|{task}|{unreport} .. {pain}|{failing}|{ill} /
    ^ !{wh}|{aux}|{asking}|if|{task}|{unreport} _ _ _ _ .. {pain}|{failing}|{ill} /
    ^ my|our|the|i|we|every|this ... {pain}|{failing}|{ill} /
    {ill}|{failing}|{pain} ... {ill}|{failing}|{pain} /
    ^ i can not !decide|choose|find|understand|remember|wait|think|believe _ /
    ... every|each (single) time / was fine|fast|ok|okay|working|good ... now|until|then /
    until|now ... suddenly|takes|shows|gives|says|only /
    takes|taking|took a minute|ages|forever|too|longer / stick|sticks|sticking|stuck to|in|on /
    _ warm|hot|cold|empty|full|on|fine|dry|wet|soft|flat , _ fine|cold|warm|off|ok|not|dry /
    {owner} ... *ing|hurts|itches since|when|after|at|on|all /
    sags|sag|tears|tear|bends|falls|fall|swallows|eats|sticks|peels|burns|spits|skips|slips|chews|licks|
    limps|scratches|twitches|tingles /
    fell|gained|lost|lose|losing|dropped ... overnight|in|since|after|weight /
    can not|will not|do|does not .. feel|hear|see|breathe|sleep|swallow|bend|stand /
    too|very slow|hot|cold|loud|dark|dry|wet|salty|sweet|bitter|soft|hard|tight|high|low|thin|thick|bright
    $|for|now|since|when|and|even /
    ^ !{wh}|{aux}|{asking}|{task}|{det}|{pronoun}|{unreport}|if _ (_) *s|goes|keeps|does all|every|each|
    only|but|and|when|whenever|while|after|at|in|on|like|even|too|very|then|off|up|down|out|itself|by ... /
    ^ i sneeze|cough|itch|faint|sweat|snore|limp|ache|shake|tremble|vomit|bleed|wheeze|bruise|sleep /
    *s|is when|whenever i|we|it|the|you /
    going|turning|gone|turned|goes brown|yellow|black|limp|soft|white|mouldy|green|pale|stale|flat /
    black|blank|blue|white|frozen|pink|green screen /
    beeps|blinks|flashes|clicks|knocks|coughs two|three|four|once|twice|_ times /
    ^ there is|are .. _ on|in|under|over|from|inside|behind|around|all my|our|the|over|this /
    come|comes|coming|came out|up|back|off as|in|with|from|of|too|wrong|empty|blank /
    since|on monday|tuesday|wednesday|thursday|friday|saturday|sunday /
    but|yet _ (is|are) cold|dead|silent|nothing|black|blank|empty|dry|not|no|still|never|only|always|stays|
    keeps / all over {owner} /
    eats|eating|swallows|uses _ (_) gb|mb|memory|ram|cpu|disk|oil|water|fuel|petrol /
    snapping|snaps|bouncing|bounce|bounces|fainting|faints|choking|beeping|beeps|sputters|sputtering|
    slipping|chewing|licking|limping|scratching /
    sudden|intermittent|persistent|constant|recurring|strange|weird|loud|mysterious|random|unexplained _ (_)
    at|in|on|when|after|from|during|under|near|? /
    *s|*ing forever|endlessly|repeatedly|constantly|randomly|sporadically|only /
    it|they returns|gives|keeps|shows|says|makes|goes|stops|does|leaks|smells /
    in safari|chrome|firefox|production|prod|ci|excel|safe|idle only / ^ can not !{me}|{wh} _
2 reports something of one's own:
    ^ my|our _ ... *s|has|is|are|was|were|does|do|keep|stopped|came|come|went|halved|dropped|fell !from|
    between|or|of / ^ i|we get|got|feel|keep|noticed|hear|see|find|found|wake|woke /
    ^ i have|am .. {pain}|*ing|lost|noticed /
    i|we have .. tried|checked|replaced|changed|restarted|cleaned|reinstalled|already /
    ^ someone|somebody|something ({have}) *ed|keeps
2 tells when it began:
    ever since /
    ^ since|after yesterday|last|this|the|i|we|monday|moving|upgrading|updating|installing|switching /
    since yesterday|last|this|monday|upgrading|updating|moving|i|we|installing /
    after (the|an|a) update|upgrade|redesign|restart|reboot|reset|deploy|deploying|deployment|updating|
    upgrading|moving|replacing|cleaning|installing|eating|migration /
    every|each time|night|morning|evening|few|hour|minute|monday|sunday /
    whenever|suddenly|randomly|intermittently|sporadically|occasionally|lately|overnight / all of a sudden /
    out of nowhere / for a|two|three|four|five|several|_ days|weeks|months|hours (now) /
    only|just when|while|after|during / when braking|turning|starting|*ing / even though|after|when /
    after _ minutes|hours|days|weeks / from time to time / again|over and again|over / past _ !the
2 sets observations against each other:
    but|yet|and not|nobody|nothing|never|still|then|now|only|mine / , not|but not|never|only|up|on /
    fine|well|perfectly|locally on|but|and|in|with|at / for no reason|apparent / and yet /
    losing|lost|gaining weight / and screen|then|now|still|stays|keeps|goes /
    *ed daily|twice|properly|already|again $ /
    compiles|installs|starts|runs|boots|passes|loads but|and|then|fine
"""
