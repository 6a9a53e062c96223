// Facts and numbers in the words of people.

const names = new Map(); // of partners, sites and products, by id

export const DAY = 864e5; // in milliseconds
export const words = (text) => String(text ?? "").replaceAll("_", " ");
export const called = (ref) => ref?.name || "";
export const name = (id) => names.get(id) || "";
export const learn = (id, text) => names.set(id, text);

const lot = (data) => (data.lot ? `${data.lot.material} ${data.lot.number}` : "a batch");
const at = (data) => {
  const place = data.lot || data;
  const known = name(place.partner_id) || name(place.site_id) || name(data.laboratory_partner_id);
  return known ? ` at ${known}` : "";
};
const by = (data) => (name(data.laboratory_partner_id) ? ` by ${name(data.laboratory_partner_id)}` : "");
const test = (data) => data.test.replaceAll("_", " ");
const unit = ({ unit: ucum }) => (/^(1|\[.*\])$/.test(ucum) ? "" : ucum); // one, and UCUM's arbitrary units such as [pH]
const measured = (data) => [data.value ?? data.text, unit(data)].filter(Boolean).join(" ");
const found = ({ results }) => (results.length === 1 ? test(results[0]) : `${results.length} results`);
const alone = ({ results }) => (results.length === 1 ? `${measured(results[0])}, ` : "");
const bound = ({ lower, upper, text }) =>
  [lower != null && `≥ ${lower}`, upper != null && `≤ ${upper}`, text].filter(Boolean).join(", ");
export const limit = (given) => (given ? bound(given) : "");
const certificate = (d) => `${d.number} (${d.kind}) of ${name(d.site_id) || d.holder}`;
const qualification = (d) => `${d.number} (${[d.activity, d.dosage_form].filter(Boolean).join(", ").replaceAll("_", " ")}) of ${name(d.site_id) || "a site"}`;
const markets = (d) => (d.markets.length ? ` for ${d.markets.join(", ")}` : "");
const complaint = (d) => `${d.number} (${d.category.replaceAll("_", " ")}, ${d.market})`;
const impact = (d) => `${d.number} (${d.cause_type}, ${d.market})`;
const notification = (d) => `${d.number} (${d.kind.replaceAll("_", " ")}, ${d.market})`;
const audit = (d) => `${d.number} (${d.kind.replaceAll("_", " ")}) of ${name(d.site_id) || "a site"}`;
const owed = (d) => `${d.number} (${d.clause.replaceAll("_", " ")} of ${d.subject_number ?? d.subject_type.toLowerCase()})`;
const finding = (d) => `${d.number} (${d.classification}, ${d.area.replaceAll("_", " ")})${at(d)}`;
const recall = (d) => `${d.mock ? "Mock recall" : "Recall"} ${d.number}${d.mock ? "" : ` of class ${d.classification}`}`;
const lots = (d) => d.lots.map((each) => lot({ lot: each })).join(", ");
const review = (d) => `${d.number} of ${name(d.product_id) || "a product"}, ${d.period_from} to ${d.period_to},`;
const item = (d) => `${d.number}: ${d.item_number} (${d.category.replaceAll("_", " ")})`;
const gap = (d) => `${d.number}: ${d.severity} gap ${d.gap_number} (${d.category})`;
const agreement = (d) => `${d.number} version ${d.version_number} (${d.kind.replaceAll("_", " ")})`;
const inspection = (d) => `${d.number} (${d.authority}) of ${name(d.site_id) || "a site"}`;

