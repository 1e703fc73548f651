from audits.conftest import drawn_audit, items_of, new_audit, post_coded, qualify, second_auditor

__all__ = ["drawn_audit", "items_of", "new_audit", "post_coded", "qualify", "second_auditor"]
