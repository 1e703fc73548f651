"""Women, newborn babies and children."""

from codewell.synth.scenarios.model import Also, Op, Scenario, scenario
from codewell.synth.scenarios.services import GYNAECOLOGY, MIDWIVES, NEONATES, OBSTETRICS, PAEDIATRICS, WELL_BABIES

LIVE = Also(1.0, "Z370", ("Live baby, cried at birth ({0}).", "Outcome: {0}.", "Delivered a healthy baby: {0}."))
ANAEMIA = Also(0.12, "O990 D509", ("{0}, on iron.",))
GDM = Also(0.1, "O244", ("{0}, diet or metformin.",))
BMI = Also(0.15, "O992 E669", ("Booking BMI 36: {0}.",))
MOOD = Also(0.08, "O993 F329", ("{0}, under the perinatal team.",))
SMOKES = Also(0.08, "F171", ("{0}.",))
PPH = Also(0.22, "O721", ("{0}, EBL 900 ml, syntocinon infusion.",))
TEAR = Also(0.3, "O701", ("{0}.",))

SCENARIOS: tuple[Scenario, ...] = (
    scenario(
        "normal-birth", MIDWIVES, 1.6, "maternity", ages=(17, 30, 44), stay=(0, 1, 2), men=0.0, primary=((3, "O800"), (3, "O701"), (1.5, "O700")), presents=("Spontaneous labour at 39+4, low risk.", "Contracting 1 in 3, 5 cm on arrival, midwife-led."), course=("Skin to skin, breast feeding, home next day.", "Physiological third stage. Uneventful postnatal stay."),
        also=(LIVE, ANAEMIA, SMOKES), ops=(Op(1.0, "R249", "theatre", (0, 0), ("Cephalic, easy birth, placenta complete.",)),), nots=("No PPH, EBL 250 ml.", "Rhesus positive."), pmh=0.1,
    ),
    scenario(
        "birth-repair", OBSTETRICS, 1.2, "maternity", ages=(17, 30, 44), stay=(0, 1, 3), men=0.0, primary=((5, "O701"), (0.5, "O702")), presents=("Induced at 41+5, long first stage.", "SROM then contractions at 40 weeks."), course=("Repaired in the room, debrief done.", "Home day 1 with laxatives and follow-up."),
        also=(LIVE, PPH, ANAEMIA, GDM, BMI, MOOD, Also(0.2, "O48", ("{0} at 41+5.",)), SMOKES), ops=(Op(1.0, "R249 DOING", "theatre", (0, 0), ("Vaginal birth. Layers closed with 2/0 Vicryl Rapide.",)), Op(0.3, "R151", "bedside")), doing={"O701": ("R323",), "O702": ("R322",)}, nots=("No shoulder dystocia.",), pmh=0.1,
    ),
    scenario(
        "instrumental", OBSTETRICS, 0.8, "maternity", ages=(17, 30, 44), stay=(1, 2, 4), men=0.0, primary=((3, "O680"), (2, "O631"), (1, "O757")), presents=("Fully dilated and pushing.", "Reviewed in second stage by the registrar."), course=("Cord gases fine. TWOC passed.",), also=(LIVE, PPH, TEAR, ANAEMIA, GDM, BMI), ops=(Op(0.6, "R215 R271", "theatre", (0, 0), ("OA, +2, three pulls with Neville Barnes.",)), Op(0.4, "R222 R271", "theatre", (0, 0), ("Kiwi cup, two pulls, no detachment.",)), Op(0.5, "R151", "bedside")), nots=("No third-degree injury.",), pmh=0.1,
    ),
    scenario(
        "emergency-section", OBSTETRICS, 1.2, "maternity", ages=(17, 31, 46), stay=(1, 2, 5), men=0.0, primary=((3, "O680"), (2, "O620"), (1, "O321"), (1, "O141"), (1, "O610")), presents=("Category 2 to theatre from labour ward.", "Decision for theatre after review by the registrar at 6 cm.", "Transferred to theatre, category 3."), course=("Catheter out 12 h, clexane, home day 2.", "Mother and baby well at discharge."),
        also=(LIVE, PPH, ANAEMIA, GDM, BMI, MOOD, Also(0.04, "O860", ("{0} on day 4.",))), ops=(Op(1.0, "R182", "theatre", (0, 0), ("Pfannenstiel, LUS incision, uterus closed in two layers.",)), Op(0.3, "R151", "bedside")), nots=("No uterine rupture.", "Tubes and ovaries normal."), pmh=0.15,
    ),
    scenario(
        "elective-section", OBSTETRICS, 1.0, "maternity", ages=(21, 33, 46), stay=(1, 2, 4), men=0.0, primary=((5, "O342"), (1, "O321"), (0.6, "O440")), presents=("Planned at 39 weeks after counselling.", "Booked list case, consented in clinic."), course=("Home day 1 to 2, wound dry.",), also=(LIVE, ANAEMIA, GDM, BMI, Also(0.12, "O721", ("{0}.",)), MOOD), ops=(Op(1.0, "R172", "theatre", (0, 0), ("Spinal. Thin scar, bladder reflected down, EBL 420.",)),), nots=("No adhesions worth noting.",), pmh=0.15,
    ),
    scenario(
        "reduced-movements", OBSTETRICS, 1.6, "maternity", ages=(17, 29, 44), stay=(0, 0, 1), men=0.0, primary=((3, "O368"), (1, "O470"), (1, "O234"), (1, "O13"), (1, "O469")), presents=("34 weeks, worried, came via triage.", "Referred in by the community midwife at 33 weeks."), course=("CTG normal, home with advice.", "Observed, growth scan arranged."), also=(GDM, BMI, ANAEMIA, SMOKES), nots=("Membranes intact.", "No pre-eclampsia on bloods."), pmh=0.15,
    ),
    scenario(
        "hyperemesis", GYNAECOLOGY, 0.6, "emergency", ages=(17, 28, 42), stay=(0, 1, 3), men=0.0, primary=((3, "O210"), (1, "O211")), presents=("9 weeks, vomiting everything, ketones 3+.",), course=("Fluids, cyclizine, thiamine. Rescan normal.",), also=(Also(0.2, "O992 E876", ("{0}.",)),), nots=("Single viable pregnancy.",), pmh=0.1,
    ),
    scenario(
        "miscarriage", GYNAECOLOGY, 0.7, "emergency", ages=(17, 32, 46), stay=(0, 0, 1), men=0.0, primary=((3, "O021"), (2, "O034"), (1, "O039"), (0.5, "O200")), presents=("Bleeding at 8 weeks, scan discussed.", "Pain and clots, early pregnancy unit scan."), course=("Support leaflet, test in 3 weeks.",), ops=(Op(0.55, "Q111 Y954", "theatre", (0, 0), ("Under GA, cavity empty at the end.",)),), nots=("Ectopic excluded.", "Rh positive, no anti-D."), pmh=0.15,
    ),
    scenario(
        "ectopic", GYNAECOLOGY, 0.3, "emergency", ages=(19, 31, 44), stay=(0, 1, 3), men=0.0, primary="O001", presents=("Left iliac pain, 6 weeks, empty uterus, hCG 4,200.",), course=("Home next day, hCG tracking.",), ops=(Op(1.0, "Q233 Y752 SIDE", "theatre", (0, 0), ("200 ml blood, tube removed, other side normal.",)),), also=(Also(0.15, "D62", ("{0}.",)),), sides="RL", nots=("No tubal disease opposite.",), pmh=0.1,
    ),
    scenario(
        "hysteroscopy", GYNAECOLOGY, 1.2, "daycase", ages=(28, 53, 82), men=0.0, primary=((3, "N950"), (2, "N920"), (1, "N840"), (0.6, "C541"), (1, "N938")), presents=("Referred on the urgent pathway, lining 9 mm.", "Bleeding, thickened on scan."), course=("Home, letter with results.",), ops=(Op(0.7, "Q181", "scope", (0, 0), ("Cavity inspected, pipelle sample.",)), Op(0.3, "Q171", "theatre", (0, 0), ("MyoSure, complete removal.",))), nots=("No perforation.",), pmh=0.5,
        histology={"C541": ("Endometrioid adenocarcinoma grade 1, endometrium.",), "N840": ("Benign endometrial polyp.",), "N950": ("Atrophic endometrium.",)}, suspected=("Endometrial sample sent, awaited.",),
    ),
    scenario(
        "hysterectomy", GYNAECOLOGY, 0.7, "elective", ages=(34, 49, 80), stay=(1, 2, 5), men=0.0, primary=((3, "D259"), (2, "N920"), (1, "N800"), (1, "C541")), presents=("Pressure symptoms and flooding, coil failed.", "Planned removal of the womb."), course=("Catheter out day 1, home day 2.",), ops=(Op(0.6, "Q074 Y752", "theatre", (0, 0), ("Ureters seen, vault closed.",)), Op(0.4, "Q074 Q221", "theatre", (0, 0), ("Low transverse incision, washed out.",))), also=(Also(0.12, "K660", ("{0} divided.",)), Also(0.06, "D62", ("{0}.",)), Also(0.15, "D509", ("Long-standing {0}.",))), nots=("Bladder and bowel intact.",), pmh=0.6,
        histology={"D259": ("Leiomyomata, no malignancy.",), "N800": ("Adenomyosis of uterus (endometriosis).",), "C541": ("Endometrioid carcinoma of endometrium, stage 1a.",), "N920": ("Proliferative endometrium, no hyperplasia.",)},
    ),
    scenario(
        "ovarian", GYNAECOLOGY, 0.6, "emergency", ages=(15, 33, 70), stay=(0, 1, 3), men=0.0, primary=((3, "N832"), (1, "N835"), (1, "N801"), (1, "D27")), presents=("Sudden one-sided pelvic pain, 6 cm mass on scan.",), course=("Keyhole surgery, home.",), ops=(Op(0.8, "Q491 SIDE", "theatre", (0, 1), ("Detorted or drained, ovary saved.",)),), sides="RL", nots=("Pregnancy test negative.",), pmh=0.2,
    ),
    scenario(
        "prolapse", GYNAECOLOGY, 0.5, "elective", ages=(36, 64, 86), stay=(0, 1, 3), men=0.0, primary=((3, "N811"), (2, "N816"), (1, "N812")), presents=("Something coming down, dragging.",), course=("Pack out, voiding well.",), ops=(Op(1.0, "DOING", "theatre", (0, 0), ("Fascia plicated, excess skin trimmed.",)),), doing={"N811": ("P232",), "N816": ("P233",), "N812": ("P231",)}, also=(Also(0.15, "N393", ("{0}.",)),), nots=("No rectal injury.",), pmh=0.8,
    ),
    scenario(
        "well-baby", WELL_BABIES, 3.2, "birth", ages=(0, 0, 0), stay=(0, 1, 3), primary=((20, "Z380"), (1, "Z383")), presents=("Born at term, Apgars 9 and 10.", "Delivered in good condition, no resuscitation."), course=("Feeding well, NIPE normal, vitamin K given.", "Passed urine and meconium; hearing screen booked."), also=(Also(0.08, "Q381", ("{0} noted.",)), Also(0.03, "Q825", ("{0} noted.",))), nots=("Hips stable, red reflexes seen.", "No murmur."), pmh=0.0, neonatal="0",
    ),
    scenario(
        "jaundice", NEONATES, 0.5, "birth", ages=(0, 0, 0), stay=(2, 3, 6), primary=((3, "P599 Z380"), (1, "P590 P073 Z380"), (0.5, "P551 Z380")), presents=("Yellow on day 2, SBR above treatment line.",), course=("Double lights for 24 h, rebound fine.",), ops=(Op(0.4, "S129", "bedside", (1, 2)),), also=(Also(0.1, "P925", ("{0}.",)),), nots=("Sepsis screen negative.",), pmh=0.0, neonatal="1",
    ),
    scenario(
        "preterm", NEONATES, 0.5, "birth", ages=(0, 0, 0), stay=(6, 20, 50), primary=((3, "P220 P073 P071 Z380"), (2, "P073 P071 Z380"), (0.6, "P072 P220 P070 Z380"), (0.6, "P220 P073 P071 Z383")), presents=("Delivered early after spontaneous labour, to the unit.", "Delivered early for maternal reasons, to the unit at 10 min."), course=("Caffeine, TPN then full feeds by day 9. Home weighing 2.1 kg.", "Cranial ultrasounds normal. Home with community team."), ops=(Op(0.6, "E856", "bedside", (0, 1)), Op(0.2, "E851", "bedside", (0, 1)), Op(0.5, "G475", "bedside")), also=(Also(0.4, "P590", ("{0}.",)), Also(0.2, "P369", ("Treated for {0}.",)), Also(0.15, "P284", ("{0}.",))), nots=("No IVH.", "No NEC."), pmh=0.0, neonatal="2",
    ),
    scenario(
        "ttn", NEONATES, 0.5, "birth", ages=(0, 0, 0), stay=(1, 2, 5), primary=((3, "P221 Z380"), (1, "P369 Z380"), (1, "P704 Z380")), presents=("Came to the unit from the postnatal ward in the first hours.", "Not quite right at 4 h of age, brought to the unit."), course=("Settled in 24 to 48 h, back to mum.",), nots=("Blood culture negative unless said above.",), pmh=0.0, neonatal="1",
    ),
    scenario(
        "bronchiolitis", PAEDIATRICS, 1.5, "emergency", ages=(0, 0.6, 1.8), stay=(0, 2, 6), men=0.58, primary=((3, "J210"), (3, "J219")), presents=("Three days of snuffles, now poor feeding and fast breathing.", "Wheezy chesty infant, sats 89 %."), course=("NG feeds and low-flow oxygen for a day.", "Weaned, feeding two thirds, home."), ops=(Op(0.25, "X522", "bedside"), Op(0.25, "G475", "bedside")), also=(Also(0.15, "J9600", ("{0}.",)), Also(0.15, "R633", ("{0}.",))), nots=("No apnoea.", "No focal signs."), pmh=0.0,
    ),
    scenario(
        "viral-wheeze", PAEDIATRICS, 1.2, "emergency", ages=(1, 3, 12), stay=(0, 1, 3), men=0.6, primary=((3, "R062 B349"), (2, "J459"), (1, "J46")), presents=("Runny nose then wheeze, working hard to breathe.",), course=("Salbutamol stretched to 4-hourly, wheeze plan.",), nots=("No crackles.",), also=(Also(0.1, "L209", ("{0}.",)),), pmh=0.0,
    ),
    scenario(
        "croup", PAEDIATRICS, 0.5, "emergency", ages=(0.5, 2, 6), stay=(0, 0, 1), men=0.6, primary="J050", presents=("Barking cough and stridor since midnight.",), course=("Dexamethasone, observed 4 h.",), nots=("Not toxic, drinking.",), pmh=0.0,
    ),
    scenario(
        "febrile-convulsion", PAEDIATRICS, 0.6, "emergency", ages=(0.6, 2, 5), stay=(0, 1, 2), men=0.55, primary="R560", presents=("2-minute generalised jerk with temperature 39.4.",), course=("Back to normal, first aid advice.",), also=(Also(0.3, "H669", ("Focus: {0}.",)), Also(0.3, "J069", ("Source: {0}.",))), nots=("No meningism.",), pmh=0.0,
    ),
    scenario(
        "child-gastro", PAEDIATRICS, 1.0, "emergency", ages=(0, 2, 12), stay=(0, 1, 3), primary=((3, "A084"), (1, "A080"), (2, "A099")), presents=("Vomiting and loose nappies, not keeping fluids down.",), course=("ORS by syringe, weed, home.",), also=(Also(0.3, "E86", ("{0}.",)),), nots=("Abdomen soft, no bile.",), pmh=0.0,
    ),
    scenario(
        "child-fever", PAEDIATRICS, 1.2, "emergency", ages=(0, 2, 14), stay=(0, 1, 4), primary=((3, "B349"), (1, "N390"), (1, "J069"), (1, "J181"), (1, "H669")), presents=("Fever 39, miserable, off food.", "Hot and sleepy since yesterday."), course=("48 h antibiotics until cultures back.", "Observed, improved."), ops=(Op(0.1, "A559", "bedside"),), nots=("No rash.", "Meningitis excluded."), pmh=0.0,
    ),
    scenario(
        "food-challenge", PAEDIATRICS, 0.5, "daycase", ages=(3, 8, 16), primary=((3, "T781"), (1, "L209")), presents=("Food challenge morning, off antihistamines.",), course=("All doses taken, home after 2 h.",), ops=(Op(1.0, "U411", "bedside"),), nots=("No anaphylaxis.",), pmh=0.0,
    ),
    scenario(
        "teen-selfharm", PAEDIATRICS, 0.5, "emergency", ages=(12, 15, 17), stay=(0, 1, 4), men=0.2, primary=((3, "T391 X60@"), (1, "T432 X61@")), presents=("Told the school nurse about last night.", "Disclosed to a parent this morning, brought straight in."), course=("CAMHS assessment, safety plan, home with parents.",), also=(Also(0.3, "F329", ("{0}.",)), Also(0.3, "Z915", ("{0}.",)), Also(0.15, "F840", ("{0}.",)), Also(0.15, "F900", ("{0}.",))), nots=("Paracetamol level below the line.",), pmh=0.05,
    ),
)  # fmt: skip
