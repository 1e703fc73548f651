"""Planned work: endoscopy, the catheter suite, day units, dialysis, chemotherapy, infusions."""

from codewell.synth.scenarios.model import Also, Op, Scenario, scenario
from codewell.synth.scenarios.services import (
    CARDIOLOGY,
    CATH_LAB,
    CHEMO,
    COLORECTAL,
    DIALYSIS,
    ENDOSCOPY,
    EYES,
    GASTRO,
    HAEMATOLOGY,
    ONCOLOGY,
    PAIN,
    RENAL,
    RESPIRATORY,
    RHEUMATOLOGY,
)

SCOPE_NOTES = ("Bowel prep good. Withdrawal 9 min.", "Comfort score 2. Midazolam 2 mg and fentanyl 50 mcg.", "Entonox only. Prep fair but adequate.")
OGD_NOTES = ("Throat spray only, well tolerated.", "Midazolam 3 mg. Scope withdrawn without incident.")

SCENARIOS: tuple[Scenario, ...] = (
    scenario(
        "colonoscopy", ENDOSCOPY, 5.0, "daycase", ages=(24, 62, 86),
        primary=((3, "K573"), (3, "K635"), (2, "D125"), (2, "D122"), (1, "D124"), (1.5, "K649"), (1.2, "R194"), (1, "K519"), (0.8, "K509"), (0.5, "C187"), (1, "R195")),
        presents=("Two-week-wait referral with change in bowel habit.", "FIT 38. Iron studies low-normal.", "Surveillance procedure due."),
        course=("Discharged home with a responsible adult after recovery.", "Home after tea and toast. Results by letter."),
        also=(Also(0.25, "K649", ("Also {0}.",)), Also(0.25, "K573", ("Incidental {0}.",)), Also(0.1, "Z800", ("{0}.",)), Also(0.1, "Z860", ("{0}.",))),
        ops=(Op(1.0, "DOING", "scope", (0, 0), SCOPE_NOTES),),
        doing={"": ("H229 SITE",), "K635": ("H201 SITE",), "D125": ("H201 SITE",), "D122": ("H201 SITE",), "D124": ("H201 SITE",), "K519": ("H221 SITE",), "K509": ("H221 SITE",), "C187": ("H221 SITE",), "R194": ("H229 SITE", "H221 SITE")}, nots=("No immediate complication.", "No bleeding."), pmh=0.55,
        sites={"": ("Z282",), "K519": ("Z282", "Z286"), "K573": ("Z282", "Z284"), "D125": ("Z286",), "D122": ("Z283",), "D124": ("Z285",), "C187": ("Z286",), "K635": ("Z286", "Z284")},
        histology={"D125": ("Tubulovillous adenoma with low-grade dysplasia (sigmoid polyp).",), "D122": ("Tubular adenoma, low-grade dysplasia (ascending colon polyp).",),
                   "D124": ("Tubular adenoma, low-grade dysplasia (descending colon polyp).",), "C187": ("Moderately differentiated adenocarcinoma, sigmoid biopsy.",),
                   "K635": ("Polyp tissue without dysplasia (colonic polyp).",), "K519": ("Active chronic ulcerative colitis.",), "K509": ("Granulomas: consistent with Crohn's.",)},
        suspected=("Lesion sampled/removed, histology awaited.",),
    ),
    scenario(
        "flexi-sig", COLORECTAL, 1.4, "daycase", ages=(20, 50, 82), primary=((3, "K649"), (1, "K625"), (1, "K602"), (1, "K573")),
        presents=("Fresh red blood on the paper for some months.", "Rectal bleeding clinic referral, straight to test."),
        course=("Home same day. Fibre advice.",), ops=(Op(1.0, "DOING", "scope", (0, 0), ("Enema prep, clear view.", "Good view after enema.")),), doing={"": ("H259 Z286",), "K649": ("H524", "H259 Z286")},
        nots=("Rectal cancer excluded.",), pmh=0.4,
    ),
    scenario(
        "ogd", ENDOSCOPY, 3.6, "daycase", ages=(22, 60, 88), primary=((3, "K219"), (2, "K297"), (2, "K227"), (2, "K449"), (1, "K210"), (1, "K298"), (0.8, "R13"), (0.4, "C155"), (0.7, "K317"), (0.6, "K900")),
        presents=("Dyspepsia not helped by omeprazole.", "Heartburn and food sticking.", "Weight loss and epigastric pain, urgent pathway."),
        course=("Home with PPI advice.", "Copy of report given. GP to follow."), also=(Also(0.3, "K449", ("{0} noted.",)), Also(0.15, "K317", ("{0} seen.",))),
        ops=(Op(1.0, "DOING", "scope", (0, 0), OGD_NOTES),), doing={"": ("G459 Z274", "G451 SITE"), "K227": ("G451 SITE",), "C155": ("G451 SITE",), "K900": ("G451 SITE",), "K210": ("G451 SITE", "G459 Z274")},
        sites={"": ("Z274", "Z272"), "K227": ("Z271",), "C155": ("Z271",), "K210": ("Z271",), "K900": ("Z274",)},
        histology={"K227": ("Intestinal metaplasia confirming Barrett's mucosa.",), "C155": ("Adenocarcinoma, lower oesophageal biopsy.",), "K900": ("Villous atrophy, Marsh 3b: coeliac disease.",), "K297": ("Mild chronic gastritis.",)},
        suspected=("Biopsies taken, histology to follow.",), nots=("No varices.", "H. pylori CLO negative."), pmh=0.6,
    ),
    scenario(
        "ercp", GASTRO, 0.7, "elective", ages=(30, 68, 92), stay=(0, 1, 4), primary=((3, "K805"), (1, "K831"), (0.6, "K803")), presents=("Obstructive LFTs, dilated duct on MRCP.", "Recurrent RUQ pain, known ductal stones."),
        course=("Duct cleared. Amylase checked at 6 h and normal.", "Balloon trawl clear at the end of the procedure."), also=(Also(0.2, "R17", ("{0} pre-procedure.",)),),
        ops=(Op(0.75, "J381 Y534", "scope", (0, 1), ("Deep cannulation achieved at the second attempt.",)), Op(0.25, "J382 Y534", "scope", (0, 1), ("Plastic stent left in place.",))), nots=("No pancreatitis afterwards.", "No perforation."), pmh=0.9,
    ),
    scenario(
        "angiogram", CATH_LAB, 2.0, "daycase", ages=(42, 66, 86), men=0.64, primary=((3, "I251"), (2, "I209"), (1, "I350"), (1, "R074")), presents=("Exertional chest tightness, positive CT calcium score.", "Work-up before valve surgery.", "Stable symptoms despite two antianginals."),
        course=("Radial band off at 2 h, home.", "For MDT discussion. Continue medical therapy."), also=(Also(0.5, "I209", ("{0} CCS 2.",)),),
        ops=(Op(0.7, "K634 Y534 Y795", "cath", (0, 0), ("6F sheath. Mild to moderate disease shown.",)), Op(0.3, "K751 Y534 Y795", "cath", (0, 0), ("Lesion crossed easily, good expansion on IVUS.",))), nots=("No contrast reaction.",), pmh=1.1,
    ),
    scenario(
        "pacemaker", CARDIOLOGY, 0.8, "elective", ages=(55, 79, 97), stay=(0, 0, 2), primary=((3, "I442"), (3, "I495"), (1, "I441"), (1, "I489")), presents=("Recurrent dizzy spells, pauses of 5 s on the monitor.", "Slow heart rate of 34 on clinic trace."),
        course=("Check satisfactory, CXR: leads in place.", "Wound clean, device clinic in 6 weeks."), ops=(Op(0.75, "K606 Y534 SIDE", "cath", (0, 0), ("Subclavian access. Good thresholds.",)), Op(0.25, "K605 Y534 SIDE", "cath", (0, 0), ("Cephalic cut-down. R wave 11 mV.",))), sides="LLLR", nots=("No pneumothorax.", "No haematoma."), pmh=1.2,
    ),
    scenario(
        "cardioversion", CATH_LAB, 0.7, "daycase", ages=(45, 68, 86), men=0.66, primary=((4, "I481"), (1, "I484")), presents=("Symptomatic arrhythmia for 4 months, anticoagulated throughout.", "Booked by the arrhythmia nurse."),
        course=("Sinus rhythm restored after one 200 J shock.", "Two shocks, back in SR; stay on amiodarone."), ops=(Op(1.0, "X501", "cath", (0, 0), ("Under brief sedation by the anaesthetist.",)),), nots=("No skin burns.",), pmh=1.1,
    ),
    scenario(
        "af-ablation", CATH_LAB, 0.3, "elective", ages=(40, 63, 80), stay=(0, 1, 2), men=0.65, primary=((3, "I480"), (2, "I481")), presents=("Symptomatic palpitations despite flecainide.",), course=("Bed rest 4 h, home next day on DOAC.",),
        ops=(Op(1.0, "K621 Y534 Y793", "cath", (0, 0), ("All four veins isolated, bidirectional block.",)),), nots=("No tamponade on echo.",), pmh=0.9,
    ),
    scenario(
        "dialysis", DIALYSIS, 4.0, "regular", ages=(28, 65, 88), men=0.6, primary=((3, "N185 Z992"), (1.2, "N185 D638 Z992")), presents=("Attended for routine session, three times weekly.", "Unit haemodialysis session via fistula."),
        course=("4 h, UF 2.1 L, stable observations.", "Session completed, target weight reached."), also=(Also(0.06, "E877", ("{0} at the start.",)),),
        ops=(Op(1.0, "X403", "bedside"),), nots=("No access problem.", "No intradialytic hypotension."), pmh=0.5,
    ),
    scenario(
        "fistula", RENAL, 0.4, "daycase", ages=(30, 63, 85), men=0.6, primary=((3, "N185"), (1, "N185 D638"), (1, "N184")), presents=("Pre-dialysis patient, vein mapping suitable.",), course=("Good thrill at the end. Home.",),
        ops=(Op(1.0, "L742 SIDE", "theatre", (0, 0), ("Brachiocephalic; palpable thrill.", "Radiocephalic at the wrist under block.")),), sides="LLR", nots=("No steal.",), pmh=1.0,
    ),
    scenario(
        "renal-line", RENAL, 0.5, "emergency", ages=(30, 64, 88), stay=(2, 7, 20), men=0.58, primary=((2, "N179"), (2, "N185"), (1, "T827 Y841")), presents=("Unwell, urea 48.", "Sent up from the renal clinic."),
        course=("Seen daily by the renal team; discharged with clinic follow-up.", "Line changed, antibiotics for two weeks."), also=(Also(0.3, "E877", ("{0}.",)), Also(0.4, "E875", ("{0}.",))),
        ops=(Op(0.7, "L915 Y532", "bedside", (0, 2)), Op(0.6, "X403", "bedside", (0, 2))), nots=("Vasculitis screen negative.",), pmh=1.2,
    ),
    scenario(
        "chemo-breast", CHEMO, 2.6, "regular", ages=(30, 56, 80), men=0.01, primary=((3, "C509"), (1, "C504"), (1, "C509 C795"), (1, "C509 C773")), presents=("Attended for cycle 3, bloods within limits, ECOG 0.", "Next cycle; mild tiredness only."),
        course=("Given as planned, home with antiemetics.", "Tolerated well, next visit in 3 weeks."), also=(Also(1.0, "Z511", ("{0} given.",)), Also(0.1, "Z901", ("{0}.",))), ops=(Op(0.5, "X721", "unit"), Op(0.5, "X723", "unit")), nots=("Neutrophils 2.9.", "No extravasation."), pmh=0.4,
    ),
    scenario(
        "chemo-bowel", CHEMO, 2.0, "regular", ages=(38, 66, 84), men=0.56, primary=((2, "C187"), (2, "C20"), (1, "C182 C787"), (1, "C189 C787"), (1, "C259")), presents=("Here for the next cycle, no fever, PICC working.", "Cycle 5 of 12."),
        course=("Pump attached, district nurse to disconnect.", "Dose reduced by 20 % for fatigue; given without problems."), also=(Also(1.0, "Z511", ("{0}.",)), Also(0.12, "Z933", ("{0}, healthy.",)), Also(0.15, "G620 Y433", ("{0}, grade 1.",))), ops=(Op(0.6, "X722", "unit"), Op(0.4, "X724", "unit")), nots=("No diarrhoea.", "LFTs acceptable."), pmh=0.6,
    ),
    scenario(
        "chemo-lung", CHEMO, 1.4, "regular", ages=(44, 68, 86), men=0.54, primary=((2, "C341"), (2, "C349"), (1, "C343 C780"), (1, "C349 C793")), presents=("Immunotherapy visit, feels well.", "Cycle 2, breathlessness stable."), course=("Pembrolizumab given, thyroid function checked.", "Treatment given, CT after next cycle."),
        also=(Also(1.0, "Z511", ("{0}.",)),), ops=(Op(0.6, "X723", "unit"), Op(0.4, "X724", "unit")), nots=("No pneumonitis.", "No rash."), pmh=0.7,
    ),
    scenario(
        "chemo-lymphoma", HAEMATOLOGY, 1.8, "regular", ages=(22, 64, 86), men=0.54, primary=((2, "C833"), (1, "C819"), (3, "C900"), (1, "C829"), (1, "C911")), presents=("Day unit attendance for treatment, counts recovered.", "Subcutaneous treatment visit."), course=("Given without reaction, next visit booked.", "Observed and discharged."),
        also=(Also(1.0, "Z511", ("{0} today.",)),), ops=(Op(0.5, "X722", "unit"), Op(0.5, "X384", "unit")), nots=("Afebrile.", "No tumour lysis."), pmh=0.6,
    ),
    scenario(
        "neutropenic", ONCOLOGY, 0.8, "emergency", ages=(24, 62, 84), stay=(2, 5, 14), died=0.04, primary=((3, "D70 Y433"), (1, "A419 D70 Y433")), presents=("Temperature 38.9 nine days after the last cycle, neutrophils 0.1.", "Rigors at home, called the 24 h helpline."),
        course=("Piperacillin-tazobactam within the hour, G-CSF, counts recovered.", "Stepped down at 48 h; MASCC 22."), also=(Also(0.5, "C509", ("On treatment for {0}.",)), Also(0.4, "C833", ("Under haematology with {0}.",)), Also(0.3, "R509", ("{0}, no source.",)), Also(0.2, "K123", ("{0}.",)), Also(0.15, "E876", ("{0}.",))),
        ops=(Op(0.2, "X333", "bedside", (1, 3)),), nots=("CXR clear.", "Line site clean.", "Cultures no growth."), pmh=0.5,
    ),
    scenario(
        "transfusion", HAEMATOLOGY, 1.3, "regular", ages=(45, 77, 95), primary=((3, "D469"), (1, "D649"), (1, "C900"), (1, "D619")), presents=("Regular top-up, Hb 74.", "Attends every three weeks."), course=("Two units given, no reaction.", "One unit; furosemide cover."), ops=(Op(0.85, "X332", "unit"), Op(0.15, "X333", "unit")), nots=("No reaction.",), pmh=0.6,
    ),
    scenario(
        "marrow", HAEMATOLOGY, 0.5, "daycase", ages=(25, 66, 88), primary=((2, "D472"), (2, "C900"), (1, "D696"), (1, "D469")), presents=("For marrow examination, paraprotein rising.", "Unexplained counts, planned test."), course=("Well afterwards, clinic for results.",), ops=(Op(1.0, "W365 Z753", "bedside"),), nots=("No bleeding from the site.",), pmh=0.5,
        histology={"C900": ("Trephine: 40 % clonal plasma cells, myeloma.",), "D472": ("5 % plasma cells, in keeping with MGUS.",), "D469": ("Dysplastic marrow: myelodysplasia.",)}, suspected=("Marrow result awaited.",),
    ),
    scenario(
        "venesection", HAEMATOLOGY, 0.8, "regular", ages=(28, 56, 82), men=0.75, primary=((3, "E831"), (1, "D45")), presents=("Regular visit, ferritin 310.", "Routine attendance, haematocrit 0.49."), course=("450 ml taken, refreshments, home.",), ops=(Op(1.0, "X362", "bedside"),), nots=("No faint.",), pmh=0.3,
    ),
    scenario(
        "sickle", HAEMATOLOGY, 0.4, "emergency", ages=(8, 26, 55), stay=(1, 4, 10), primary="D570", presents=("Severe back and limb pain typical of previous episodes.", "Pain not controlled on home oral morphine."), course=("PCA morphine, fluids, oxygen; weaned over 3 days.",), also=(Also(0.2, "J181", ("Treated for {0} as well.",)), Also(0.1, "K590", ("{0}.",))), ops=(Op(0.25, "X332", "bedside", (0, 1)),), nots=("No acute chest syndrome on admission film.", "No priapism."), pmh=0.3,
    ),
    scenario(
        "biologic", RHEUMATOLOGY, 1.4, "regular", ages=(20, 52, 80), men=0.36, primary=((3, "M0690"), (1, "L405 M0739"), (1, "M0580")), presents=("Eight-weekly infusion, joints quiet.", "Attended for infusion; DAS28 2.4."), course=("Infliximab over 2 h, no reaction.",), ops=(Op(1.0, "X292 X921", "bedside"),), nots=("No infection today.",), pmh=0.6,
    ),
    scenario(
        "ibd-infusion", GASTRO, 1.3, "regular", ages=(17, 40, 72), primary=((3, "K509"), (2, "K519"), (1, "K500")), presents=("Maintenance infusion, in remission.", "Infusion visit, stool frequency 2/day."), course=("Given uneventfully, calprotectin pot supplied.",), ops=(Op(1.0, "X292 X921", "bedside"),), nots=("No flare.", "No fever."), pmh=0.3,
    ),
    scenario(
        "bronchoscopy", RESPIRATORY, 0.6, "daycase", ages=(40, 68, 86), primary=((3, "C341"), (1, "C343"), (2, "J849"), (1, "R042"), (1, "J47")), presents=("Two-week-wait referral.", "Abnormal scan, for sampling."), course=("Home after 2 h; lung MDT next week.",), ops=(Op(0.6, "E491 Z245 SIDE", "scope", (0, 0), ("Lignocaine, midazolam 2 mg. Abnormal area sampled.",)), Op(0.4, "E632 T874", "scope", (0, 0), ("Station 7 and 4R sampled.",))), sides="RL",
        histology={"C341": ("Non-small cell carcinoma, upper lobe bronchus.",), "C343": ("Small cell carcinoma, lower lobe bronchus.",), "J849": ("Non-specific interstitial change, no granulomas.",)}, suspected=("Washings and biopsies sent, result awaited.",), nots=("No pneumothorax.", "Minimal bleeding."), pmh=0.8,
    ),
    scenario(
        "facet", PAIN, 0.8, "daycase", ages=(28, 56, 84), men=0.42, primary=((2, "M5456"), (2, "M4786"), (1, "M5446")), presents=("Years of low back pain, physio exhausted.", "Repeat procedure, 7 months' relief last time."), course=("Walking normally in recovery.",), ops=(Op(0.6, "V544 Y534 Z665 SIDE", "theatre", (0, 0), ("Triamcinolone and levobupivacaine at L4/5.",)), Op(0.4, "A577 Y534 Z073 SIDE", "theatre", (0, 0), ("L5 root, concordant spread.",))), sides="RLB", nots=("No dural tap.",), pmh=0.6,
    ),
    scenario(
        "cataract", EYES, 4.6, "daycase", ages=(48, 75, 95), men=0.44, primary=((4, "H251"), (4, "H269"), (1, "H258"), (1, "H268"), (1, "E113 H280")), presents=("Blurred vision and glare at night, VA 6/24.", "Listed from the cataract clinic, second eye.", "Struggling to read and drive."),
        course=("Drops for 4 weeks, optician in 6.", "Home with shield."), also=(Also(0.15, "H409", ("Known {0}.",)), Also(0.12, "H353", ("{0} limits potential.",))), ops=(Op(0.7, "C712 C751 C903 SIDE", "theatre", (0, 0), ("Capsule intact, lens in the bag.", "2.4 mm wound, intracameral cefuroxime.")), Op(0.3, "C712 C751 C901 SIDE", "theatre", (0, 0), ("Straightforward, hydrated wound.",))), sides="RL",
        nots=("No vitreous loss.", "No capsule tear."), pmh=0.75,
    ),
    scenario(
        "macular", EYES, 2.2, "daycase", ages=(50, 80, 97), men=0.42, primary=((4, "H353"), (1, "H348"), (1, "E113 H360")), presents=("Injection clinic, OCT shows fluid.", "Treat-and-extend visit at 8 weeks."), course=("Home after count-fingers check.",), ops=(Op(1.0, "C794 X931 C901 SIDE", "theatre", (0, 0), ("Aflibercept 2 mg, inferotemporal, 3.5 mm.",)),), sides="RLB", nots=("No infection.", "IOP fine."), pmh=0.6,
    ),
    scenario(
        "retina", EYES, 0.4, "emergency", ages=(35, 62, 86), stay=(0, 0, 1), men=0.6, primary=((3, "H330"), (1, "H431")), presents=("Floaters then loss of vision.", "Sudden flashes and field loss."), course=("Posture for 5 days; no flying with gas.",), ops=(Op(1.0, "C792 C795 C851 SIDE", "theatre", (0, 0), ("Sealed all round, flat at the end.",)),), sides="RL", nots=("No PVR.",), pmh=0.5,
    ),
)  # fmt: skip
