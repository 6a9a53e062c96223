"""Every type of problem that an answer may have: what a client may tell apart, and what each means (RFC 9457)."""

from collections.abc import Mapping

TYPES: Mapping[int, Mapping[str, str]] = {
    400: {
        "incomplete": "the connection ended before the body did",
        "invalid-cursor": "no cursor of this list and sort",
        "invalid-idempotency-key": "an Idempotency-Key of more than 255 characters",
        "invalid-if-match": "If-Match names no version",
        "invalid-message-id": "a Message-Id that cannot be kept",
        "invalid-sort": "the list cannot be sorted by this",
        "request-refused": "the request cannot be read",
        "too-many-values": "too many numbers for one answer, or too many values of a parameter of the stream",
        "unknown-event-id": "the stream has no such event to go on from",
        "unknown-type": "the stream has no events of this type",
    },
    401: {
        "signature-required": "`text` says what is signed, `digest` is the nonce of the login that it takes",
        "unauthenticated": "no token, or none that holds",
    },
    403: {
        "another-role-required": "the role has no say in this record; `detail` names those that act on it",
        "forbidden": "not for this role, or not for your organisation",
        "not-named": "no authorisation names the person for this; `detail` says what it lacks",
        "second-person-required": "it takes somebody else than who did what came before; `fields` names it",
        "wrong-side": "your organisation is on another side of the record",
    },
    404: {"not-found": "it names what there is not, or what you are no party to"},
    405: {"method-not-allowed": "the path has other methods; Allow names them"},
    408: {"too-slow": "the body came too slowly"},
    409: {
        "already-exists": "another request made the same first",
        "in-progress": "the same is under way; Retry-After says when to ask again",
        "message-id-reused": "the Message-Id came before with other content",
        "no-live-mapping": "the feed's mapping has no live version",
        "not-allowed-now": "not in this state; `allowed` names what the caller may do in it",
        "rule-violated": "against a rule; `detail` says which",
        "unknown-partner": "a partner that is not registered, or not heard of yet",
        "unknown-product": "a product that is not registered, or not heard of yet",
        "unknown-site": "a site that is not registered, or not heard of yet",
    },
    412: {"outdated": "the record was changed since its version in If-Match"},
    413: {"too-large": "the body is too large; `limit` says how large it may be"},
    415: {"unsupported-media-type": "the body is of another media type"},
    422: {
        "idempotency-key-reused": "the Idempotency-Key was used for another request",
        "invalid-mapping": "the mapping has faults; `errors` names each",
        "invalid-request": "an invalid value; `errors` names each field",
        "repeated-key": "an object of the body has a key twice",
        "repeated-parameter": "a parameter that counts once is given twice",
        "unknown-parameter": "a parameter that is not known",
        "unknown-partner": "a partner that is not known",
        "unknown-product": "a product that is not known",
        "unknown-site": "a site that is not known",
        "unreadable-sort": "one row cannot be read by this sort",
    },
    428: {"precondition-required": "what is replaced as a whole takes If-Match"},
    429: {
        "too-many-requests": "Retry-After says when to ask again",
        "too-many-streams": "no more event streams at a time",
    },
    500: {"internal-error": "a fault of ours; the log has it under the trace id"},
    503: {
        "issuer-unavailable": "the keys of the issuer cannot be had",
        "not-ready": "the service is starting, or stopping",
        "stopping": "the process stops; what was sent may have been taken: send it again, nothing is taken twice",
        "too-many-readers": "too many streams are open in this process",
        "unavailable": "the database is away or too busy, or the process stops; try again",
    },
}
ALWAYS = (400, 401, 403, 404, 405, 408, 422, 429, 500, 503)
OF_A_CHANGE = (409, 412, 413, 415, 428)
