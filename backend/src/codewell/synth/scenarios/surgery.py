"""Surgery: general, colorectal, breast, vascular, urology, skin, ear nose and throat, teeth, hands."""

from codewell.synth.scenarios.model import Also, Op, Scenario, scenario
from codewell.synth.scenarios.services import (
    BREAST,
    COLORECTAL,
    DERMATOLOGY,
    ENT,
    ORAL,
    PLASTICS,
    SURGERY,
    UPPER_GI,
    UROLOGY,
    VASCULAR,
)

WOUND = Also(0.05, "T814 Y838", ("{0}, treated with antibiotics.",))
ILEUS = Also(0.08, "K567", ("Slow return of bowel function: {0}.",))
CHEST = Also(0.04, "J181", ("Treated for {0} on day 3.",))
FACE = ("Z471", "Z472", "Z473", "Z482")
BODY = ("Z493", "Z494", "Z501", "Z504", "Z496")

SCENARIOS: tuple[Scenario, ...] = (
    scenario(
        "lap-chole", UPPER_GI, 2.2, "daycase", ages=(20, 49, 82), men=0.3, primary=((3, "K802"), (3, "K801")), presents=("Recurrent biliary colic, stones on ultrasound.", "RUQ pain after fatty meals for a year."), course=("Home same day, sutures dissolvable.", "Well in recovery, eating, home."),
        ops=(Op(1.0, "J183 Y752", "theatre", (0, 0), ("Calot's triangle dissected, critical view obtained, duct and artery clipped.", "Four ports; spill of bile washed out.")),), also=(Also(0.12, "K429", ("{0} found at port site entry.",)),),
        histology={"K801": ("Gallbladder: chronic inflammation with stones.",), "K802": ("Gallbladder with stones, mucosa unremarkable.",)}, nots=("No duct injury.", "On-table cholangiogram not needed."), pmh=0.5,
    ),
    scenario(
        "cholecystitis", SURGERY, 0.9, "emergency", ages=(24, 60, 92), stay=(1, 4, 12), men=0.42, primary=((4, "K800"), (1, "K810")), presents=("Constant RUQ pain, fever and vomiting, Murphy's positive.", "Thick-walled gallbladder on ultrasound, CRP 190."),
        course=("IV antibiotics then hot surgery list.", "Settled conservatively, listed for interval procedure."), ops=(Op(0.5, "J183 Y752", "theatre", (1, 2), ("Inflamed, distended; drain left.",)),), also=(CHEST, Also(0.08, "K830", ("{0} at presentation.",))), nots=("MRCP: duct clear.",), pmh=0.8,
    ),
    scenario(
        "pancreatitis", SURGERY, 0.8, "emergency", ages=(24, 56, 90), stay=(2, 5, 24), died=0.03, primary=((3, "K851"), (2, "K852"), (1, "K859")), presents=("Severe epigastric pain through to the back, amylase 1,940.", "Vomiting and band-like upper abdominal pain since last night."), course=("Fluids, analgesia, fed early. Glasgow score 2.", "Slow to settle, dietitian input."),
        also=(Also(0.25, "K802", ("{0} on ultrasound.",)), Also(0.3, "F101", ("{0} acknowledged.",)), Also(0.12, "J90", ("{0} on imaging.",)), Also(0.1, "E835", ("{0}.",))), ops=(Op(0.4, "U212 Y973 Y982 Z926", "imaging", (1, 3)),), nots=("No necrosis.", "No collection."), pmh=0.7,
    ),
    scenario(
        "appendix", SURGERY, 1.6, "emergency", ages=(6, 24, 75), stay=(0, 2, 6), men=0.55, primary=((3, "K358"), (1, "K353"), (1, "K352")), presents=("Central pain moving to the RIF, anorexia, WCC 17.", "24 h of right iliac fossa pain, guarding."),
        course=("Home day 1 with no antibiotics.", "Five days of antibiotics after theatre."), ops=(Op(1.0, "H012 Y752", "theatre", (0, 1), ("Inflamed retrocaecal organ removed, base healthy, endoloops.", "Pus in the pelvis washed out.")),), also=(WOUND, ILEUS), nots=("Ovaries normal where seen.", "Meckel's absent."), pmh=0.15,
        histology={"K358": ("Acute suppurative inflammation of the appendix.",), "K352": ("Perforated, gangrenous appendicitis.",)},
    ),
    scenario(
        "inguinal", SURGERY, 1.8, "daycase", ages=(25, 62, 88), men=0.92, primary=((5, "K409"), (1, "K402")), presents=("Groin lump on coughing, reducible.", "Aching groin swelling, worse at work."), course=("Home, off lifting for 6 weeks.",),
        ops=(Op(0.6, "T202 SIDE", "theatre", (0, 0), ("Open, indirect sac, polypropylene mesh, nerve preserved.",)), Op(0.4, "T202 Y752 SIDE", "theatre", (0, 0), ("TEP, mesh 15 x 10 cm.",))), sides="RLR", nots=("No strangulation.", "Cord safe."), pmh=0.5,
    ),
    scenario(
        "umbilical", SURGERY, 0.6, "daycase", ages=(24, 50, 80), men=0.62, primary=((4, "K429"), (1, "K439")), presents=("Lump at the navel, uncomfortable.",), course=("Home with simple analgesia.",), ops=(Op(0.6, "T243", "theatre", (0, 0), ("1.5 cm defect, closed with 0 Ethibond.",)), Op(0.4, "T242", "theatre", (0, 0), ("Small patch placed.",))), nots=("No obstruction.",), pmh=0.5,
    ),
    scenario(
        "abscess", SURGERY, 1.1, "emergency", ages=(17, 38, 74), stay=(0, 1, 3), men=0.6, primary=((3, "K610"), (2, "L050"), (1, "L022"), (1, "L024")), presents=("Throbbing swelling for a week.", "Tender fluctuant lump, not settling on oral antibiotics."), course=("Packed, practice nurse dressings.",),
        ops=(Op(1.0, "DOING", "theatre", (0, 1), ("30 ml of pus, cavity irrigated, loculi broken down.",)),), also=(Also(0.1, "B956", ("Culture: {0}.",)),), nots=("No fistula demonstrated.", "No Fournier's."), doing={"K610": ("H582",), "L050": ("H603",), "L022": ("S472 Z494",), "L024": ("S472 Z504",)}, pmh=0.5,
    ),
    scenario(
        "bowel-cancer", COLORECTAL, 0.9, "elective", ages=(38, 70, 90), stay=(3, 6, 20), men=0.55, died=0.01, primary=((2, "C187"), (2, "C182"), (2, "C20"), (1, "C180"), (1, "C187 C772")), presents=("Planned resection, MDT T3N0 on staging.", "Admitted for elective bowel resection."), course=("Enhanced recovery, home day 5.", "Uncomplicated otherwise; clinic with histology."),
        ops=(Op(1.0, "DOING", "theatre", (0, 0), ("Vessels divided high, tension-free join.", "Specimen out through a small wound; leak test negative.")),), also=(ILEUS, WOUND, CHEST, Also(0.1, "D62", ("{0}.",)), Also(0.12, "K660", ("Dense {0} from earlier surgery.",))), nots=("No liver metastases palpable.", "No leak."), doing={"C187": ("H102 Y752", "H333 Y752"), "C182": ("H072 Y752", "H073"), "C20": ("H333 Y752", "H336"), "C180": ("H072 Y752",)}, pmh=1.0,
        histology={"C187": ("Sigmoid: adenocarcinoma pT3 N0, margins clear.",), "C182": ("Ascending colon: adenocarcinoma pT3, clear.",), "C20": ("Rectal adenocarcinoma, mesorectal plane intact.",), "C180": ("Caecal adenocarcinoma pT2.",)}, suspected=(),
    ),
    scenario(
        "obstruction", SURGERY, 0.9, "emergency", ages=(30, 70, 94), stay=(2, 6, 22), died=0.05, primary=((4, "K565"), (1, "K566"), (1, "K562")), presents=("Colicky pain, distension, vomiting, not opened bowels for 3 days.", "Bloated and vomiting bile."), course=("Drip and suck, resolved in 48 h.", "NG tube, then theatre as not settling."),
        ops=(Op(0.35, "T413", "theatre", (1, 2), ("Band divided, bowel pinked up.",)), Op(0.7, "G475", "bedside"), Op(0.6, "U212 Y973 Y982 Z926", "imaging", (0, 1))), also=(Also(0.2, "E86", ("{0}.",)), Also(0.2, "N179", ("{0}.",)), CHEST, Also(0.15, "E876", ("{0}.",))), nots=("No perforation on imaging.", "No hernia."), pmh=1.0,
    ),
    scenario(
        "diverticulitis", COLORECTAL, 0.9, "emergency", ages=(34, 64, 92), stay=(1, 3, 12), primary=((4, "K573"), (1, "K572")), presents=("Left-sided pain and fever for 3 days.", "Localised left-sided peritonism, CRP 140."), course=("IV antibiotics, low residue diet.", "Flexible sigmoidoscopy in 6 weeks."), ops=(Op(0.6, "U212 Y973 Y982 Z926", "imaging", (0, 1)),), nots=("No free air.", "No fistula."), pmh=0.8,
    ),
    scenario(
        "abdominal-pain", SURGERY, 1.7, "emergency", ages=(14, 36, 86), stay=(0, 1, 4), men=0.36, primary=((3, "R103"), (2, "R104"), (1, "R101"), (1, "K590"), (1, "I880")), presents=("Abdominal pain since yesterday, soft abdomen.", "Intermittent cramps, bloods normal."), course=("Settled, home with safety-net advice.", "Ultrasound as outpatient."), nots=("Appendicitis thought unlikely.", "Pregnancy test negative."), pmh=0.4,
    ),
    scenario(
        "breast-cancer", BREAST, 0.9, "daycase", ages=(34, 60, 88), men=0.01, primary=((3, "C504"), (2, "C509"), (1, "C502"), (1, "D051")), presents=("Screen-detected lump, core biopsy done, MDT for surgery.", "Palpable lump, listed for conservation."), course=("Home with a soft bra, results clinic in 2 weeks.",),
        ops=(Op(0.7, "B282 SIDE T873 O142 SIDE", "theatre", (0, 0), ("Cavity clipped, blue hot nodes x2.",)), Op(0.3, "B285 SIDE", "theatre", (0, 0), ("Specimen X-ray satisfactory.",))), sides="RL", nots=("No haematoma.",), pmh=0.5,
        histology={"C504": ("Invasive ductal carcinoma grade 2, upper outer quadrant, margins clear.",), "C509": ("Invasive carcinoma of no special type.",), "D051": ("High-grade DCIS, 14 mm.",)},
    ),
    scenario(
        "veins", VASCULAR, 0.6, "daycase", ages=(24, 52, 80), men=0.38, primary=((4, "I839"), (1, "I831"), (0.6, "I830")), presents=("Aching, heavy legs with visible tortuous veins.",), course=("Stocking for a week. Home.",), ops=(Op(1.0, "L882 Z985 SIDE", "theatre", (0, 0), ("GSV treated at 120 C, tumescent LA.",)),), sides="RLB", nots=("No DVT on completion scan.",), pmh=0.4,
    ),
    scenario(
        "limb-ischaemia", VASCULAR, 0.6, "emergency", ages=(48, 72, 92), stay=(2, 8, 30), men=0.66, died=0.04, primary=((3, "I7020"), (2, "I7021"), (1, "E115 I792")), presents=("Cold painful foot for 2 weeks.", "Referred from the foot clinic, ABPI 0.4."), course=("Duplex then angioplasty list. Best medical therapy.", "Palpable pulse after. Podiatry follow-up."),
        ops=(Op(0.7, "L631 Y534 Z385 SIDE", "cath", (1, 3), ("Antegrade puncture, 5 mm balloon, good run-off.",)),), also=(Also(0.3, "L97", ("{0} on the shin.",)), Also(0.12, "M8697", ("{0} on X-ray.",))), sides="RL", nots=("No embolisation.",), pmh=1.5,
    ),
    scenario(
        "cystoscopy", UROLOGY, 2.2, "daycase", ages=(30, 67, 90), men=0.68, primary=((3, "R31"), (2, "N40"), (1, "N328"), (1, "N359"), (1, "C679"), (1, "D414")), presents=("Referred to the one-stop clinic.", "Check look, last one clear."), course=("Home same day. Letter to GP.",), ops=(Op(1.0, "M459 Z421", "scope", (0, 0), ("Flexible, lignocaine gel. Mucosa inspected fully.",)),), nots=("No stone seen.", "Upper tracts normal on CT last month."), pmh=0.7,
    ),
    scenario(
        "turbt", UROLOGY, 0.8, "elective", ages=(44, 73, 92), stay=(0, 1, 4), men=0.76, primary=((4, "C679"), (1, "C672"), (1, "D414"), (1, "C670")), presents=("Papillary lesion at flexible look, for resection.", "2 cm growth on the lateral wall."), course=("Catheter out next day, clear urine.", "Mitomycin given. Home."), ops=(Op(1.0, "M421 Z421", "theatre", (0, 0), ("Resected to muscle, base diathermied.",)),), also=(Also(0.1, "R33", ("{0} after catheter removal.",)),), nots=("No perforation.",), pmh=1.0,
        histology={"C679": ("Urothelial carcinoma G2 pTa of bladder.",), "C672": ("Lateral wall: high-grade urothelial carcinoma pT1.",), "C670": ("Trigone: urothelial carcinoma G3.",), "D414": ("Urothelial neoplasm of uncertain potential (PUNLMP).",)}, suspected=("Bladder tumour, histology awaited.",),
    ),
    scenario(
        "turp", UROLOGY, 0.6, "elective", ages=(52, 72, 92), stay=(1, 2, 5), men=1.0, primary=((4, "N40"), (1, "C61")), presents=("Poor flow, failed tamsulosin.", "Listed after urodynamics."), course=("Irrigation overnight, catheter out day 2, voiding well.",), ops=(Op(0.7, "M653", "theatre", (0, 0), ("32 g chips, haemostasis good.",)), Op(0.3, "M654", "theatre", (0, 0), ("HoLEP, morcellated.",))), also=(Also(0.3, "R33", ("Background of {0}.",)), Also(0.06, "N390", ("{0} post-op.",))), nots=("No TUR syndrome.",), pmh=1.0,
        histology={"C61": ("Acinar adenocarcinoma Gleason 3+3 in 5 % of chips.",), "N40": ("Benign nodular hyperplasia, no malignancy.",)},
    ),
    scenario(
        "ureteric-stone", UROLOGY, 1.2, "emergency", ages=(20, 46, 80), stay=(0, 1, 4), men=0.66, primary=((4, "N201"), (1, "N200"), (1, "N132")), presents=("Loin to groin pain, writhing, blood on dipstick.", "CT KUB earlier in ED: 7 mm obstructing calculus."), course=("Pain controlled with diclofenac.", "Stent in, definitive surgery in 4 weeks."), ops=(Op(0.35, "M292 Y534 SIDE", "theatre", (0, 1), ("Guidewire past the stone, pus drained, 6F 24 cm.",)), Op(0.25, "M271 SIDE", "theatre", (0, 1), ("Holmium laser, dusted, all cleared.",))), also=(Also(0.12, "A419", ("{0}.",)), Also(0.12, "N179", ("{0}.",))), sides="RL", nots=("AAA excluded.",), pmh=0.4,
    ),
    scenario(
        "prostate-biopsy", UROLOGY, 0.7, "daycase", ages=(50, 67, 82), men=1.0, primary=((3, "C61"), (2, "R798"), (1, "N40")), presents=("PSA 9.4, PI-RADS 4 lesion.",), course=("Home, warned about blood in urine.",), ops=(Op(1.0, "M702 Y532", "theatre", (0, 0), ("Transperineal, 14 cores, LA.",)),), nots=("No retention.",), pmh=0.6,
        histology={"C61": ("Adenocarcinoma of prostate Gleason 3+4.",), "N40": ("Benign glandular tissue, hyperplasia.",)}, suspected=("Prostate cores sent, result awaited.",),
    ),
    scenario(
        "circumcision", UROLOGY, 0.6, "daycase", ages=(2, 24, 82), men=1.0, primary=((4, "N47"), (1, "N480")), presents=("Referred by GP, steroid cream failed.", "Ballooning on passing urine."), course=("Home, bath daily.",), ops=(Op(1.0, "N303", "theatre", (0, 0), ("Sleeve technique, penile block.",)),), nots=("No bleeding.",), pmh=0.2, histology={"N480": ("Lichen sclerosus of the foreskin (leukoplakia/BXO).",)},
    ),
    scenario(
        "retention", UROLOGY, 0.7, "emergency", ages=(50, 77, 96), stay=(0, 2, 7), men=0.92, primary=((3, "R33"), (3, "N40 R33"), (1, "T830 Y846")), presents=("Suprapubic pain and agitation since the night, 1.1 L on the bladder scan.", "Sent in by the district nurse, uncomfortable."), course=("Tamsulosin, TWOC clinic.", "District nurses to follow."), ops=(Op(0.7, "M479", "unit"), Op(0.3, "M472", "unit")), also=(Also(0.2, "N390", ("{0} as well.",)), Also(0.15, "N179", ("{0}.",)), Also(0.2, "K590", ("{0}.",))), nots=("No cord compression.",), pmh=1.0,
    ),
    scenario(
        "skin-face", DERMATOLOGY, 1.6, "daycase", ages=(34, 74, 95), primary=((6, "C443"), (1, "C444"), (1, "D223"), (1, "L570"), (1, "D043")), presents=("Slowly growing lesion for a year.", "Crusting spot that will not heal."), course=("Sutures out at 7 days.", "Wound care leaflet, clinic with result."), ops=(Op(1.0, "S065 SITE", "theatre", (0, 0), ("4 mm margin, ellipse, closed with 5/0 nylon.",)),), nots=("No palpable nodes.",), pmh=0.5,
        sites={"": FACE[:3], "C444": ("Z481", "Z482")},
        histology={"C443": ("Nodular basal cell carcinoma of the face, excised.", "Basal cell carcinoma (face), clear margins."), "C444": ("Squamous cell carcinoma, scalp/neck, well differentiated.",), "D223": ("Benign intradermal naevus (face).",), "L570": ("Actinic (solar) keratosis.",), "D043": ("Bowen's disease / SCC in situ, face.",)}, suspected=("Lesion ?BCC, excised, histology awaited.",),
    ),
    scenario(
        "skin-body", PLASTICS, 1.4, "daycase", ages=(24, 62, 92), primary=((2, "C445"), (2, "C435"), (1, "C447"), (2, "D225"), (1, "L720"), (1, "D171"), (1, "C437")), presents=("Changing mole noticed by partner.", "Lump, slowly bigger."), course=("Dressing for 48 h, results clinic.",), ops=(Op(1.0, "S069 SITE", "theatre", (0, 0), ("Full-thickness ellipse to fat, layered closure.",)),), nots=("No nodes.",), pmh=0.4,
        sites={"": ("Z493", "Z494"), "C447": ("Z504",), "C437": ("Z504",)},
        histology={"C445": ("Basal cell carcinoma of the trunk.",), "C435": ("Malignant melanoma of trunk, Breslow 0.7 mm.",), "C447": ("Squamous cell carcinoma, leg.",), "D225": ("Benign compound naevus of trunk.",), "L720": ("Epidermal cyst.",), "D171": ("Lipoma.",), "C437": ("Malignant melanoma, leg, Breslow 1.1 mm.",)}, suspected=("Lesion excised, histology awaited.",),
    ),
    scenario(
        "skin-graft", PLASTICS, 0.4, "daycase", ages=(52, 79, 97), men=0.6, primary=((3, "C443"), (1, "C444")), presents=("2.5 cm lesion, too large to close directly.",), course=("Tie-over off at a week.",), ops=(Op(1.0, "S065 SITE S361 SITE", "theatre", (0, 0), ("Graft from behind the ear, tie-over dressing.",)),), nots=("No facial nerve weakness.",), pmh=0.9, sites={"": ("Z471", "Z473", "Z472"), "C444": ("Z481",)},
        histology={"C443": ("Infiltrative basal cell carcinoma of the face, margins clear.",), "C444": ("Squamous cell carcinoma, scalp.",)},
    ),
    scenario(
        "hand-injury", PLASTICS, 0.7, "emergency", ages=(16, 36, 76), stay=(0, 0, 2), men=0.74, place="work", primary=((3, "S610 W26@"), (2, "S664 W26@"), (1, "S6260 W23@")), presents=("Hand injury, referred from the minor injuries unit.", "Right-hand dominant, hand injured today."), course=("Hand therapy in 48 h, splint.",), ops=(Op(1.0, "DOING", "theatre", (0, 0), ("Explored under block, washed out.",)),), sides="RL", nots=("Digital nerves intact.", "No foreign body."), doing={"S610": ("S421 Z503 SIDE",), "S664": ("T676 Z567 SIDE",), "S6260": ("W262 Y535 Z734 SIDE",)}, pmh=0.2,
    ),
    scenario(
        "tonsils", ENT, 1.3, "daycase", ages=(3, 9, 40), men=0.45, primary=((3, "J350"), (2, "J353"), (1, "J351")), presents=("Meets the criteria for surgery.", "Missing school every month with the throat."), course=("Eating and drinking, home at 6 h.",), ops=(Op(0.6, "F341", "theatre", (0, 0), ("Haemostasis with bipolar and ties.",)), Op(0.4, "F347", "theatre", (0, 0), ("Minimal loss.",))), also=(Also(0.15, "G473", ("Sleep study: {0}.",)),), nots=("No bleed.",), pmh=0.2,
    ),
    scenario(
        "grommets", ENT, 0.7, "daycase", ages=(2, 5, 14), men=0.55, primary=((4, "H653"), (1, "H659")), presents=("Hearing trouble at nursery, flat tympanograms.",), course=("Home, keep ears dry.",), ops=(Op(1.0, "D151 SIDE", "theatre", (0, 0), ("Thick fluid aspirated, Shah tubes.",)),), sides="BBBRL", nots=("No cholesteatoma.",), pmh=0.1,
    ),
    scenario(
        "nose", ENT, 0.8, "daycase", sides="RLB", ages=(18, 42, 74), men=0.62, primary=((3, "J342"), (2, "J339"), (1, "J324")), presents=("Blocked nose for years, no response to sprays.", "Lost sense of smell, mouth breathing at night."), course=("Splints out at a week.",), ops=(Op(1.0, "DOING", "theatre", (0, 0), ("Moffett's solution. Quilted; dissolvable pack.",)),), nots=("No CSF leak.", "Orbit intact."), doing={"J342": ("E036",), "J339": ("E081 Y761",), "J324": ("E142 Y761 SIDE",)}, pmh=0.4,
    ),
    scenario(
        "epistaxis", ENT, 0.8, "emergency", ages=(30, 73, 94), stay=(0, 1, 4), men=0.56, primary="R040", presents=("Nose bleeding for 3 h, packed by ambulance crew.", "Recurrent bleeds today, on blood thinners."), course=("Pack out after 24 h, dry.",), ops=(Op(0.6, "E051", "bedside", (0, 1)),), nots=("Coagulation in range.",), pmh=1.2,
    ),
    scenario(
        "tonsillitis", ENT, 0.7, "emergency", ages=(15, 23, 45), stay=(0, 1, 3), primary=((3, "J039"), (2, "J36"), (1, "B279")), presents=("Painful swallowing, temperature 39.", "Severe sore throat for four days."), course=("IV benzylpenicillin and dexamethasone.",), ops=(Op(0.3, "F363", "bedside"),), nots=("No airway compromise.",), pmh=0.15,
    ),
    scenario(
        "teeth", ORAL, 1.5, "daycase", ages=(3, 22, 70), primary=((3, "K029"), (3, "K011"), (1, "K083")), presents=("Not suitable for the dental chair.", "Repeated pain and antibiotics from the dentist."), course=("Home with soft diet.",), ops=(Op(1.0, "DOING", "theatre", (0, 0), ("Sockets packed, haemostasis.",)),), nots=("No OAC.", "Lingual nerve safe."), doing={"K029": ("F104",), "K011": ("F091",), "K083": ("F095",)}, pmh=0.2,
    ),
)  # fmt: skip
