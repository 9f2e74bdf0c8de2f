#!/usr/bin/env bash
# What it shows: name_matching 0.9.22, a matcher of organizations' names, turns them into Latin letters before it compares them, by a
#   table of 125 Chinese characters (四, 大 and 中 are in it, 川, 重 and 庆 are not); all others are dropped. 重庆大学, 西南大学 and 清华大学 become "da",
#   四川大学 and 四川外国语大学 "sida": of 26 institutions looked up in their own list 22 come back as another one, 20 of them with a score of 100.
#   重庆大学 is 陆军军医大学. What the result calls "original_name" is what was left.
# Why it matters to such a register: a score of 100 is what one takes unseen, and names in Latin letters, in the same column, are
#   matched well, so a trial with these shows nothing. Lists of partners are merged like this before they are sent.
# What we do about it: an organization is named by its identifier, and names are compared as they are written. Partners: create the
#   matcher with remove_ascii=False, which in spite of its name keeps the characters (all found, each as itself), and reckon with 70 for
#   strangers.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check name_matching==0.9.22 pandas==3.1.1 scikit-learn==1.9.1
env/bin/python -W ignore - <<'PY'
import sys
from importlib.metadata import version
import pandas as pd
from name_matching.data.transliterations import TRANSLITERATION_MAP
from name_matching.name_matcher import NameMatcher

NAMES = """四川大学 四川外国语大学 四川农业大学 四川师范大学 四川轻化工大学 西南大学 西南交通大学 西南石油大学 西南财经大学 西南民族大学
西华大学 成都大学 成都理工大学 电子科技大学 重庆大学 重庆邮电大学 重庆交通大学 重庆理工大学 重庆医科大学 重庆师范大学 重庆大学附属肿瘤医院
陆军军医大学 中国工程物理研究院 中国核动力研究设计院 攀枝花学院 宜宾学院""".split()


def found(wanted, listed, **settings):
    matcher = NameMatcher(verbose=False, **settings)
    matcher.load_and_process_master_data(column="name", df_matching_data=pd.DataFrame({"name": listed}))
    answer = matcher.match_names(to_be_matched=pd.DataFrame({"name": wanted}), column_matching="name")
    return [(listed[int(place)], round(score)) for place, score in zip(answer["match_index"], answer["score"])]


print("name_matching", version("name_matching"))
print("characters in its table:", sum("\u4e00" <= sign <= "\u9fff" for sign in TRANSLITERATION_MAP))
seen = found(NAMES, NAMES)
wrong = [(name, *match) for name, match in zip(NAMES, seen) if match[0] != name]
sure = [one for one in wrong if one[2] == 100]
print(f"{len(NAMES)} names in their own list\n  guess: each is itself, 100")
print(f"  seen:  {len(wrong)} are another, {len(sure)} of them with 100, such as {[one for one in sure if one[0] in ('四川大学', '重庆大学')]}")
kept = found(NAMES, NAMES, remove_ascii=False)
itself = sum(name == match[0] for name, match in zip(NAMES, kept))
print(f"the same with remove_ascii=False\n  guess: no Chinese, by the name of it\n  seen:  {itself} are themselves")
strange = found(["清华大学"], ["西华大学", "绵阳师范学院"])
print(f"清华大学 in a list without it\n  guess: a low score\n  seen:  {strange}")
latin = found(["Chongqing University"], ["Sichuan University", "Chongqing University"])
print(f"Chongqing University\n  guess: itself, 100\n  seen:  {latin}")
known = (len(sure) >= 15 and any(one[0] == "重庆大学" for one in sure) and strange == [("西华大学", 100)]
         and itself == len(NAMES) and latin == [("Chongqing University", 100)])
sys.exit(0 if known else "the behaviour changed")
PY
