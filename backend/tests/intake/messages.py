"""Messages for the tests of intake: one good episode, and how to vary it."""

import copy
from typing import Any

GOOD: dict[str, Any] = {
    "source_at": "2026-03-12T09:30:00Z", "message_id": "MSG-1", "feed_action": "upsert",
    "spell_number": "SP0001", "episode_number": 1, "last_episode": True,
    "patient": {
        "local_patient_id": "A000001", "nhs_number": "9000000009", "nhs_number_status": "01",
        "birth_on": "1950-01-01", "sex": "2",
    },
    "spell": {
        "admitted_on": "2026-03-01", "admission_method": "21", "admission_source": "19", "patient_class": "1",
        "admin_category": "01", "intended_management": "1", "discharged_on": "2026-03-11", "discharge_method": "1",
        "discharge_destination": "19",
    },
    "started_on": "2026-03-01", "ended_on": "2026-03-11", "consultant_code": "C1234567",
    "main_specialty_code": "300", "treatment_function_code": "300", "site_code": "RXX01", "ward_code": "W1",
    "neonatal_level_code": "8", "operation_status_code": "8",
}  # fmt: skip
CODES = {"source": "pas", "coded_at": "2026-03-12T09:00:00Z", "coder_ref": "ABC", "diagnoses": ["I21.4", "I10X"], "procedures": [{"code": "K63.1", "on": "2026-03-02"}]}  # fmt: skip


def message(**changes: Any) -> dict[str, Any]:
    """The good message with members changed; ``patient__sex="1"`` reaches inside, ``...`` removes."""
    made = copy.deepcopy(GOOD)
    for path, value in changes.items():
        at = made
        *parents, last = path.split("__")
        for parent in parents:
            at = at[parent]
        if value is ...:
            at.pop(last, None)
        else:
            at[last] = copy.deepcopy(value)
    return made
