"""Small breakages of what must hold, each with the test that must turn red. ``make mutations`` tries them all."""

from dataclasses import dataclass

RUNTIME = "libs/runtime/src/runtime"
RUNTIME_TESTS = "libs/runtime/tests"
IDENTITY, IDENTITY_TESTS = "libs/identity/src/identity", "libs/identity/tests"
TABLES = "libs/installation/src/installation/tables.py"
KPI, KPI_TESTS = "services/kpi/src/kpi", "services/kpi/tests"
DEVIATIONS = "services/quality_events/src/quality_events/deviations"
QUALITY_TESTS = "services/quality_events/tests"


@dataclass(frozen=True, slots=True)
class Breakage:
    """Another text in a file's place of one."""

    name: str
    file: str
    text: str
    """Stands exactly once in the file."""
    instead: str
    test: str
    """The id of the test that must fail."""
    of_the_schema: bool = False
    """Whether it changes databases; their golden ``schema.txt`` are written anew then, as whoever did it would."""


BREAKAGES = [
    Breakage(
        "the relay passes over transactions that ran",
        f"{RUNTIME}/cursor.py",
        "least((SELECT min(position + 0) {_LATER}), (SELECT min(position + 0) {_RAN})) AS first",
        "(SELECT min(position + 0) {_LATER}) AS first",
        f"{RUNTIME_TESTS}/test_relay.py::test_each_committed_fact_arrives_once_and_in_order",
    ),
    Breakage(
        "a relay that no longer leads saves its place",
        f"{RUNTIME}/cursor.py",
        "WHERE epoch = $1 RETURNING true",
        "WHERE epoch >= $1 RETURNING true",
        f"{RUNTIME_TESTS}/test_relay_place.py::test_a_zombie_cannot_move_the_place",
    ),
    Breakage(
        "the inbox is not asked",
        f"{RUNTIME}/applying.py",
        "groups = received.pop(str(fact.id), set())",
        "groups = set(place.subscriptions.groups(fact.type))",
        f"{RUNTIME_TESTS}/test_consumer.py::test_a_fact_that_comes_twice_is_handled_once",
    ),
    Breakage(
        "the stored offset is not compared",
        f"{RUNTIME}/offsets.py",
        "AND next = $3 AND rewinds = $4",
        "AND next >= 0 * $3::bigint AND rewinds = $4",
        f"{RUNTIME_TESTS}/test_places.py::test_a_batch_that_does_not_follow_on_is_fenced",
    ),
    Breakage(
        "a partner reads whatever there is",
        TABLES,
        "FOR SELECT TO svc_partner USING ({rule})",
        "FOR SELECT TO svc_partner USING ({rule} OR true)",
        f"{RUNTIME_TESTS}/test_partners_line.py::test_a_partner_sees_only_what_it_is_a_party_to",
        of_the_schema=True,
    ),
    Breakage(
        "a child's audit does not name its root",
        TABLES,
        "audited(table, of, column)",
        "audited(table)",
        f"{RUNTIME_TESTS}/test_partners_line.py::test_a_partner_reaches_no_child_and_no_party_row_of_another",
        of_the_schema=True,
    ),
    Breakage(
        "a half goes down",
        "libs/gxp/src/gxp/rounding.py",
        "10**decimals + denominator)",
        "10**decimals + denominator - 1)",
        "services/sample_tracking/tests/unit/test_rounding.py::test_a_half_goes_up",
    ),
    Breakage(
        "hours are rounded to even",
        f"{KPI}/facts/moments.py",
        ".quantize(HUNDREDTH, ROUND_HALF_UP)",
        '.quantize(HUNDREDTH, "ROUND_HALF_EVEN")',
        f"{KPI_TESTS}/unit/test_durations.py::test_hours_are_rounded_half_up_as_on_the_clock_of_the_deviation",
    ),
    Breakage(
        "a deviation is overdue at its due date",
        f"{RUNTIME}/deadlines.py",
        "self.next_due_at < now",
        "self.next_due_at <= now",
        f"{QUALITY_TESTS}/unit/test_deviation_rules.py::test_overdue_is_told_once_per_due_date",
    ),
    Breakage(
        "batches and their flaws are entered at once",
        f"{KPI}/facts/locking.py",
        "pg_advisory_xact_lock(hashtextextended('kpi.quality-events', 0))",
        "true",
        f"{KPI_TESTS}/integration/test_concurrency.py::test_a_batch_and_its_flaw_know_of_each_other",
    ),
    Breakage(
        "whoever amends results is not alone",
        f"{KPI}/results/commands.py",
        "pg_advisory_xact_lock(hashtextextended('kpi.results', 0))",
        "pg_advisory_xact_lock_shared(hashtextextended('kpi.results', 0))",
        f"{KPI_TESTS}/integration/test_concurrency.py::test_a_result_and_its_amendment_know_of_each_other",
    ),
    Breakage(
        "a list finds a record overdue that is not",
        f"{RUNTIME}/deadlines.py",
        "& (due_at < now)",
        "& (due_at <= now)",
        f"{QUALITY_TESTS}/integration/test_overdue.py::test_a_list_and_a_record_say_the_same_of_a_due_date",
    ),
    Breakage(
        "a CAPA whose actions are done waits for its owner",
        "services/quality_events/src/quality_events/capas/model.py",
        "to_implement = self.state == State.implementing and self.done",
        "to_implement = False",
        f"{QUALITY_TESTS}/integration/test_capas.py::test_whose_turn_it_is_follows_the_actions",
    ),
    Breakage(
        "a CAPA of another cause is taken for the deviation's own",
        "services/quality_events/src/quality_events/capas/commands.py",
        "of_it = or_(and_(Capa.source_type == type, Capa.source_id == id), of_a_result)",
        "of_it = or_(Capa.source_id == id, of_a_result, Capa.number == deviation.capa_reference)",
        f"{QUALITY_TESTS}/integration/test_capas.py::"
        "test_one_that_was_cancelled_or_is_somebody_elses_takes_no_cause_away",
    ),
    Breakage(
        "whoever prepared a deviation closes it",
        f"{DEVIATIONS}/model.py",
        'independent_of={"prepared_by", "owner"}',
        "independent_of=set()",
        f"{QUALITY_TESTS}/integration/test_deviations.py::test_the_whole_life",
    ),
    Breakage(
        "partners classify deviations",
        f"{DEVIATIONS}/model.py",
        "@transition(source={State.reported}, target=State.classified, by=SPONSOR)",
        "@transition(source={State.reported}, target=State.classified, by=INVESTIGATORS)",
        f"{QUALITY_TESTS}/integration/test_deviations.py::test_the_whole_life",
    ),
    Breakage(
        "an unknown side is counted as the partner",
        f"{RUNTIME}/turns.py",
        "return Holder.unknown, None",
        "return Holder.partner, None",
        f"{RUNTIME_TESTS}/test_whose_turn.py::test_a_side_without_a_partner_is_unknown_and_not_the_partner",
    ),
    Breakage(
        "a ticket opens a stream twice",
        "services/event_stream/src/event_stream/tickets.py",
        'if claims["jti"] in self._used:',
        "if not claims:",
        "services/event_stream/tests/unit/test_tickets.py::test_a_ticket_speaks_once_for_whoever_asked",
    ),
    Breakage(
        "a result that is told again counts beside its amendment",
        f"{KPI}/results/model.py",
        "counted._replace(ended_by=by and by.event_id)",
        "counted",
        f"{KPI_TESTS}/unit/test_ledger.py::"
        "test_a_result_told_again_with_its_product_does_not_count_beside_its_amendment",
    ),
    Breakage(
        "a drafted column that is never null forgets the rows that are there",
        "libs/installation/src/installation/changes.py",
        'f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER"',
        'f"ALTER TABLE {table} DISABLE TRIGGER USER"',
        "tests/architecture/test_drafted_migrations.py::test_a_draft_runs_on_a_database_with_rows",
    ),
    Breakage(
        "each invented key asks the issuer",
        f"{IDENTITY}/keys.py",
        "now - self._looked_at >= LOOK_AGAIN",
        "now - self._looked_at >= 0",
        f"{IDENTITY_TESTS}/test_keys.py::test_a_flood_of_invented_keys_asks_the_issuer_seldom_and_hinders_nobody",
    ),
    Breakage(
        "keys serve for ever while the issuer is away",
        f"{IDENTITY}/keys.py",
        "and now - self._read_at <= self._kept",
        "and self._kept",
        f"{IDENTITY_TESTS}/test_keys.py::test_while_the_issuer_is_away_known_keys_serve_for_a_stated_time",
    ),
    Breakage(
        "a login for one act serves for another",
        f"{IDENTITY}/verifier.py",
        'if claims["nonce"] != nonce:',
        'if not claims["nonce"]:',
        f"{QUALITY_TESTS}/integration/test_signatures.py::test_a_signature_is_for_one_record_one_content_and_once",
    ),
]