// [how it looks, what happened], by the fact's short name.
const SAYING = {
  PartnerRegistered: (d) => ["", `${d.legal_name} registered as ${d.number}`],
  PartnerStatusChanged: (d) => ["", `${name(d.partner_id) || "A partner"} is now ${d.after}, was ${d.before}`],
  PartnerRenamed: (d) => ["", `${d.before} is ${d.after} from ${d.valid_from} on`],
  PartnerAbsorbed: (d) => ["", `${d.legal_name} (${d.number}) merged into ${d.successor_name} (${d.successor_number}) on ${d.effective_on}`],
  PartnersUnified: (d) => ["", `${d.number} and ${d.elder_number} are ${d.undone ? "two companies after all" : "one company"}`],
  PartnerOwnershipChanged: (d) => ["bad", `${name(d.partner_id) || d.number} is owned by ${d.after} from ${d.effective_on} on${d.before ? `, was by ${d.before}` : ""}`],
  SiteRegistered: (d) => ["", `Site ${d.name} registered${name(d.partner_id) ? ` for ${name(d.partner_id)}` : ""}`],
  SiteClosed: (d) => [d.closing_on ? "bad" : "good", `${name(d.site_id) || d.number} ${d.closed ? `is closed since ${d.closing_on}` : d.closing_on ? `closes on ${d.closing_on}` : "stays open"}: ${d.reason}`],
  SiteTransferred: (d) => ["", `${name(d.site_id) || d.number} belongs to ${name(d.partner_id) || "another partner"} since ${d.effective_on}`],
  LineShared: (d) => ["bad", `Line ${d.code} of ${name(d.site_id) || "a site"} shares with ${d.segregation.map((each) => each.replaceAll("_", " ")).join(", ")} from ${d.effective_on} on`],
  CapacityChanged: (d) => [d.before && Number(d.after.value) < Number(d.before.value) ? "bad" : "", `Line ${d.code} of ${name(d.site_id) || "a site"} makes ${d.after.value} ${d.after.unit} a year from ${d.effective_on} on${d.before ? `, before ${d.before.value} ${d.before.unit}` : ""}`],
  SubSupplierUsed: (d) => ["", `${name(d.site_id) || "A site"} ${d.ended_on ? `uses ${d.supplier} no more since ${d.ended_on}` : `uses ${d.supplier} for ${d.purpose} (${d.criticality})`}`],
  CertificateRecorded: (d) => ["", `${certificate(d)} recorded`],
  CertificateConfirmed: (d) => ["good", `${certificate(d)} confirmed in ${d.authority_register}`],
  CertificateExpiring: (d) => ["bad", `${certificate(d)} ends within ${d.days} days`],
  CertificateExtended: (d) => ["good", `${certificate(d)} extended from ${d.before} to ${d.ends_on}`],
  CertificateExpired: (d) => ["bad", `${certificate(d)} has expired`],
  CertificateWithdrawn: (d) => ["bad", `${certificate(d)} ${d.wholly ? "withdrawn" : "restricted"}: ${d.reason}`],
  QualificationPlanned: (d) => ["", `${qualification(d)} planned`],
  SiteQualificationChanged: (d) => [{ approved: "good", conditional: "", in_assessment: "" }[d.after] ?? "bad", `${qualification(d)} is now ${d.after.replaceAll("_", " ")}: ${d.reason}`],
  QualificationExpiring: (d) => ["bad", `${qualification(d)} ends within ${d.days} days`],
  RegulatoryInspectionAnnounced: (d) => ["", `${inspection(d)} announced for ${d.starts_on}`],
  RegulatoryInspectionRecorded: (d) => [d.observations.length ? "bad" : "good", `${inspection(d)} ended with ${d.observations.length} observations`],
  RegulatoryInspectionClassified: (d) => [d.outcome === "nai" || d.outcome === "compliant" ? "good" : "bad", `${inspection(d)}: ${[d.outcome || "not classified", ...d.letters.map((each) => each.letter)].join(", ")}`],
  CommitmentOverdue: (d) => ["bad", `${inspection(d)}: what was promised is overdue: ${d.text}`],
  RiskScoreChanged: (d) => [d.band === "low" || d.band === "medium" ? "" : "bad", `Risk of ${name(d.site_id) || "a site"}: ${d.at_least ? "at least " : ""}${d.band}${d.before ? `, was ${d.before}` : ""}${d.provisional ? ", until it is assessed anew" : ""}`],
  SegmentChanged: (d) => [d.stale ? "bad" : "", `${name(d.partner_id) || "A partner"} is ${d.after || "not segmented"}${d.before && d.before !== d.after ? `, was ${d.before}` : ""}${d.stale ? " (stale)" : ""}`],
  OversightPlanChanged: (d) => ["", `Oversight of ${name(d.site_id) || "a site"} ${d.state === "derived" ? "derived anew" : "in force"} (${d.cause})`],
  OversightAnnounced: (d) => ["", `${name(d.site_id) || "A site"} is audited every ${d.audit_months || "?"} months and met ${d.operational || "?"}`],
  RegistrationChanged: (d) => [{ approved: "good", withdrawn: "bad" }[d.what] ?? "", `${d.number} of ${name(d.product_id) || "a product"} for ${d.market} ${d.what}, effective ${d.effective_on}`],
  SiteRegistrationChanged: (d) => [d.registered ? "good" : "bad", `${name(d.site_id) || "A site"} is ${d.registered ? "" : "no longer "}registered for ${d.activity.replaceAll("_", " ")} of ${d.product_code} for ${d.market}, effective ${d.effective_on}`],
  QpCapacityChanged: (d) => [d.state === "named" ? "" : "bad", `${d.printed_name} ${d.state === "named" ? `may certify by ${d.authorisation} from ${d.valid_from} on` : `certifies by ${d.authorisation} until ${d.valid_to}`}`],
  QpCoverageEnding: (d) => ["bad", `Nobody certifies by ${d.authorisation} ${d.days ? `any more within ${d.days} days` : "any more"}`],
  MutualRecognitionChanged: (d) => [d.valid_to ? "bad" : "good", `${d.regime.toUpperCase()} recognises ${d.covers.join(" and ").replaceAll("_", " ")} of ${d.country} from ${d.valid_from} on${d.valid_to ? ` until ${d.valid_to}` : ""}`],
  ProductRegistered: (d) => ["", `Product ${d.code} ${d.name} registered`],
  SpecificationApproved: (d) => ["", `Specification of ${name(d.product_id) || "a product"} approved`],
  SpecificationEffective: (d) => ["good", `Specification of ${name(d.product_id) || "a product"}${d.market ? ` for ${d.market}` : ""}: revision ${d.revision} is in force`],
  CoaIssued: (d) => ["good", `Certificate of analysis ${d.number} of ${lot(d)} issued for ${d.market}`],
  CoaWithdrawn: (d) => ["bad", `Certificate of analysis ${d.number} of ${lot(d)} for ${d.market} withdrawn`],
  CoaSuperseded: (d) => ["", `Certificate of analysis ${d.number} of ${lot(d)} for ${d.market} superseded`],
  EntitlementChanged: (d) => [{ suspended: "bad", withdrawn: "bad", in_transfer: "" }[d.standing] ?? "good", `${name(d.laboratory_site_id) || "A laboratory"} is ${d.standing.replaceAll("_", " ")} for method ${d.method_code} ${d.method_version} from ${d.valid_from} on`],
  ResultNotReportable: (d) => ["bad", `${d.test} of ${lot(d)} is not reportable: ${d.not_reportable}`],
  TestOrdered: (d) => ["", `${d.tests.length === 1 ? d.tests[0].test : `${d.tests.length} tests`} of ${lot(d)} ordered: ${d.number}`],
  TestOrderAccepted: (d) => ["good", `Test order ${d.number} of ${lot(d)} accepted`],
  TestOrderDeclined: (d) => ["bad", `Test order ${d.number} of ${lot(d)} declined: ${d.reason}`],
  TestOrderOverdue: (d) => ["bad", `Test order ${d.number} of ${lot(d)} is overdue`],
  TestOrderCompleted: (d) => ["good", `Test order ${d.number} of ${lot(d)} completed`],
  TestOrderReopened: (d) => ["bad", `Test order ${d.number} of ${lot(d)} is open again: a result counts no more`],
  TestOrderCancelled: (d) => ["", `Test order ${d.number} of ${lot(d)} cancelled: ${d.reason}`],
  BatchStartReported: (d) => ["quiet", `Start of ${lot(d)} reported${at(d)}`],
  BatchCompletionReported: (d) => ["quiet", `Completion of ${lot(d)} reported${at(d)}`],
  ProcessDataReported: (d) => ["quiet", `Process data of ${lot(d)}: ${d.step}`],
  BatchRecordReported: (d) => ["quiet", `Record of ${lot(d)}${d.version ? `, version ${d.version}` : ""}: ${d.complete ? "complete" : d.status || "not complete"}`],
  MaterialUseReported: (d) => ["quiet", `${d.number} of ${d.material} ${d.use}${d.lot ? ` for ${lot(d)}` : ""}`],
  ProcessExcursionReported: (d) => ["", `${d.kind} of ${lot(d)}${d.text ? `: ${d.text}` : ""}`],
  LotReported: (d) => ["quiet", `${lot(d)} of ${d.lot.material}: ${d.status}`],
  TestResultsReported: (d) => ["quiet", `${found(d)} of ${lot(d)} reported${by(d)}${d.results.length === 1 ? `: ${measured(d.results[0])}` : ""}`],
  DeviationReported: (d) => ["quiet", `Deviation reported${at(d)}: ${d.title}`],
  RecordContradicted: (d) => ["bad", `${d.feed} reported ${d.record_id} twice, and not the same`],
  SpecificationMismatchFound: (d) => ["bad", `${d.feed} tests ${test(d)} against other limits than the specification`],
  MessageQuarantined: (d) => ["bad", `${d.refused} records of ${d.feed} refused: ${d.first_reason}`],
  ResultsReported: (d) => ["", `${found(d)} of ${lot(d)}: ${alone(d)}${evaluations(d)}`],
  OosDetected: (d) => ["bad", `${test(d)} of ${lot(d)} out of specification${d.markets?.length ? ` in ${d.markets.join(", ")}` : ""}: ${measured(d)} (${limit(d.limit)})`],
  ResultInterpreted: (d) => [d.evaluation === "oos" ? "bad" : "good", `${test(d)} of ${lot(d)} could not be judged: quality decided`],
  ResultApproved: (d) => ["good", `${test(d)} of ${lot(d)} approved`],
  BatchStarted: (d) => ["", `${lot(d)} started${at(d)}`],
  BatchManufactured: (d) => ["good", `${lot(d)} manufactured${at(d)}${d.yield_percent ? `, yield ${number(d.yield_percent)} %` : ""}`],
  BatchTerminated: (d) => ["bad", `${lot(d)} given up${at(d)}: ${d.reason}`],
  BatchRecordReceived: (d) => ["", `Record ${d.record_version} of ${lot(d)} handed in${at(d)}`],
  BatchRecordReviewed: (d) => ["good", `Record ${d.record_version} of ${lot(d)} reviewed by the ${d.reviewed_side}`],
  BatchRecordRevised: (d) => ["bad", `Record of ${lot(d)} revised to ${d.record_version}: it is reviewed again`],
  BatchesLinked: (d) => ["", `${d.quantity.value} ${d.quantity.unit} of ${lot({ lot: d.parent_lot })} ${d.kind}: ${lot({ lot: d.child_lot })}`],
  BatchHeld: (d) => ["bad", `${lot(d)} held${markets(d)} by the ${d.by_side}: ${d.reason}`],
  BatchConfirmed: (d) => ["good", `${lot(d)} confirmed by its maker for ${d.market}`],
  BatchReleased: (d) => ["good", `${lot(d)} released for ${d.market}, entry ${d.register_number}`],
  BatchReleasedForProcessing: (d) => ["", `${lot(d)} released for processing under quarantine, until ${d.follow_up_on}`],
  BatchRejected: (d) => ["bad", `${lot(d)} rejected for ${d.market}`],
  BatchFollowUpClosed: (d) => ["good", `${lot(d)}, released for processing in ${d.market}: what it waited for is done`],
  BatchStopped: (d) => ["bad", `${lot(d)} stopped in ${d.market}`],
  BatchRecalled: (d) => ["bad", `${lot(d)} recalled from ${d.market}`],
  DispositionReasoned: (d) => ["quiet", `Why ${d.decision.replaceAll("_", " ")} for ${d.market}: ${d.justification}`],
  BatchHoldLifted: (d) => ["good", `${d.number} of ${lot(d)} lifted: ${d.lift_reason}`],
  DeviationRaised: (d) => ["bad", `${d.number} raised${at(d)}: ${d.title}`],
  DeviationAmended: (d) => ["", `${d.number} amended${at(d)}`],
  DeviationLinked: (d) => ["", `${d.number} joined to its batch and product`],
  DeviationClassified: (d) => ["", `${d.number} classified as ${d.classification}`],
  DeviationAcknowledged: (d) => ["", `${d.number} acknowledged by the sponsor`],
  DeviationOverdue: (d) => ["bad", `${d.number} is overdue${at(d)}`],
  DeviationClosed: (d) => ["good", `${d.number} closed${at(d)}`],
  DeviationCancelled: (d) => ["", `${d.number} cancelled: ${d.reason}`],
  CapaOpened: (d) => ["bad", `${d.number} opened${d.generation > 1 ? `, generation ${d.generation}` : ""}${at(d)}`],
  CapaPlanned: (d) => ["", `${d.number} planned`],
  CapaImplemented: (d) => ["", `${d.number} implemented`],
  CapaOverdue: (d) => ["bad", `${d.number} is overdue${at(d)}`],
  CapaClosed: (d) => [d.effective ? "good" : "bad", `${d.number} closed: it ${d.effective ? "worked" : "did not work"}`],
  CapaCancelled: (d) => ["", `${d.number} cancelled: ${d.reason}`],
  AuditScheduled: (d) => ["", `${audit(d)} ${d.confirmed ? "confirmed" : "planned"} for ${d.planned_on}`],
  AuditPostponed: (d) => ["bad", `${audit(d)} postponed from ${d.before} to ${d.planned_on}: ${d.reason}`],
  AuditCompleted: (d) => [d.outcome === "unacceptable" ? "bad" : "good", `${audit(d)}: ${d.outcome.replaceAll("_", " ")}, ${d.critical} critical and ${d.major} major findings`],
  FindingRaised: (d) => ["bad", `${finding(d)} raised`],
  FindingResponded: (d) => ["", `${finding(d)} answered`],
  FindingResponseRejected: (d) => ["bad", `${finding(d)}: the answer was rejected: ${d.reason}`],
  FindingClosed: (d) => ["good", `${finding(d)} closed`],
  FindingOverdue: (d) => ["bad", `${finding(d)} is overdue`],
  ChangeProposed: (d) => ["", `${d.number} proposed${at(d)}: ${d.title}`],
  ChangeClassified: (d) => ["", `${d.number} classified as ${d.classification}`],
  ChangeApproved: (d) => ["good", `${d.number} approved by both sides: ${d.title}`],
  ChangeRefused: (d) => ["bad", `${d.number} refused: ${d.reason}`],
  ChangeImplemented: (d) => [d.emergency ? "bad" : "", `${d.number} made from ${d.first_lot.number} on${d.emergency ? ", before it was approved" : ""}`],
  ObligationOpened: (d) => ["quiet", `${owed(d)}: the ${d.owes} owes it${d.due_at ? ` until ${d.due_at}` : ""}`],
  ObligationMet: (d) => ["good", `${owed(d)} met`],
  ObligationBreached: (d) => ["bad", `${owed(d)} breached by the ${d.owes}${d.done_at ? "" : ", and not done yet"}`],
  ObligationCorrected: (d) => ["", `${owed(d)} is ${d.verdict.replaceAll("_", " ")} now and was ${d.before.replaceAll("_", " ")}`],
  ObligationWaived: (d) => ["", `${owed(d)} waived: ${d.reason}`],
  ComplaintReceived: (d) => ["bad", `${complaint(d)}${d.severity ? `, ${d.severity}` : ""}${d.lot ? `, of ${lot(d)}` : ""}`],
  ComplaintClosed: (d) => ["good", `${complaint(d)} answered: ${d.substantiated === null ? "nobody can say whether it is substantiated" : d.substantiated ? "substantiated" : "not substantiated"}`],
  AuthorityNotificationDue: (d) => ["bad", `${notification(d)} is due ${d.due_at}`],
  AuthorityNotificationSubmitted: (d) => ["good", `${notification(d)} submitted as ${d.reference}`],
  RecallStarted: (d) => ["bad", `${recall(d)} started${markets(d)}: ${lots(d)}${at(d)}`],
  RecallClosed: (d) => ["good", `${recall(d)} closed: ${lots(d)}${at(d)}`],
  HoldProposed: (d) => ["bad", `${d.number} proposes to hold a batch: ${d.reasons.join("; ")}`],
  HoldProposalAnswered: (d) => d.hold_id ? ["bad", `${d.number} answered: the batch is held`] : ["good", `${d.number} declined: the batch goes on`],
  DistributionImpactOpened: (d) => ["bad", `${impact(d)}: what it means for a released batch is to be assessed until ${d.due_at}`],
  DistributionImpactAssessed: (d) => [d.outcome === "none" ? "good" : "bad", `${impact(d)} assessed: ${d.outcome === "none" ? "no impact" : d.outcome.replaceAll("_", " ")}`],
  ProductQualityReviewOpened: (d) => ["", `Review ${review(d)} opened, due ${d.due_at}`],
  ProductQualityReviewCancelled: (d) => ["", `Review ${review(d)} cancelled: ${d.reason}`],
  ProductQualityReviewSigned: (d) => ["good", `Review ${review(d)} signed by both sides`],
  OosOpened: (d) => ["bad", `${d.number} opened: ${test(d)} of ${lot(d)}${at(d)}`],
  OosNotified: (d) => ["", `${d.number}: the sponsor was told`],
  OosLinked: (d) => ["", `${d.number} joined to its batch and product`],
  OosInvalidationProposed: (d) => ["", `${d.number}: the laboratory proposes to invalidate the result`],
  OosReopened: (d) => ["bad", `${d.number} reopened: ${d.reason}`],
  OotOpened: (d) => ["bad", `${d.number} opened: ${test(d)} of ${lot(d)} out of trend`],
  OotWithdrawn: (d) => ["", `${d.number} withdrawn: ${d.reason}`],
  OotConcluded: (d) => ["good", `${d.number} concluded: ${d.conclusion.replaceAll("_", " ")}`],
  OosConcluded: (d) => ["good", `${d.number} concluded: ${d.conclusion}`],
  AgreementProposed: (d) => ["", `${agreement(d)} proposed by the ${d.proposed_side}${d.round > 1 ? " once more" : ""}`],
  AgreementAgreed: (d) => ["good", `${agreement(d)} agreed by both sides`],
  AgreementSigned: (d) => ["good", `${agreement(d)} signed by both, from ${d.effective_from}`],
  AgreementEffective: (d) => ["good", `${agreement(d)} is in force`],
  AgreementSuperseded: (d) => ["", `${agreement(d)} superseded by version ${d.superseded_by}`],
  AgreementRenewed: (d) => ["good", `${agreement(d)} goes on until ${d.expiry}`],
  AgreementReviewed: (d) => ["", `${agreement(d)} reviewed by both: ${d.changes || "nothing is to be changed"}`],
  AgreementNoticeGiven: (d) => ["bad", `${agreement(d)}: the ${d.given_side} gave notice, it ends on ${d.ends_on}`],
  AgreementExpiring: (d) => ["bad", `${agreement(d)} ${d.goes_on ? "goes on by itself unless notice is given" : "expires"} by ${d.decide_by}`],
  AgreementExpired: (d) => ["bad", `${agreement(d)} expired on ${d.ended_on}`],
  AgreementTerminated: (d) => ["bad", `${agreement(d)} ended on ${d.ended_on}`],
  TransferStarted: (d) => ["", `${d.number} started: ${d.title}`],
  TransferPlanned: (d) => ["", `${d.number} has other days: ${d.reason}`],
  TransferHeld: (d) => ["bad", `${d.number} is on hold: ${d.reason}`],
  TransferResumed: (d) => ["good", `${d.number} goes on`],
  TransferCancelled: (d) => ["bad", `${d.number} cancelled: ${d.reason}`],
  GateDecided: (d) => [d.verdict === "failed" ? "bad" : "good", `${d.number}: ${d.gate.replaceAll("_", " ")} ${d.verdict === "conditional" ? "passed with conditions" : d.verdict}`],
  PackageItemProvided: (d) => ["", `${item(d)} provided as version ${d.document_version}${d.accepted_version ? `, after ${d.accepted_version} was in use` : ""}`],
  PackageItemAccepted: (d) => ["good", `${item(d)}, version ${d.document_version}, accepted`],
  PackageItemReturned: (d) => ["bad", `${item(d)}, version ${d.document_version}, returned: ${d.reason.replaceAll("_", " ")}`],
  PackageItemWaived: (d) => ["", `${item(d)} waived: ${d.reason}`],
  GapIdentified: (d) => [d.severity === "critical" ? "bad" : "", `${gap(d)} found`],
  GapClosed: (d) => ["good", `${gap(d)} ${d.outcome}`],
  GapForetold: (d) => ["", `${d.number}: ${d.deviation_number} was foretold by ${d.gap_id ? "a gap" : "the package"} (${d.category.replaceAll("_", " ")})`],
  GateReopened: (d) => ["bad", `${d.number}: back to ${d.gate.replaceAll("_", " ")}: ${d.reason}`],
  CppOutOfRange: (d) => ["bad", `${d.number}: ${d.cpp} of ${lot(d)} is ${d.outside.map((one) => `${one.value} ${one.unit}`).join(", ")}, out of its range`],
  CppOutOfRangeLifted: (d) => ["good", `${d.number}: ${d.cpp} of ${lot(d)} is no longer out of its range: ${d.why}`],
  SubmissionFiled: (d) => ["", `${d.number}: filed in ${d.market}`],
  SubmissionApproved: (d) => ["good", `${d.number}: approved in ${d.market}`],
  SubmissionRefused: (d) => ["bad", `${d.number}: refused in ${d.market}`],
  TransferDelayed: (d) => ["bad", `${d.number}: ${d.gate.replaceAll("_", " ")} is ${d.working_days_late} working days late`],
  TransferClosed: (d) => ["good", `${d.number} closed`],
  MethodTransferStarted: (d) => ["", `${d.method_transfer_number}: ${name(d.laboratory_site_id) || "a laboratory"} may test by ${d.method} ${d.method_version} for its transfer`],
  MethodTransferCompleted: (d) => [d.outcome === "failed" ? "bad" : "good", `${d.method_transfer_number}: ${d.method} ${d.method_version} ${d.outcome}${d.entitled_from ? ` from ${d.entitled_from} on` : ""}`],
  MethodTransferRepeated: (d) => ["bad", `${d.method_transfer_number}: ${d.method} ${d.method_version} is to be repeated: ${d.reason}`],
  TransferBatchCompleted: (d) => [{ failed: "bad", conforming: "good" }[d.verdict] ?? "", `${d.number}: ${lot(d)} (${d.kind}) is ${d.verdict.replaceAll("_", " ")}${d.why.length ? `: ${d.why[0]}` : ""}`],
  PpqSeriesFailed: (d) => ["bad", `${d.number}: ${d.series_number} failed, attempt ${d.attempt}`],
  PpqSeriesCompleted: (d) => ["good", `${d.number}: ${d.series_number} conforms with ${d.count} batches in a row`],
  CapabilityAssessed: (d) => [{ capable: "good", not_capable: "bad" }[d.verdict] ?? "", `${d.number}: ${d.attribute} of ${d.n} values is ${d.verdict.replaceAll("_", " ")}`],
  ProcessVerified: (d) => [d.attributes.some((each) => each.signals.length || each.verdict === "not_capable") ? "bad" : "good", `${d.number}: process verified by ${d.attributes.length} attributes`],
};
// Of one result how it was evaluated, of several how many each way.
function evaluations({ results }) {
  const counts = new Map();
  for (const { evaluation: word } of results) counts.set(word, (counts.get(word) || 0) + 1);
  return [...counts].map(([word, count]) => (results.length === 1 ? "" : `${count} `) + evaluation(word)).join(", ");
}
const evaluation = (word) => ({ pass: "passed", oos: "out of specification" })[word] || "not evaluated";

