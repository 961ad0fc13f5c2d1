"""Reports in other languages: every text is translated, nothing English is left, and English is as it was."""

import importlib.util
import re
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po
from running import ROOT
from running import archcalc as run

import archcalc
from archcalc.codes import CODES
from archcalc.codes.pages import page
from archcalc.languages import LANGUAGES, speaking, tr, trn
from archcalc.report.explain.codes import of_code
from archcalc.spoken import compiled, messages

LENET = str(ROOT / "examples" / "lenet5.arch")
OTHERS = LANGUAGES[1:]
ENGLISH = re.compile(r"(?<![\w`.])[A-Za-z][a-z]+ [a-z]+ [a-z]+(?![\w`])")  # three words in a row
NO_ENGLISH = re.compile(r"`[^`]*`|“[^”]*”|[A-Z][a-z]+ et al\.")  # code, titles of papers, authors


@pytest.fixture(scope="module")
def translations():
    spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts" / "translations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language, translations):
    assert translations.problems(language) == []


@pytest.mark.parametrize(
    ("text", "spoken", "kinds"),
    [
        ("{n} layers", "{m} 层", ["placeholders"]),
        ("{n} layers", "层", ["placeholders"]),
        ("%(n)s layers", "%(n)s 层", []),
        ("<b>?</b> is unknown", "? 未知", ["tags"]),
        (("{n} layer of {name}", "{n} layers of {name}"), "{name} 的 {n} 层", []),
        ("all of `x`", "全部 `y`", ["tags"]),
    ],
)
def test_what_differs_from_the_text_is_found(text, spoken, kinds, translations):
    assert translations._differences(text, spoken) == kinds


def test_what_is_not_used_fuzzy_or_empty_is_found(translations, tmp_path, monkeypatch):
    path = tmp_path / "zh.po"
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n#, fuzzy\nmsgid "one"\nmsgstr "一"\n\n'
        'msgid "two"\nmsgstr ""\n\nmsgid "old"\nmsgstr "旧"\n'
    )
    monkeypatch.setattr(translations, "po_of", lambda language: path)
    monkeypatch.setattr(translations, "texts", lambda: {"one": [], "two": [], "three": []})
    found = "\n".join(translations.problems("zh"))
    assert all(said in found for said in ("fuzzy: 'one'", "not translated: 'two'", "not in the catalogue: 'three'", "not used: 'old'"))


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_is_what_babel_reads_in_it(language, translations):
    path = translations.po_of(language)
    ours = messages(path.read_text(encoding="utf-8").splitlines())
    with path.open("rb") as file:
        theirs = read_po(file)
    for message in theirs:
        if not message.id:
            continue
        ids, says = ([one] if isinstance(one, str) else list(one) for one in (message.id, message.string))
        assert ours.pop("\0".join(ids)) == "\0".join(says)
    assert list(ours) == [""]


def test_a_catalogue_is_read_with_its_plurals_and_escapes():
    import gettext

    text = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=n>1;\\n"\n'
        '# of a comment\n#: a.py\nmsgid "a \\"b\\"\\n"\nmsgstr "c\\t"\n"d"\nmsgid "{n} cat"\nmsgid_plural "{n} cats"\nmsgstr[0] "{n} chat"\n'
        'msgstr[1] "{n} chats"\n#, fuzzy\nmsgid "f"\nmsgstr "g"\n#~ msgid "old"\n#~ msgstr "vieux"\n'
    )
    found = gettext.GNUTranslations(compiled(text.splitlines()))
    assert found.gettext('a "b"\n') == "c\td"
    assert [found.ngettext("{n} cat", "{n} cats", n) for n in (0, 1, 2)] == ["{n} chat", "{n} chat", "{n} chats"]
    assert (found.gettext("f"), found.gettext("old")) == ("f", "old")


def test_texts_are_spoken():
    with speaking("zh"):
        assert (tr("Totals"), tr(""), tr("no such text")) == ("合计", "", "no such text")
        assert trn("{n} layer", "{n} layers", 1234) == "1,234 层"
    assert trn("{n} layer", "{n} layers", 1234) == "1,234 layers"


