"""All clinical scenarios of the synthetic Trust."""

from codewell.synth.scenarios import bones, families, medicine, procedures, surgery
from codewell.synth.scenarios.model import Also, Op, Scenario, Service

ALL: tuple[Scenario, ...] = (
    *medicine.SCENARIOS,
    *procedures.SCENARIOS,
    *surgery.SCENARIOS,
    *bones.SCENARIOS,
    *families.SCENARIOS,
)

__all__ = ["ALL", "Also", "Op", "Scenario", "Service"]