// What is told in a later version too, of which this page shows that one.
const EARLIER = new Set(["Opened", "Assessed"].map((what) => `io.entente.DistributionImpact${what}.v1`));
export const isTold = (type) => !EARLIER.has(type);

export const short = (type) => type.split(".").at(-2) || type;
export const plain = (type) => short(type).replace(/(?<=[a-z])([A-Z])/g, (_, letter) => ` ${letter.toLowerCase()}`);

export function said(fact) {
  const data = fact.data || {};
  try {
    if (SAYING[short(fact.type)]) return SAYING[short(fact.type)](data);
  } catch {
    // A newer release's fact may lack what this sentence needs: say what it is called.
  }
  return ["", [plain(fact.type), data.number].filter(Boolean).join(": ")];
}

export const number = (value, digits = 2) =>
  Number(value).toLocaleString(undefined, { maximumFractionDigits: digits });

// A KPI's number: a share as per cent, anything else with its unit.
export function amount(value, kpi) {
  if (value === null || value === undefined) return "–";
  const share = kpi.unit === "1" && /rate|share|first_time|success|on_time/.test(kpi.code);
  if (share) return `${number(value * 100, 1)} %`;
  return [number(value), { 1: "", d: "days", h: "h" }[kpi.unit] ?? kpi.unit].filter(Boolean).join(" ");
}

// How long, in the two largest units.
export function span(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days) return `${days} d${days < 10 && hours ? ` ${hours} h` : ""}`;
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

export const since = (instant) => span(Date.now() - new Date(instant));
export const clock = (instant) => new Date(instant).toLocaleTimeString(undefined, { hour12: false });
