import pytest
from hypothesis import given
from hypothesis import strategies as st

from codewell.codesets import shipped
from codewell.codesets.book import CodeBook, CodeInfo, EditionInfo
from codewell.codesets.rows import CodeRow
from codewell.codesets.rules import System, is_subsidiary


def book_of(system: System, rows: list[CodeRow]) -> CodeBook:
    infos = [
        CodeInfo(
            system.value, r.code, r.title, r.parent, r.level, r.leaf, r.valid_at_3, r.fifth, r.usage, r.sex, r.age_min,
            r.age_max, r.usage_count, tuple(r.flags.get("partners", ())),
        )
        for r in rows
    ]  # fmt: skip
    return CodeBook(EditionInfo(system.value, "t", "Test", None, None, False, 1, 1_000_000), infos)


@pytest.fixture(scope="module")
def icd10() -> CodeBook:
    return book_of(System.icd10, shipped.icd10_rows())


@pytest.fixture(scope="module")
def opcs4() -> CodeBook:
    return book_of(System.opcs4, shipped.opcs4_rows())


def codes(book: CodeBook, query: str, limit: int = 12) -> list[str]:
    return [hit.info.code for hit in book.search(query, limit)]


class TestByCode:
    @pytest.mark.parametrize("query", ["I21.4", "i214", " I21.4 ", "I214-"])
    def test_dots_case_and_blanks_do_not_matter(self, icd10: CodeBook, query: str) -> None:
        assert codes(icd10, query) == ["I214"]

    def test_a_category_comes_first_and_then_its_commonest(self, icd10: CodeBook) -> None:
        assert codes(icd10, "i21")[:2] == ["I21", "I214"]

    def test_the_filler_of_an_undivided_category_is_understood(self, icd10: CodeBook) -> None:
        assert codes(icd10, "J46.X") == ["J46"]
        assert codes(icd10, "J46X") == ["J46"]

    def test_an_x_that_holds_the_place_is_part_of_the_code(self, icd10: CodeBook) -> None:
        assert codes(icd10, "M45.X6") == ["M45X6"]

    def test_a_half_typed_code_finds_those_that_begin_so(self, opcs4: CodeBook) -> None:
        assert all(code.startswith("W3") for code in codes(opcs4, "w3"))

    def test_what_looks_like_a_code_may_be_a_word_too(self, icd10: CodeBook) -> None:
        assert "D510" in codes(icd10, "b12")

    def test_a_code_narrows_words(self, opcs4: CodeBook) -> None:
        assert codes(opcs4, "w40 primary") == codes(opcs4, "primary w40") == ["W401"]


