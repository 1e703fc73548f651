"""Pairs of code lists, labelled by hand from the definitions, to measure how often the proposals agree.

A line reads: name | the trust's codes | the auditor's codes | the errors. Diagnoses stand before a semicolon, procedures
after it; ``@3`` is the third of the month. An error is its class (PD, SD, PP, SP) and its type:

    3, 4, 5   wrong at that character: the same condition or operation was meant, or one stands for the other
    O         omitted                    N   not required
    S         right code, wrong place    F   a dagger and asterisk pair out of order
    D         right operation, wrong day

The definitions are those of docs/audit.md: one position, one error; a code in place of a related one is one error, unrelated
ones are two; order among secondary codes is none; a code the trust put first, which belongs second, was not omitted.
Labels were written before the proposals were seen; where the two differ the label stands, and the case is a miss.
"""

from __future__ import annotations

from typing import Final, NamedTuple

USAGE: Final = {
    "E114": "dagger", "G632": "asterisk", "E113": "dagger", "H360": "asterisk", "E112": "dagger", "N083": "asterisk",
    "A170": "dagger", "G01": "asterisk", "M0739": "asterisk", "L405": "dagger", "B027": "dagger", "G020": "asterisk",
}  # fmt: skip

CASES: Final = """
same throughout | I214 I10 E119 ; K751@3 K634@3 | I214 I10 E119 ; K751@3 K634@3 |
same but another order of comorbidities | J440 I10 E119 Z720 | J440 Z720 E119 I10 |
one diagnosis, agreed | K359 | K359 |
infarction unspecified for subendocardial | I219 I10 | I214 I10 | PD4
chest pain for angina | R074 I10 | I209 I10 | PD3
symptom for infarction | R074 | I214 | PD3
hypertension put before infarction | I10 I214 | I214 I10 | PDS
pneumonia put after COPD | J449 J181 I10 | J181 J449 I10 | PDS
hypertension left out | J189 | J189 I10 | SDO
three comorbidities left out | J189 | J189 I10 E119 N183 | SDO SDO SDO
cough coded with pneumonia | J189 R05 | J189 | SDN
cough and fever coded with pneumonia | J189 R05 R509 | J189 | SDN SDN
diabetes with circulatory complications coded plain | L089 E119 | L089 E115 | SD4
chronic kidney disease of the wrong stage | N179 N184 | N179 N183 | SD4
type 1 for type 2 diabetes | N179 E109 | N179 E119 | SD3
acute kidney failure for chronic | I500 N179 | I500 N189 | SD3
unspecified fall for a fall on the same level | S720 W190 | S720 W010 | SD3
fall from stairs for unspecified | S525 W100 | S525 W199 | SD3
place of the fall missing its digit right | S525 W100 | S525 W109 | SD4
external cause left out | S720 | S720 W010 | SDO
external cause of a burn against a fall | T230 W190 | T230 X129 | SD3
struck by object for a fall | S010 W200 | S010 W189 | SD3
back pain at another site | M5455 | M5456 | PD5
arthritis of another joint second | I10 M1995 | I10 M1996 | SD5
closed fracture coded open | S7201 W010 | S7200 W010 | PD5
secondary fracture coded open | I10 S5251 | I10 S5250 | SD5
fourth and fifth agree but category differs by neighbour | M1715 | M1615 | PD3
hip replacement cemented for uncemented | M169 ; W371@2 Z942@2 | M169 ; W381@2 Z942@2 | PP3
right hip coded as left | M169 ; W371@2 Z942@2 | M169 ; W371@2 Z943@2 | SP4
laterality left out | M169 ; W371@2 | M169 ; W371@2 Z942@2 | SPO
laterality not needed | K359 ; H011@2 Z942@2 | K359 ; H011@2 | SPN
no operation coded though one was done | K359 | K359 ; H011@2 | PPO
operation and approach left out | K802 | K802 ; J183@4 Y752@4 | PPO SPO
operation coded that was not done | R104 ; T439@1 | R104 | PPN
two operations coded that were not done | R104 ; T439@1 Y752@1 | R104 | PPN SPN
laparoscopic approach left out | K802 ; J183@4 | K802 ; J183@4 Y752@4 | SPO
open for laparoscopic approach | K802 ; J183@4 Y751@4 | K802 ; J183@4 Y752@4 | SP4
procedure of the wrong day | K802 ; J183@4 | K802 ; J183@5 | PPD
second procedure of the wrong day | K802 ; J183@4 Y752@4 | K802 ; J183@4 Y752@5 | SPD
diagnostic put before therapeutic | K802 ; J431@2 J183@4 | K802 ; J183@4 J431@2 | PPS
gastroscopy with the wrong fourth character | K297 ; G459@1 | K297 ; G451@1 | PP4
colonoscopy for sigmoidoscopy | K573 ; H221@1 | K573 ; H251@1 | PP3
stent number left out | I209 ; K751@1 Y142@1 | I209 ; K751@1 | SPN
two stents for one | I209 ; K751@1 | I209 ; K752@1 | PP4
bilateral cataract, one side left out | H259 ; C751@1 Z943@1 | H259 ; C751@1 Z941@1 | SP4
imaging control coded twice | I209 ; K634@1 Y534@1 Y534@1 | I209 ; K634@1 Y534@1 | SPN
imaging control left out once | I209 ; K634@1 Y534@1 | I209 ; K634@1 Y534@1 Y534@1 | SPO
neuropathy pair turned round second | L089 G632 E114 | L089 E114 G632 | SDF
neuropathy pair with a code between | L089 E114 I10 G632 | L089 E114 G632 I10 | SDF
asterisk put first | G632 E114 | E114 G632 | PDS
retinopathy asterisk left out | H259 E113 | H259 E113 H360 | SDO
pair kept, order of others changed | L089 I10 E112 N083 | L089 E112 N083 I10 |
meningitis pair turned round | G01 A170 | A170 G01 | PDS
shingles meningitis dagger unspecific | B029 G020 | B027 G020 | PD4
history of malignancy coded as malignancy | J189 C509 | J189 Z853 | SDO SDN
malignancy left out and history coded | J189 Z853 | J189 C509 | SDO SDN
metastasis coded first | C787 C189 | C189 C787 | PDS
secondary site of the wrong organ | C189 C780 | C189 C787 | SD4
colon cancer of the wrong part | C189 | C187 | PD4
rectum for rectosigmoid | C20 | C19 | PD3
sepsis left to second place | N390 A419 | A419 N390 | PDS
sepsis organism not given | A419 N390 | A415 N390 | PD4
infection agent left out | N390 | N390 B962 | SDO
infection agent of another kind | N390 B956 | N390 B962 | SD3
dementia of unspecified kind | F03 I10 | F019 I10 | PD3
dementia second, unspecified | S720 F03 | S720 F019 | SD3
palliative care left out | C349 | C349 Z515 | SDO
lives alone not required | I500 Z602 | I500 | SDN
stroke unspecified | I64 | I639 | PD3
old stroke coded as new second | J690 I639 | J690 I693 | SD3
delivery outcome left out | O800 | O800 Z370 | SDO
delivery method wrong | O800 Z370 ; R249@1 | O810 Z370 ; R213@1 | PD3 PP3
forceps fourth character | O810 Z370 ; R213@1 | O811 Z370 ; R214@1 | PD4 PP4
perineal repair left out | O700 Z370 ; R249@1 | O700 Z370 ; R249@1 R321@1 | SPO
symptom first though the cause is known, cause present | R55 I951 | I951 | PDS SDN
main condition missing, the coded one belongs second | E119 I10 | L089 E119 I10 | PD3
main condition missing and one comorbidity too | E119 | L089 E119 I10 | PD3 SDO
main condition of the same category elsewhere | R074 I219 | I214 | PDS SDN
main condition of the same category first | I219 R074 | I214 | PD4 SDN
both primaries wrong | R104 ; H019@1 | K353 ; H011@1 | PD3 PP4
all of the secondaries wrong | J189 E109 N184 Z720 | J189 E119 N183 I10 | SD3 SD4 SDO SDN
omitted and not required with a shared chapter only | J189 K219 | J189 K573 | SDO SDN
heart failure for hypertensive heart disease | I500 | I110 | PD3
overdose intent wrong | T391 X409 | T391 X609 | SD3
overdose drug wrong | T391 X609 | T402 X609 | PD3
adverse effect cause left out | L270 | L270 Y400 | SDO
adverse effect of another drug | L270 Y409 | L270 Y400 | SD4
postoperative infection cause wrong | T814 Y838 | T814 Y832 | SD4
postoperative infection coded without its cause | T814 | T814 Y838 | SDO
endoscopy converted: open operation missing | K802 ; J183@4 Y752@4 | K802 ; J181@4 Y714@4 | PP4 SP3
anaesthetic coded though not wanted | K409 ; T202@1 Y801@1 | K409 ; T202@1 | SPN
chemotherapy delivery left out | C509 Z511 ; X729@1 | C509 Z511 ; X729@1 X352@1 | SPO
dialysis coded under another fourth character | N185 ; X403@1 | N185 ; X402@1 | PP4
procedure repeated on another day | C900 ; X332@1 | C900 ; X332@1 X332@8 | SPO
second of two equal procedures on the wrong day | C900 ; X332@1 X332@7 | C900 ; X332@1 X332@8 | SPD
everything else right but the neighbour of the third character | J150 I10 J90 | J150 I10 J91 | SD3
allergy status not required, tobacco left out | J440 Z880 | J440 Z720 | SDO SDN
fracture side code twice | S720 W010 ; W241@2 Z943@2 | S720 W010 ; W241@2 Z942@2 | SP4
site precise instead of general | M171 ; W822@1 Z846@1 | M171 ; W822@1 Z845@1 | SP4
"""


class Case(NamedTuple):
    """One labelled pair: codes of each side as (diagnoses, procedures), and the errors as sorted marks."""

    name: str
    trust: tuple[list[str], list[str]]
    auditor: tuple[list[str], list[str]]
    errors: list[str]


def _sides(text: str) -> tuple[list[str], list[str]]:
    diagnoses, _, procedures = text.partition(";")
    return diagnoses.split(), procedures.split()


def cases() -> list[Case]:
    """Return every labelled pair."""
    rows = [line.split("|") for line in CASES.strip().splitlines()]
    return [Case(n.strip(), _sides(t), _sides(a), sorted(e.split())) for n, t, a, e in rows]
