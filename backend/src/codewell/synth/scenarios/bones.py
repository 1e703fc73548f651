"""Trauma and orthopaedics: the hip fracture list, fractures, joints, arthroscopies, backs and hands."""

from codewell.synth.scenarios.model import Also, Op, Scenario, scenario
from codewell.synth.scenarios.services import ORTHOPAEDICS, TRAUMA

PHYSIO = Also(0.5, "Z501", ("Mobilised with {0}.", "Daily {0}, frame then sticks."))
OT = Also(0.25, "Z507", ("Seen by {0} for home equipment.",))
LOSS = Also(0.14, "D62", ("{0} after surgery, Hb 78.", "{0}; iron at home."))
CHEST = Also(0.06, "J181", ("Treated for {0}.",))
URINE = Also(0.08, "N390", ("{0} treated with oral antibiotics.",))
CONFUSED = Also(0.14, "F059", ("Post-operative {0}, 4AT 5, cleared.",))

SCENARIOS: tuple[Scenario, ...] = (
    scenario(
        "hip-fracture", TRAUMA, 1.8, "emergency", ages=(60, 84, 101), stay=(4, 12, 40), men=0.3, died=0.06, moves=(0.3, 0.03),
        primary=((4, "S7200 FALL"), (2, "S7210 FALL"), (1, "S7220 FALL")),
        presents=("Shortened, externally rotated leg.", "Unable to weight-bear, hip pain after going down.", "Painful hip, X-ray positive, nerve block in ED."),
        course=("Theatre within 36 h, orthogeriatric review, bone health plan.", "Slow progress, transferred to rehab bed."),
        ops=(Op(0.97, "DOING", "theatre", (0, 1), ("Spinal. Supine on traction table. Position checked on screening.", "Anterolateral approach where replaced; stable through range."), ), Op(0.15, "X332", "bedside", (1, 3))),
        doing={"S7200": ("W461 SIDE", "W461 SIDE", "W371 SIDE"), "S7210": ("W191 Z763 SIDE", "W246 Z763 SIDE"), "S7220": ("W246 Z763 SIDE",)},
        also=(LOSS, CONFUSED, Also(0.3, "R296", ("Known {0}.",)), Also(0.2, "M8199", ("{0} on DEXA.",)), URINE, CHEST, Also(0.1, "N179", ("{0}, fluids.",)), Also(0.06, "L891", ("{0} on the heel.",)), PHYSIO, OT),
        sides="RL", nots=("No distal neurovascular deficit.", "No head injury.", "Pathological fracture not suspected."), pmh=1.6,
    ),
    scenario(
        "wrist-fracture", TRAUMA, 1.0, "emergency", ages=(18, 56, 90), stay=(0, 0, 2), men=0.36, primary=((4, "S5250 FALL"), (1, "S5260 FALL")),
        presents=("Dinner-fork deformity, hand-dominant side.", "FOOSH, displaced on X-ray, failed reduction in ED."), course=("Home in a splint, fracture clinic 2 weeks.",),
        ops=(Op(0.65, "W201 Z705 SIDE", "theatre", (0, 0), ("Volar approach, locking device, good alignment.",)), Op(0.35, "W262 Y535 Z705 SIDE", "theatre", (0, 0), ("Closed, moulded cast.",))), sides="RL", nots=("Median nerve intact.",), pmh=0.5,
    ),
    scenario(
        "ankle-fracture", TRAUMA, 0.9, "emergency", ages=(17, 47, 86), stay=(1, 3, 10), men=0.44, primary=((3, "S8260 FALL"), (2, "S8280 FALL"), (1, "S8250 FALL")),
        presents=("Twisted, swollen, cannot walk; talar shift.", "Obvious deformity, reduced in ED."), course=("Backslab, elevation, NWB 6 weeks.",),
        ops=(Op(0.9, "W205 Z856 SIDE", "theatre", (0, 2), ("Lag screw and one-third tubular, syndesmosis tested.",)),), sides="RL", also=(PHYSIO,), nots=("No open wound.", "Compartments soft."), pmh=0.5,
    ),
    scenario(
        "leg-fracture", TRAUMA, 0.5, "emergency", ages=(16, 40, 84), stay=(2, 6, 20), men=0.62, place="street", primary=((2, "S8220 V031"), (2, "S8210 FALL"), (1, "S7230 V284"), (0.7, "S8221 V031")),
        presents=("Isolated leg injury, brought by ambulance.", "Trauma call, GCS 15, deformed leg."), course=("Theatre, compartments watched, physio.",),
        ops=(Op(0.95, "DOING", "theatre", (0, 1), ("Reamed, two distal locks where nailed.",)),), doing={"S8220": ("W246 Z774 SIDE",), "S8210": ("W201 Z774 SIDE",), "S7230": ("W246 Z765 SIDE",), "S8221": ("W246 Z774 SIDE S571 Z504 SIDE",)},
        sides="RL", also=(LOSS, PHYSIO, Also(0.12, "S0600", ("Also {0}.",))), nots=("CT trauma series otherwise clear last night.", "Pulses present."), pmh=0.3,
    ),
    scenario(
        "shoulder-fracture", TRAUMA, 0.5, "emergency", ages=(45, 73, 95), stay=(0, 2, 8), men=0.3, primary=((4, "S4220 FALL"), (1, "S4200 FALL")), presents=("Shoulder pain and bruising, arm held in.",), course=("Collar and cuff, virtual clinic.", "Could not manage at home alone at first."), ops=(Op(0.2, "W201 Z814 SIDE", "theatre", (1, 2), ("Deltopectoral, locking device.",)),), sides="RL", also=(PHYSIO, OT, Also(0.3, "R296", ("{0}.",))), nots=("Axillary nerve working.",), pmh=1.2,
    ),
    scenario(
        "child-fracture", TRAUMA, 0.7, "emergency", ages=(3, 8, 15), stay=(0, 0, 1), men=0.57, place="school", primary=((3, "S5250 W09@"), (2, "S4240 W09@"), (2, "S5240 W01@")), presents=("Swollen and deformed arm.", "Crying, will not move the arm."), course=("Home next morning in plaster, clinic 1 week.",), ops=(Op(0.95, "DOING", "theatre", (0, 0), ("Under GA and screening, held well.",)),), doing={"S5250": ("W262 Y535 Z705 SIDE",), "S4240": ("W246 Z697 SIDE",), "S5240": ("W262 Y535 Z703 SIDE",)}, sides="RL", nots=("Pink hand, radial pulse felt.", "No safeguarding concern."), pmh=0.1,
    ),
    scenario(
        "hip-replacement", ORTHOPAEDICS, 1.4, "elective", ages=(42, 70, 92), stay=(1, 3, 8), men=0.42, primary=((4, "M161"), (2, "M169"), (1, "M160")), presents=("Groin pain, walks 200 m, X-ray bone on bone.", "Booked joint replacement, pre-op fit."), course=("Enhanced recovery, stairs day 2.", "Wound dry, clexane then aspirin."),
        ops=(Op(0.4, "W371 SIDE", "theatre", (0, 0), ("Posterior approach, Exeter stem.",)), Op(0.3, "W381 SIDE", "theatre", (0, 0), ("Posterior approach, press-fit throughout.",)), Op(0.3, "W941 SIDE", "theatre", (0, 0), ("Stable, leg lengths equal.",))), sides="RL", also=(PHYSIO, LOSS, OT, Also(0.12, "Z966", ("{0} on the other side in 2018.",)), Also(0.03, "I802", ("{0} on day 3.",))), nots=("Sciatic nerve intact.",), pmh=1.0,
    ),
    scenario(
        "knee-replacement", ORTHOPAEDICS, 1.6, "elective", ages=(46, 70, 90), stay=(1, 3, 8), men=0.42, primary=((4, "M171"), (2, "M179"), (1, "M170")), presents=("Medial knee pain at night, failed injections.", "Listed for joint replacement."), course=("0-95 degrees by day 2, stairs safe.",), ops=(Op(0.75, "W401 SIDE", "theatre", (0, 0), ("Medial parapatellar, tourniquet 68 min, gap balanced.",)), Op(0.25, "W581 Z846 SIDE", "theatre", (0, 0), ("Medial unicompartmental.",))), sides="RL", also=(PHYSIO, LOSS, OT, Also(0.12, "Z966", ("{0} (other knee).",))), nots=("No DVT.",), pmh=1.1,
    ),
    scenario(
        "knee-scope", ORTHOPAEDICS, 0.9, "daycase", ages=(16, 42, 72), men=0.6, primary=((3, "M2322"), (1, "M2332"), (1, "M2341"), (1, "S832 W51@")), presents=("Locking and giving way, MRI shows a tear.", "Twisted the knee, effusion since."), course=("Home, physio in 2 weeks.",), ops=(Op(1.0, "W822 SIDE", "theatre", (0, 0), ("Unstable flap trimmed, cartilage grade 1.",)),), sides="RL", nots=("Cruciates intact.",), pmh=0.3, place="sport",
    ),
    scenario(
        "acl", ORTHOPAEDICS, 0.4, "daycase", ages=(16, 26, 50), men=0.68, primary=((3, "M2351"), (1, "S835 W51@")), presents=("Unstable knee, pivot shift positive.",), course=("Home with brace and physio plan.",), ops=(Op(1.0, "W742 Y767 Z846 SIDE", "theatre", (0, 0), ("Hamstring graft, Endobutton, interference screw.",)),), sides="RL", nots=("Menisci fine.",), pmh=0.15, place="sport",
    ),
    scenario(
        "carpal-tunnel", ORTHOPAEDICS, 1.1, "daycase", ages=(28, 58, 88), men=0.34, primary="G560", presents=("Night tingling in the thumb, index and middle fingers.", "Positive nerve conduction, wasting of the thenar eminence."), course=("Home within the hour.",), ops=(Op(1.0, "A651 SIDE", "theatre", (0, 0), ("LA, ligament divided under vision, nerve flattened.",)),), sides="RL", nots=("Motor branch seen and safe.",), pmh=0.6,
    ),
    scenario(
        "dupuytren", ORTHOPAEDICS, 0.4, "daycase", ages=(44, 66, 86), men=0.8, primary="M7204", presents=("Ring finger 50 degree contracture.",), course=("Splint at night.",), ops=(Op(1.0, "T525 SIDE", "theatre", (0, 0), ("Bruner incisions, cord excised, full extension.",)),), sides="RL", nots=("Nerves seen throughout.",), pmh=0.6,
    ),
    scenario(
        "trigger", ORTHOPAEDICS, 0.4, "daycase", ages=(35, 60, 86), men=0.4, primary="M6534", presents=("Finger catches and clicks in the mornings.",), course=("Home, move straight away.",), ops=(Op(1.0, "T723 Z896 SIDE", "theatre", (0, 0), ("A1 pulley divided.",)),), sides="RL", nots=("No bowstringing.",), pmh=0.7,
    ),
    scenario(
        "shoulder-scope", ORTHOPAEDICS, 0.6, "daycase", ages=(35, 57, 80), men=0.5, primary=((3, "M754"), (2, "M751")), presents=("Painful arc, injections wore off.", "Night pain, failed physiotherapy last year."), course=("Sling, physio next week.",), ops=(Op(1.0, "DOING", "theatre", (0, 0), ("Block and GA, beach chair.",)),), doing={"M754": ("O291 Y767 SIDE",), "M751": ("T791 Y767 SIDE",)}, sides="RL", nots=("Biceps anchor fine.",), pmh=0.6,
    ),
    scenario(
        "bunion", ORTHOPAEDICS, 0.4, "daycase", ages=(24, 56, 80), men=0.12, primary="M201", presents=("Painful bunion, difficulty with shoes.",), course=("Heel-wedge shoe 6 weeks.",), ops=(Op(1.0, "W157 Z801 SIDE", "theatre", (0, 0), ("Scarf and Akin, screws.",)),), sides="RL", nots=("Sensation intact.",), pmh=0.5,
    ),
    scenario(
        "back", ORTHOPAEDICS, 0.6, "elective", ages=(26, 48, 80), stay=(1, 1, 4), men=0.52, primary=((3, "M511 G551"), (1, "M4806")), presents=("Leg pain worse than back pain, MRI agreed with symptoms.", "Listed after failed conservative care."), course=("Leg pain gone, wound fine.",), ops=(Op(1.0, "DOING", "theatre", (0, 0), ("Microscope, level checked, root freed.",)),), doing={"M511": ("V337 V551",), "M4806": ("V255 V551", "V255 V552")}, also=(PHYSIO,), nots=("No CSF leak.", "No cauda equina features."), pmh=0.6,
    ),
    scenario(
        "back-pain", TRAUMA, 0.8, "emergency", ages=(22, 52, 88), stay=(0, 2, 8), primary=((3, "M5456"), (2, "M5446"), (1, "M5437"), (1, "M4856")), presents=("Acute back pain after lifting, unable to stand.", "Back pain since the weekend, urgent review."), course=("Analgesia, physio, home.", "Walking with a stick."), ops=(Op(0.6, "U055 Y981", "imaging", (0, 1)),), also=(PHYSIO, Also(0.15, "K590", ("{0} from codeine.",))), nots=("Cauda equina excluded.", "No cord signal change."), pmh=0.7,
    ),
    scenario(
        "metalwork", ORTHOPAEDICS, 0.5, "daycase", ages=(14, 44, 80), primary=((3, "Z470"), (1, "T848 Y831")), presents=("Listed for removal.", "Two years after the fracture, asks for it out."), course=("Home same day.",), ops=(Op(1.0, "W283 SITE SIDE", "theatre", (0, 0), ("Old scar, all out, union solid.",)),), sites={"": ("Z775", "Z705", "Z774")}, sides="RL", nots=("No infection seen.",), pmh=0.4,
    ),
    scenario(
        "septic-joint", TRAUMA, 0.3, "emergency", ages=(20, 66, 90), stay=(4, 10, 28), men=0.58, primary=((3, "M0006 B956"), (1, "M0096"), (1, "M1096")), presents=("Hot swollen knee, cannot bend it, CRP 240.",), course=("Long line antibiotics at home.", "Washed out, settled."), ops=(Op(0.9, "W901 Z846 SIDE", "theatre", (0, 0), ("Turbid fluid, sent urgently.",)), Op(0.3, "L997", "bedside", (2, 4))), sides="RL", also=(PHYSIO,), nots=("Blood cultures negative.",), pmh=1.2,
    ),
    scenario(
        "head-injury", TRAUMA, 0.9, "emergency", ages=(2, 38, 90), stay=(0, 1, 4), men=0.62, place="street", primary=((3, "S0600 FALL"), (2, "S010 Y04@"), (1, "S0600 V184"), (1, "S0650 FALL")), presents=("Struck head, amnesic for the event, vomited twice.", "Brought in by ambulance after a knock to the head."), course=("Neuro obs overnight, GCS 15 throughout, head injury card.",), ops=(Op(0.85, "U051 Y981", "imaging"),), also=(Also(0.2, "F100", ("{0} on arrival.",)),), nots=("No skull fracture.", "C-spine cleared."), pmh=0.5,
    ),
)  # fmt: skip