class TestByWords:
    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("fracture neck femur", "S7200"),
            ("fem neck fract", "S7200"),
            ("diab", "E119"),
            ("type 2 diabetes", "E119"),
            ("chest pain", "R074"),
            ("pain chest", "R074"),
            ("atrial fib", "I489"),
            ("crohn's", "K509"),
            ("crohns", "K509"),
            ("hypertension", "I10"),
            ("urinary tract inf", "N390"),
            ("covid", "U073"),
        ],
    )
    def test_in_any_order_and_shortened_the_commonest_first(self, icd10: CodeBook, query: str, first: str) -> None:
        assert codes(icd10, query)[0] == first

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("MI", "I214"), ("heart attack", "I214"), ("heart att", "I214"), ("NSTEMI", "I214"), ("COPD", "J449"),
            ("UTI", "N390"), ("AF", "I489"), ("stroke", "I635"), ("high blood pressure", "I10"), ("smok", "F171"),
            ("breast cancer", "C509"), ("cancer breast", "C509"), ("ca breast", "C509"), ("AKI", "N179"),
            ("pressure sore", "L891"), ("fall stand", "W190"), ("CKD", "N183"), ("#NOF", "S7200"),
        ],
    )  # fmt: skip
    def test_what_people_say_leads_to_what_titles_say(self, icd10: CodeBook, query: str, first: str) -> None:
        assert codes(icd10, query)[0] == first

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("TKR", "W401"), ("knee replacement", "W401"), ("OGD", "G451"), ("PCI", "K751"), ("appendicectomy", "H012"),
            ("lap chole", "J183"), ("gallbladder", "J183"), ("caesar", "R182"), ("left", "Z943"), ("bilateral", "Z941"),
            ("haemodialysis", "X403"), ("hernia repair", "T202"), ("TURP", "M653"), ("CABG", "K453"),
            ("laparoscopic", "Y752"), ("colonoscopy biopsy", "H221"),
        ],
    )  # fmt: skip
    def test_procedures_by_the_names_they_go_by(self, opcs4: CodeBook, query: str, first: str) -> None:
        assert codes(opcs4, query)[0] == first

    @pytest.mark.parametrize(
        ("one", "other"),
        [("haemorrhoids", "hemorrhoids"), ("oesophagitis", "esophagitis"), ("localized", "localised"),
         ("anaemia", "anemia"), ("behaviour", "behavior")],
    )  # fmt: skip
    def test_spellings_of_both_sides_of_the_atlantic(self, icd10: CodeBook, one: str, other: str) -> None:
        assert codes(icd10, one) == codes(icd10, other) != []

    @pytest.mark.parametrize(
        ("word", "system", "wanted"),
        [
            ("hip", "icd10", {"S7200", "M169", "S700"}), ("knee", "icd10", {"M179", "S800", "M171"}),
            ("shoulder", "icd10", {"M751", "S4220", "M750"}), ("hip", "opcs4", {"W381", "W371", "W941"}),
            ("knee", "opcs4", {"W401", "W822"}), ("wrist", "icd10", {"S5250"}), ("hips", "icd10", {"S7200", "M169"}),
        ],
    )  # fmt: skip
    def test_one_word_leads_to_what_is_common_and_not_to_rare_sites(
        self, icd10: CodeBook, opcs4: CodeBook, word: str, system: str, wanted: set[str]
    ) -> None:
        book = {"icd10": icd10, "opcs4": opcs4}[system]
        hits = [hit.info for hit in book.search(word, 12)]
        assert wanted <= {info.code for info in hits}
        # What nobody uses comes after all that is used, and then a title before one that only adds a site.
        after_used = [info for info in [hit.info for hit in book.search(word, 400)] if not info.usage_count]
        assert all(info.usage_count for info in hits[:6])
        if system == "icd10":
            assert after_used[0].level < 5

    @pytest.mark.parametrize(
        ("word", "first", "site"),
        [("hip", "W381", "Z902"), ("knee", "W401", "O132"), ("bladder", "M479", "Z421"), ("shoulder", "T791", "Z891")],
    )
    def test_one_word_asks_for_operations_by_their_use_and_for_sites_after_them(
        self, opcs4: CodeBook, word: str, first: str, site: str
    ) -> None:
        found = codes(opcs4, word, 400)
        assert found[0] == first
        used = [c for c in found if (info := opcs4.get(c)) and info.usage_count and word in info.title.lower()]
        beside = [c for c in used if is_subsidiary(c)]
        assert site in beside
        assert used == [c for c in used if not is_subsidiary(c)] + beside

    @pytest.mark.parametrize(
        ("typed", "first"),
        [("hip joint", "Z843"), ("knee joint", "Z846"), ("joint knee", "Z846"), ("skin leg", "Z504"), ("z843", "Z843"),
         ("z84 hip", "Z843"), ("left", "Z943"), ("laparoscopic", "Y752")],
    )  # fmt: skip
    def test_a_site_a_side_or_a_method_is_first_when_it_is_what_was_typed(
        self, opcs4: CodeBook, typed: str, first: str
    ) -> None:
        assert codes(opcs4, typed)[0] == first

    def test_plurals_find_the_singular(self, icd10: CodeBook) -> None:
        assert "S7200" in codes(icd10, "fractures femur")

    def test_small_words_carry_nothing_but_may_begin_longer_ones(self, icd10: CodeBook) -> None:
        assert codes(icd10, "fracture of the neck of femur")[0] == "S7200"
        assert codes(icd10, "fracture of the neck of the")[0] == "S7200"
        assert "N459" in codes(icd10, "epididymitis or")

    def test_how_it_was_found_is_told(self, icd10: CodeBook) -> None:
        assert icd10.search("I214")[0].match == "code"
        assert icd10.search("subendocardial")[0].match == "title"
        assert icd10.search("NSTEMI")[0].match == "synonym"

    def test_what_holds_only_part_of_what_was_typed_says_so(self, icd10: CodeBook) -> None:
        assert {hit.match for hit in icd10.search("asthma acute")} == {"part"}
        assert "part" not in {hit.match for hit in icd10.search("pneumona")}

    def test_every_word_of_a_title_finds_it(self, icd10: CodeBook, opcs4: CodeBook) -> None:
        for book in (icd10, opcs4):
            for info in list(book)[::97]:
                query = " ".join(reversed(info.title.split()[:6]))
                assert info.code in codes(book, query, 500), (info.code, query)

    def test_no_nonsense_is_answered_for_nonsense(self, icd10: CodeBook) -> None:
        assert codes(icd10, "xyzzy") == []
        assert codes(icd10, "heart xyzzy") == []
        assert codes(icd10, "...") == []

    @given(query=st.text(max_size=60), limit=st.integers(1, 50))
    def test_anything_may_be_typed(self, query: str, limit: int, opcs4: CodeBook) -> None:
        found = codes(opcs4, query, limit)
        assert len(found) == len(set(found)) <= limit

    @pytest.mark.parametrize("query", ["o", "mi", "i2", "d", "of", "1"])
    def test_a_short_list_is_the_beginning_of_a_long_one(self, icd10: CodeBook, query: str) -> None:
        long = codes(icd10, query, 60)
        assert [codes(icd10, query, n) for n in (1, 12, 50)] == [long[:n] for n in (1, 12, 50)]

    @given(data=st.data())
    def test_more_letters_never_lose_the_title_being_typed(self, data: st.DataObject, icd10: CodeBook) -> None:
        info = data.draw(st.sampled_from(list(icd10)))
        words = [w for w in info.title.split() if w.isalpha()][:4]
        typed = " ".join(words)
        cut = data.draw(st.integers(0, len(typed)))
        if typed[:cut].strip():
            assert info.code in codes(icd10, typed[:cut], len(icd10))


