"""The invented world's companies, and how their records are named in paths and queries."""

from collections.abc import Collection
from dataclasses import dataclass, field

OF_THE_SPONSOR = (
    *("product_id", "specification_id", "mapping_id", "risk_assessment_id", "site_risk_id"),
    *("segmentation_id", "oversight_plan_id", "registration_id", "mutual_recognition_id"),
    *(
        "authority_notification_id",
        "duplicate_id",
        "partner_exit_id",
        "partner_merger_id",
        "partner_union_id",
        "outside_event_id",
    ),
    "recall_id",
    "readiness_statement_id",
    "distribution_impact",
    "hold_proposal",
    "method_id",
    "site_transfer_id",
    *("lesson_id", "closure_report_id"),
    *("agreement_draft_id", "price_list_id"),
)
OWNED = (
    *("partner_id", "site_id", "feed", "message_id", "batch_id", "certificate_id", "deviation_id", "capa_id"),
    *(
        "contradiction_id",
        "investigation_id",
        "result_id",
        "result_set_id",
        "inspection_id",
        "lot_id",
        "record",
        *OF_THE_SPONSOR,
    ),
    *("qualification_id", "batch_hold_id", "registered_site_id", "qp_capacity_id", "site_audit_id", "audit_finding_id"),
    *("legal_entity_id", "identifier_id", "contact_id", "line_id", "sub_supplier_use_id", "partner_product_id"),
    *("process_excursion_id", "process_limits_id", "limit_explanation_id"),
    "partner_stage_id",
    "oot_investigation_id",
    "change_id",
    "recall_part_id",
    "complaint_id",
    "disposition",
    *("transfer_id", "gate_decision_id", "transfer_action_id", "statement_id"),
    *("package_item_id", "gap_id", "gap_search_id"),
    *("target_profile_id", "cqa_id", "cpp_id", "qbd_cell_id", "process_reading_id", "risk_id"),
    *("method_transfer_id", "method_transfer_result_id"),
    *("transfer_batch_id", "ppq_series_id", "comparability_id", "process_verification_id"),
    *("transfer_id", "gate_decision_id", "transfer_action_id", "statement_id", "submission_id"),
    *("agreement_id", "agreement_version_id", "joint_decision_id", "obligation_id", "digest"),
    *("product_review_id", "coa_id", "entitlement_id", "test_order_id", "transcription_id", "data_integrity_flag_id"),
)
"""Path parameters that name a record of somebody's."""
COMMON = {"code": "oos-rate", "id": "1", "own_clause": "sterile_filters"}
"""Those that name what is everybody's, or only the operators'."""
OF_THE_LABORATORY = {"investigation_id", "oot_investigation_id", "result_id", "result_set_id", "lot_id"}
TESTED_BY_ITS_MAKER = {"coa_id", "test_order_id", "transcription_id", "data_integrity_flag_id"}
"""Of a lot of each maker that no other laboratory tests."""
RECORDS = {
    "partner_registry": "partner_id", "partner_feeds": "message_id", "sample_tracking": "result_id",
    "quality_events": "deviation_id", "tech_transfer": "transfer_id", "contracting": "agreement_id",
}  # fmt: skip
"""Of which record the audit is asked. That of the others is nobody's."""
FILTERS = {
    "lot": "lot", "material": "code", "product": "code", "partner": "id", "partner_id": "id", "site": "site",
    "site_id": "site", "product_id": "product", "laboratory_partner_id": "id", "feed": "feed",
}  # fmt: skip
"""Query parameters that ask for what is somebody's, and how that is called here."""


@dataclass
class Company:
    """A partner with its site, its product's code, and a lot of that product."""

    name: str
    kind: str
    id: str = ""
    site: str = ""
    product: str = ""
    code: str = ""
    lot: str = ""
    feed: str = ""
    """That of its own system."""
    laboratory_feed: str = ""
    """That of the system which tests its lots."""
    found: dict[str, str] = field(default_factory=dict)
    """Its records by the path parameter that names them."""

    @property
    def secrets(self) -> set[str]:
        """What tells of it: its words and its ids."""
        known = {self.name, self.id, self.site, self.code, self.lot, self.feed, self.product, *self.found.values()}
        return known - {""}

    def example(self, parameter: str) -> str:
        """What a path parameter says to name a record of it. Fails for one without an example."""
        known = COMMON | self.found
        assert parameter in known, f"an example of the path parameter {parameter} is missing in world.py"
        return known[parameter]

    def value(self, query: str) -> str:
        """What a query parameter says to find what is its."""
        return self.found.get(query) or (str(getattr(self, FILTERS[query])) if query in FILTERS else "")

    def has(self, parameters: Collection[str]) -> bool:
        """Whether it has the records that are named."""
        return bool(parameters) and all(parameter in self.found for parameter in parameters)
