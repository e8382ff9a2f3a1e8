"""Words that tell little or mean the same: company forms, titles, particles, short forms of first names."""

from typing import Final

_COMPANY_WORDS: Final = """
ab ag and as bv co company corp corporation gmbh inc incorporated kg limited llc llp lp ltd nv oy pc plc pllc pty
sa sarl sas spa srl the trust trustee
"""
_TITLES: Final = "dr esq hon ii iii iv jr judge miss mr mrs ms prof sir sr"
_PARTICLES: Final = "al and da de del den der di do du el la le los of st the van von y"

COMPANY_WORDS: Final = frozenset(_COMPANY_WORDS.split())
"""Left out of a comparison where other words remain: Acme Holdings, Inc. is Acme Holdings LLC."""
TITLES: Final = frozenset(_TITLES.split())
PARTICLES: Final = frozenset(_PARTICLES.split())
"""Too frequent to look for by themselves."""

_SHORT_FORMS: Final = """
abigail abby gail; albert al bert; alexander alex alec sandy; alexandra alex sandra; alfred al fred; andrew andy drew;
anthony tony; arthur art; barbara barb; benjamin ben; bernard bernie; catherine katherine kathryn cathy kathy kate
katie; charles charlie chuck; christina christine tina chris; christopher chris; daniel dan danny; david dave;
deborah debra deb debbie; donald don; dorothy dot dottie; douglas doug; edward ed eddie ted ned; eleanor ellie nell;
elizabeth eliza liz beth betty lizzie; eugene gene; florence flo; frances fran; francis frank; franklin frank;
frederick fred freddie; gabriel gabe; gerald gerry jerry; gilbert gil; gregory greg; harold harry hal; harriet hattie;
henry hank harry; herbert herb; isabella bella izzy; jacob jake; jacqueline jackie; james jim jimmy jamie;
jeffrey geoffrey jeff geoff; jennifer jen jenny; jessica jess jessie; john jack johnny; jonathan jon; joseph joe joey;
joshua josh; judith judy; kenneth ken kenny; lawrence laurence larry; leonard len lenny leo; leslie les;
louis lewis lou; louise lou; lucille lucy; margaret maggie meg peggy greta; martha marty; martin marty; matthew matt;
melissa mel missy; michael mike mick; mildred millie; nancy nan; nathaniel nathan nat nate; nicholas nick;
pamela pam; patricia pat patty tricia; patrick pat paddy; peter pete; philip phillip phil; rachel rae;
raymond ray; rebecca becky becca; richard rick dick rich ricky; robert rob bob bobby robbie; roger rodge; ronald ron;
rosemary rose rosie; russell russ; samantha sam; samuel sam; sarah sally; stanley stan; stephanie steph;
stephen steven steve; susan susanna sue susie; theodore ted theo teddy; theresa teresa terry tess; thomas tom tommy;
timothy tim; valerie val; veronica ronnie; victor vic; victoria vicky tori; vincent vince; virginia ginny;
walter walt; william will bill billy willy liam; zachary zach
"""

_same: dict[str, set[str]] = {}
for _group in _SHORT_FORMS.split(";"):
    for _name in _group.split():
        _same.setdefault(_name, set()).update(_group.split())

SHORT_FORMS: Final = {name: frozenset(others - {name}) for name, others in _same.items()}
"""First names that can stand for one another, by each of them: Bob is Robert, and Robert is Bob."""