# What coders type, and the code that must be first ("=I214") or among the first three ("J440").
TYPED_ICD10 = {
    "copd acute exac": "=J441", "acute exac copd": "=J441", "exac copd": "=J441", "infective exac copd": "=J440",
    "nstemi": "=I214", "stemi inf": "=I211", "stemi ant": "=I210", "ckd 3": "=N183", "ckd stage 4": "=N184",
    "stage 5 ckd": "=N185", "t2dm": "=E119", "dm2": "=E119", "t2dm neuropathy": "=E114", "type 2 diab foot": "E115",
    "dka": "=E101", "uti": "=N390", "e coli": "=B962", "e coli sepsis": "=A415", "fall stairs": "=W100",
    "stairs fall home": "=W100", "fall bed": "=W060", "#nof": "=S7200", "# nof": "=S7200", "#wrist": "=S5250",
    "nof fract": "=S7200", "colles": "=S5250", "paroxysmal af": "=I480", "af paroxysmal": "=I480", "lrti": "J22",
    "asp pneum": "=J690", "hx ca breast": "=Z853", "bone mets": "=C795", "lung mets": "=C780", "ca prostate": "=C61",
    "aki": "=N179", "iron def anaemia": "=D509", "append perf": "=K353", "acute pancreatitis": "=K859",
    "cholecystitis acute": "=K810", "acute cholecystitis": "=K810", "low k": "=E876", "obesity": "=E669",
    "pressure ulcer stage 3": "=L892", "pressure sore grade 2": "=L891", "diab complications": "=E113",
    "oa knee": "=M179", "penicillin allergy": "=Z880", "long term anticoag": "=Z921", "ex smoker": "=Z864",
    "chest pain ?cardiac": "=R074", "head injury": "S099", "i21.4": "=I214", "I214": "=I214", "s72.0": "=S720",
    "e11.": "=E11", "j44": "=J44", "k35": "=K35",
}  # fmt: skip
TYPED_OPCS4 = {
    "hip repl cem": "W371", "hip repl not cem": "=W381", "hip repl uncem": "=W381", "uncemented hip": "=W381",
    "cemented hip": "=W371", "thr cemented": "=W371", "knee repl cem": "=W401", "cem tkr": "=W401",
    "uncemented tkr": "=W411", "tkr": "=W401", "hemi hip cem": "=W461", "lap chole": "=J183", "laparosc chole": "=J183",
    "ogd biopsy": "=G451", "biopsy ogd": "=G451", "colonosc polyp": "=H201", "flexi sig biopsy": "=H251",
    "cataract phaco": "=C712", "phaco": "=C712", "phaco iol": "=C712", "coronary angio": "=K634", "ct head": "=U051",
    "mri brain": "=U052", "mri spine": "=U055", "emergency csection": "=R182", "elective lscs": "=R172",
    "hernia inguinal mesh": "=T202", "lap appendix": "=H012", "left": "=Z943", "pacemaker dual": "=K606", "dhs": "W246",
    "hysteroscopy biopsy": "=Q181", "intravitreal inj": "=C794", "g45.1": "=G451", "G451": "=G451", "w37": "=W37",
    "w37.": "=W37", "z94": "=Z94",
}  # fmt: skip
MISSPELT = {
    "pneumona": ("icd10", "=J181"), "haemorhoids": ("icd10", "=K649"), "choleycstitis": ("icd10", "=K801"),
    "diabetse type 2": ("icd10", "=E119"), "hyponatremia": ("icd10", "=E871"), "alzhiemers": ("icd10", "F009"),
    "laproscopic chole": ("opcs4", "=J183"), "tonsilectomy": ("opcs4", "=F341"), "colonscopy": ("opcs4", "H221"),
}  # fmt: skip