def test_english_needs_no_gettext():
    code = f"import sys, archcalc; archcalc.analyze({LENET!r}).to_html(); sys.exit('gettext' in sys.modules or 'archcalc.spoken' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_report_in_chinese_has_the_same_numbers():
    analysis = archcalc.analyze(LENET)
    english, chinese = analysis.to_html(), analysis.to_html(lang="zh")
    assert english == analysis.to_html(lang="en")
    assert '<html lang="en">' in english
    assert '<html lang="zh">' in chinese
    exact = re.compile(r'<data value="([^"]*)"')
    assert exact.findall(chinese) == exact.findall(english)
    assert re.findall(r"<math.*?</math>", chinese) == re.findall(r"<math.*?</math>", english)


def test_the_environment_says_nothing_of_the_language(monkeypatch):
    for name in ("LANG", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(name, "zh_CN.UTF-8")
    assert '<html lang="en">' in archcalc.analyze(LENET).to_html()


@pytest.mark.parametrize(
    "command", [["report", LENET], ["analyze", LENET, "--format", "html"], ["draw", LENET], ["explain", LENET, "C1.params"]]
)
def test_a_language_that_there_is_none_of_is_a_usage_error(command):
    assert run(*command, "--lang", "xx").code == 2
    good = run(*command, "--lang", "zh")
    assert good.code == 0
    assert any("\u4e00" <= char <= "\u9fff" for char in good.out)


def test_only_pages_of_analyze_have_a_language():
    found = run("analyze", LENET, "--lang", "zh")
    assert found.code == 2
    assert "--lang is for --format html" in found.err


def test_in_python_too():
    with pytest.raises(archcalc.ArchError, match="no language called 'xx'; there is en, zh"):
        archcalc.analyze(LENET).to_html(lang="xx")


def test_pages_of_codes_in_chinese():
    found = run("explain", "E301", "--lang", "zh")
    assert found.out.startswith("E301：窗口放不下：输入长 …，填充 …，短于窗口的跨度 …\n\n窗口至少要有一个位置可放")
    assert "错误的写法：\n\n    network N {\n        input 3x3x1\n" in found.out
    assert "# E301: 窗口放不下：输入长 {input}" in run("explain", "e301", "--lang", "zh", "--format", "markdown").out
    assert "错误的写法" in run("explain", "E301", "--lang", "zh", "--format", "latex").out
    assert run("explain", "E301").out == run("explain", "E301", "--lang", "en").out


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_in_chinese(code, form):
    with speaking("zh"):
        shown = of_code(code, form)
    prose = re.sub(r"^ {4}.*$", "", shown, flags=re.M) if form == "text" else re.sub(r"```.*?```", "", shown, flags=re.S)
    assert not ENGLISH.search(NO_ENGLISH.sub("", prose)), prose
    assert all(program.text.splitlines()[0] in shown for program in page(code).wrong if program.text)


FIELD = """\
C3.receptive_field: 沿每个轴，从一个输出值所读取的第一个输入位置到最后一个，共有多少个位置

  lenet5.arch:16   C3: conv 16, 5x5, tanh, maps=C3_MAPS -> 10x10x16
  读取 S2：14x14x6

  r = r_in + (f - 1)*j_in, j = j_in*s, p = p_in + b*j_in: 核覆盖 f 个位置，步幅为 s，前端填充为 b

  在 input 上，逐层推导
    层   大小 r               步幅 j    填充 p
    -----------------------------------------------
    C1   1 + (5 - 1)*1 = 5    1*1 = 1   0 + 0*1 = 0
    S2   5 + (2 - 1)*1 = 6    1*2 = 2   0 + 0*1 = 0
    C3   6 + (5 - 1)*2 = 14   2*1 = 2   0 + 0*2 = 0

  在 input 上为 14x14，步幅 2x2，填充 0x0
"""


def test_an_explanation_in_chinese():
    found = run("explain", "lenet5.arch", "C3.receptive_field", "--lang", "zh", cwd=ROOT / "examples")
    assert found == (0, FIELD, "")