def assert_answers(book: CodeBook, typed: str, wanted: str) -> None:
    found = codes(book, typed)
    assert wanted.removeprefix("=") in found[: 1 if wanted.startswith("=") else 3], (typed, found)


class TestWhatCodersType:
    @pytest.mark.parametrize(("typed", "wanted"), TYPED_ICD10.items())
    def test_icd10(self, icd10: CodeBook, typed: str, wanted: str) -> None:
        assert_answers(icd10, typed, wanted)

    @pytest.mark.parametrize(("typed", "wanted"), TYPED_OPCS4.items())
    def test_opcs4(self, opcs4: CodeBook, typed: str, wanted: str) -> None:
        assert_answers(opcs4, typed, wanted)

    @pytest.mark.parametrize(("typed", "wanted"), MISSPELT.items())
    def test_one_slip_in_a_word_of_five_letters_or_more_is_forgiven(
        self, icd10: CodeBook, opcs4: CodeBook, typed: str, wanted: tuple[str, str]
    ) -> None:
        assert_answers({"icd10": icd10, "opcs4": opcs4}[wanted[0]], typed, wanted[1])

    @pytest.mark.parametrize("typed", ["nuemonia", "pnmonia", "hart", "xneumonia"])
    def test_two_slips_a_short_word_or_a_wrong_first_letter_are_not(self, icd10: CodeBook, typed: str) -> None:
        assert codes(icd10, typed) == []

    def test_what_a_title_denies_comes_after_what_it_says(self, opcs4: CodeBook) -> None:
        found = codes(opcs4, "hip repl cem", 50)
        denied = [c for c in found if c.startswith("W38")]
        assert denied
        assert max(found.index(c) for c in found if c.startswith("W37")) < min(found.index(c) for c in denied)

    def test_words_that_no_code_holds_together_find_those_of_the_telling_word(self, icd10: CodeBook) -> None:
        assert codes(icd10, "asthma acute")[0] == "J459"
        assert codes(icd10, "asthma heart xyzzy") == []


class TestBook:
    def test_families(self, icd10: CodeBook) -> None:
        assert [i.code for i in icd10.children("S720")] == ["S7200", "S7201"]
        assert [i.code for i in icd10.children("M45")] == [f"M45X{n}" for n in range(10)]
        assert icd10.children("nothing") == icd10.siblings("nothing") == icd10.siblings("I21") == []
        assert "I214" not in [i.code for i in icd10.siblings("I214")]

    def test_how_rare_a_code_is(self, icd10: CodeBook) -> None:
        common, rare = icd10.get("I10"), icd10.get("A001")
        assert common is not None
        assert rare is not None
        assert icd10.one_in(common) == 25
        assert icd10.one_in(rare) is None

    def test_what_is_missing(self, icd10: CodeBook) -> None:
        told = {c: icd10.get(c).missing for c in ("S72", "S720", "S7200", "J46", "M45", "W19")}  # type: ignore[union-attr]
        assert told == {
            "S72": "a 4th character", "S720": "a 5th character", "S7200": None, "J46": None, "M45": None,
            "W19": "a 4th character",
        }  # fmt: skip
