# English sentences: problem-<code>-title, problem-<code>-detail, fault-<code>

# code lists and values
fault-aggregation-of-ratio = Percentages and rates of several places do not add up: last or none.
fault-control-character = The text must not hold control characters other than line feed and tab.
fault-area-amount = An area is a decimal string of at most nine whole digits and two places.
fault-bidi-control = The text holds a character that turns the direction of writing ({ $point }); take it out.
    .plain = The text must not hold characters that turn the direction of writing.
fault-blank = The text shows nothing but spaces or invisible characters, which counts as empty.
fault-invisible-character = The text holds an invisible character ({ $point }); take it out.
    .plain = The text must not hold invisible characters.
fault-odd-space = The line holds an odd space ({ $point }, such as a no-break space or a tab); use a plain one, or none.
    .plain = A line may hold plain and full-width spaces only.
fault-day-impossible = There is no such day in the calendar.
fault-day-range = The year must lie between 1800 and 2200.
fault-day-shape = A day is written YYYY-MM-DD, ten characters.
fault-decimal-shape = This must be a decimal number of at most 18 whole digits, without needless zeros and exponents.
fault-division-aggregation = This code is a group (such as 市辖区), not an address; give the county or prefecture code.
fault-division-outside = Outside Sichuan and Chongqing give the code of the province: the first two digits and four zeros.
fault-division-unknown = There is no such division code (GB/T 2260, six digits).
fault-division-before-tables = Our table of divisions begins at the end of 2002 and lacks { $value }; as the record ended before, it is accepted: please check it.
    .plain = Our table of divisions begins at the end of 2002 and lacks this code; as the record ended before, it is accepted: please check it.
fault-division-withdrawn = This division code is not valid on the day in question; did_you_mean has the one that took over, if there is one.
fault-duty-repeated = Another duty is about the same places.
fault-email-shape = This is not an e-mail address.
fault-external-above-effective = External hours must not exceed effective hours.
fault-hours-amount = Hours are a non-negative decimal string with at most two places, such as 1400.00.
fault-hours-beyond-year = The effective hours exceed the hours of a year (8,760, in a leap year 8,784).
fault-instant-shape = An instant is written as in RFC 3339 with its offset, such as 2023-04-01T01:00:00Z.
fault-money-amount = An amount is a non-negative decimal string in yuan with at most two places, such as 678100.00.
fault-measure-amount = A value is a decimal string of at most twelve whole digits and six places.
fault-month-range = The year of a month must be from 1800 to 2200.
fault-month-shape = A month is written YYYY-MM, seven characters.
fault-name-empty = The name must not be empty.
fault-name-spaces = A name is one line without spaces at its ends.
fault-name-too-long = A name has at most 200 characters.
fault-no-chongqing-participant = At least one participant of Chongqing is needed.
fault-no-sichuan-participant = At least one participant of Sichuan is needed.
fault-noncharacter = The text holds a Unicode code point that is no character.
fault-not-nfc = The text must be in Unicode normalization form C.
fault-nothing-periodic = An indicator that is measured once has no periods to report.
fault-orcid-check = The check character of the ORCID iD is wrong.
fault-orcid-shape = An ORCID iD is written like 0000-0002-1825-0097, without URL.
fault-period-not-ended = The period has not ended: its value can only be provisional or ambiguous.
fault-phone-shape = A telephone number has 5 to 32 characters: digits, spaces, hyphens and parentheses, and may begin with a plus.
fault-quantity-inexact = The converted quantity has a part of a fen or of a counted thing.
fault-quantity-order = With the comparators tens and class the value is an order of magnitude: 10, 100, 1000000000000.
fault-quantity-precision = The precision must be greater than 0.
fault-quantity-precision-differs = The quotation prints the number in steps of { $value }.
    .plain = The quotation prints the number in another step.
fault-quantity-quote-contradicts = The quoted words say “{ $said }” of this number, not “{ $value }”.
    .plain = The quoted words say another relation to this number.
fault-quantity-quote-differs = The number is not found in the quoted words, or they may say another relation or commitment than is given; please check.
fault-rated-hours-zero = Rated hours must be greater than zero.
fault-record-code-check = The check digit of the record code is wrong.
fault-record-code-kind = There is no kind with the prefix of this record code.
fault-record-code-shape = A record code is written like INS-2026-000123-3.
fault-repeated-parameter = This parameter may be given only once.
fault-ror-check = The check digits of the ROR id are wrong.
fault-ror-shape = A ROR id is written as its full URL in lower case, such as https://ror.org/011ashp19.
fault-share-shape = A share is a decimal from 0 to 1 with at most two places.
fault-unknown-code = The vocabulary has no such code.
fault-unknown-format = There is no such format.
fault-unknown-parameter = There is no such parameter.
fault-unknown-vocabulary = There is no such vocabulary.
fault-uri-shape = An address begins with http:// or https://, has a host, no user information and no spaces, and at most 2048 characters.
fault-uscc-alphabet = A unified social credit code uses digits and capital letters except I, O, S, V and Z.
fault-uscc-authority = Position 1 of the unified social credit code is no defined authority.
fault-uscc-category = Our list lacks the category in positions 1 and 2 of the unified social credit code; check it, and leave it if it is right.
fault-uscc-check = The check character of the unified social credit code is wrong.
fault-uscc-division = Positions 3 to 8 of the unified social credit code must be digits.
fault-uscc-length = A unified social credit code has 18 characters.
fault-uuid-shape = A UUID has 36 characters including its hyphens.
# Sentences for readers. problem-<code>-title, -detail and -help (what to do); fault-<code> for one fault.
# A sentence with arguments has a .plain for when they are missing.

problem-malformed-body-title = Body cannot be read
problem-malformed-body-detail = The body cannot be read near line { $line }, column { $column }.
    .plain = The body is not JSON that this service accepts.
problem-malformed-body-help = Send one JSON object (RFC 8259) in UTF-8: no duplicate member names, at most 32 levels of nesting, no NUL characters.

problem-malformed-request-title = Malformed request
problem-malformed-request-detail = The request breaks the rules of HTTP or its path is encoded wrongly.
problem-malformed-request-help = Check the percent-encoding of the path (it must be UTF-8) and that the body is as long as announced.

problem-invalid-code-title = Invalid record code
problem-invalid-code-detail = “{ $ref }” is not a valid record code; check its last digit.
    .plain = The record code has a wrong form or check digit.
problem-invalid-code-help = A record code looks like LAB-2023-000007-5; the last digit is a check digit. Compare it with the source and try again.

problem-unknown-parameter-title = Unknown parameter or value
problem-unknown-parameter-detail =
    { $count ->
        [one] One query parameter, or a word in its value, is not known.
       *[other] { $count } query parameters, or words in their values, are not known.
    }
    .plain = A query parameter, or a word in its value, is not known.
problem-unknown-parameter-help = Compare names and values with the API reference and the vocabularies; did_you_mean in errors gives the nearest one.

problem-invalid-parameter-title = Invalid parameter
problem-invalid-parameter-detail =
    { $count ->
        [one] One parameter has a wrong value.
       *[other] { $count } parameters have wrong values.
    }
    .plain = A parameter has a wrong value.
problem-invalid-parameter-help = Correct the parameters named in errors; each may be given once and must be percent-encoded UTF-8.

problem-invalid-header-title = Invalid header field
problem-invalid-header-detail =
    { $count ->
        [one] One header field cannot be read.
       *[other] { $count } header fields cannot be read.
    }
    .plain = A header field cannot be read.
problem-invalid-header-help = Correct the header fields named in errors; the API reference has examples.

problem-cursor-mismatch-title = Cursor of another query
problem-cursor-mismatch-detail = The cursor does not belong to these filters.
problem-cursor-mismatch-help = Follow the next link of the previous page without changing filters or order; to change them, start from the first page.

problem-unauthenticated-title = No credentials
problem-unauthenticated-detail = This resource needs a valid access token.
problem-unauthenticated-help = Get a token from /oauth2/token and send it as Authorization: Bearer.

problem-invalid-token-title = Invalid token
problem-invalid-token-detail = The access token is invalid, expired or of a disabled client.
problem-invalid-token-help = Get a new token from /oauth2/token; if that fails too, ask the operator about your client.

problem-insufficient-scope-title = Insufficient scope
problem-insufficient-scope-detail = The token lacks the scope “{ $scope }”.
    .plain = The token lacks a scope that this needs.
problem-insufficient-scope-help = Ask for a token with that scope; if your client may not have it, ask the operator.

problem-other-organization-title = Other organization
problem-other-organization-detail = Your client acts for its own organization only; for other organizations of its province it needs records:publish.
problem-other-organization-help = Let a client of the owning organization do this, or one with records:publish of its province.

problem-other-province-title = Other province
problem-other-province-detail =
    { $province ->
        [none] Your client stands for no province and cannot act for one.
       *[other] This is up to { LABEL($province, "divisions") }; your client may act for its own province only.
    }
    .plain = You may act for your own province only.
problem-other-province-help = Let a client of the province concerned do this; the operator sets which province a client stands for.

problem-four-eyes-title = Four eyes needed
problem-four-eyes-detail = This client created, changed, proposed or submitted something of the record since it was last official, or asked for the move itself, so it can neither confirm nor decline it.
problem-four-eyes-help = Let another client of your province that holds the confirming scope do this. Closing, resuming and withdrawing leave the content as it is: these are barred only to the client that asked for them, not to those who wrote the content.

problem-own-record-title = One's own record
problem-own-record-detail = The organization that a record belongs to cannot confirm it for its province.
problem-own-record-help = Let a client of your province's agency do this; what belongs to an agency is confirmed by another client of that agency.

problem-not-found-title = Not found
problem-not-found-detail = “{ $ref }” does not exist or is not visible to you.
    .plain = This does not exist or is not visible to you.
problem-not-found-help = Check the id or code; drafts are visible to their owner only.

problem-not-official-then-title = Not official then
problem-not-official-then-detail = { $ref } was not official at { $at }.
    .plain = The record was not official at that moment.
problem-not-official-then-help = A record is official from published_at on; ask for a later moment, or read its revisions with a token.

problem-before-history-title = Before the history
problem-before-history-detail = This register knows its past from position { $first } of the feed on.
    .plain = This register does not know its past at that position.
problem-before-history-help = Ask for a later position; as_of_seq of an answer is one.

problem-position-to-come-title = A position to come
problem-position-to-come-detail = The feed has come to position { $last }.
    .plain = The feed has not come to that position.
problem-position-to-come-help = Ask for a position up to last.

problem-unknown-path-title = Unknown path
problem-unknown-path-detail = This service has no such path.
problem-unknown-path-help = Compare the path with the API reference; paths have no trailing slash and are case-sensitive.

problem-method-not-allowed-title = Method not allowed
problem-method-not-allowed-detail = This path supports: { $allowed }.
    .plain = This path does not support the method.
problem-method-not-allowed-help = Use one of the methods in the Allow header field.

problem-not-acceptable-title = Not acceptable
problem-not-acceptable-detail = This resource is available as: { $allowed }.
    .plain = This resource is not available in the format asked for.
problem-not-acceptable-help = Let the Accept header field name one of these formats.

problem-request-timeout-title = Request timeout
problem-request-timeout-detail = The body did not arrive completely within { $limit } seconds.
    .plain = The request did not arrive completely in time.
problem-request-timeout-help = Check the network and try again; send large amounts of data in parts.

problem-withdrawn-title = Withdrawn
problem-withdrawn-detail = “{ $ref }” has been withdrawn.
    .plain = This record has been withdrawn.
problem-withdrawn-help = See reason and superseded_by for why and what replaces it. If it was withdrawn by mistake, whoever may withdraw it can bring it back by a transition to the state that it had, or to draft where it was never official; a merged one stays merged.

problem-register-restored-title = The register was set back
problem-register-restored-detail = The register was set back to a backup ({ $restores } in all): this { $what ->
        [tag] entity tag is
        [cursor] cursor is
       *[position] position is
    } of before, and no longer true.
    .plain = The register was set back to a backup: what you hold of it is of before, and no longer true.
problem-register-restored-help = Read again what you hold: of a tag the record, of a cursor the list from its first page, of a position the feed after `read_from`; drop what you learned behind that position.

problem-illegal-transition-title = Transition not allowed
problem-illegal-transition-detail =
    { $needs ->
        [publish] The record may go to “{ LABEL($to, "record-states") }”, but not by your client: a client with records:publish of the record's province does this, on a joint record one of each province.
        [owner] The record may go to “{ LABEL($to, "record-states") }”, but not by your client: its owner does this, or a client with records:publish of its province.
        [confirmations] A joint record becomes “{ LABEL($to, "record-states") }” by the confirmations of both provinces, not by a transition.
       *[none]
            { $to ->
                [edit] A record that is “{ LABEL($from, "record-states") }” can no longer be changed.
                [change] Changes are requested of records that are active or suspended; this one is “{ LABEL($from, "record-states") }”.
                [recalled] This change request is settled already: there is nothing to take back.
               *[other] A record cannot go from “{ LABEL($from, "record-states") }” to “{ LABEL($to, "record-states") }”.
            }
    }
    .plain = The record's state does not allow this.
problem-illegal-transition-help = See legal, or read the record's transitions, for what is possible now; a draft is changed directly.

problem-cosigned-field-title = Confirmation needed
problem-cosigned-field-detail =
    { $word ->
        [chongqing] Chongqing must confirm a change of “{ LABEL($fields, "members") }”; nothing of this request was done.
        [sichuan] Sichuan must confirm a change of “{ LABEL($fields, "members") }”; nothing of this request was done.
       *[both] Chongqing and Sichuan must both confirm a change of “{ LABEL($fields, "members") }”; nothing of this request was done.
    }
    .plain = The change touches content that needs the confirmation of the provinces; nothing of this request was done.
problem-cosigned-field-help = Send the other members again without those named in errors, which then change at once; propose these by POST to change_requests. They take effect when every province in provinces has confirmed them.

problem-digest-mismatch-title = Digest mismatch
problem-digest-mismatch-detail = The digest you confirmed is not that of the current content.
problem-digest-mismatch-help = Read the record again, review it and confirm with current_digest.

problem-already-confirmed-title = Already confirmed
problem-already-confirmed-detail = Your province has already decided on this content.
problem-already-confirmed-help = Nothing more to do; wait for the other province.

problem-change-request-open-title = A change request of this side is open
problem-change-request-open-detail = This side has a change request waiting on the record already; see change_request.
problem-change-request-open-help = Wait until it is settled, or let its author take it back first.

problem-change-request-conflicted-title = No longer possible
problem-change-request-conflicted-detail = The record, or what it refers to, has changed since this was proposed, so that it can no longer take effect. The change request has ended as conflicted, and the record stays as it is.
problem-change-request-conflicted-help = See errors for what stands against it (pointers lead into the change request's content); propose the change anew from the present content.

problem-take-back-first-title = Submitted: take it back first
problem-take-back-first-detail = What was submitted waits for confirmation just as it is: return it to draft, with a reason, before you change it.
problem-take-back-first-help = Return it to draft by POST …/transitions (to: draft, with a reason), change it, and submit it again.

problem-not-awaiting-confirmation-title = Nothing to confirm
problem-not-awaiting-confirmation-detail = This record has nothing that awaits confirmation.
problem-not-awaiting-confirmation-help = Look at its state; only submitted records and change requests can be confirmed.

problem-duplicate-identifier-title = Duplicate identifier
problem-duplicate-identifier-detail = { $ask ->
        [chongqing] The identifier “{ $value }” belongs to a record that is not public yet: ask the agency of Chongqing.
        [sichuan] The identifier “{ $value }” belongs to a record that is not public yet: ask the agency of Sichuan.
       *[other] The identifier “{ $value }” belongs to another record.
    }
    .plain = The identifier belongs to another record.
problem-duplicate-identifier-help = Look at the record in existing; if it is wrong there, contact its owner. Without existing that record is not public yet: ask the agency of the province in ask.

problem-already-exists-title = Already exists
problem-already-exists-detail = The same record already exists.
problem-already-exists-help = Look at the record in existing and update that one.

problem-spelling-accepted-title = Spelling accepted before
problem-spelling-accepted-detail = Your source system has accepted this spelling for another organization; existing says which.
problem-spelling-accepted-help = To let it mean another organization, revoke that spelling first, then accept it again.

problem-already-introduced-title = Introduced already
problem-already-introduced-detail = This demand and this offer have an introduction that is not over; existing names it if you may see it.
problem-already-introduced-help = Go on with that introduction, or propose again when it is over.

problem-illegal-step-title = No such step now
problem-illegal-step-detail = An introduction that is “{ LABEL($from, "introduction-states") }” cannot become “{ LABEL($to, "introduction-states") }”; it may become: { CODES($legal, "introduction-states") }.
    .plain = The introduction cannot move there now.
problem-illegal-step-help = See legal_steps, or read the introduction's transitions, for what is possible now.

problem-not-open-title = Demand or offer not open
problem-not-open-detail = An introduction is proposed and accepted only while demand and offer are both official and open; errors says what is not. The introduction stays as it is.
problem-not-open-help = Wait until the record is open again, or decline the introduction.

problem-merge-clash-title = The merge would make duplicates
problem-merge-clash-detail = After the merge two records would have the same identifier; clashes names them.
problem-merge-clash-help = Withdraw one record of each pair, or merge it into the other, or give it another identifier; then merge again.

problem-in-use-title = In use
problem-in-use-detail = Other records still refer to this.
problem-in-use-help = Remove those references first, or disable it instead.

problem-not-a-draft-title = Not a draft
problem-not-a-draft-detail = Only drafts can be deleted.
problem-not-a-draft-help = Withdraw submitted or official records by a transition.

problem-not-official-title = Not official
problem-not-official-detail = Revision { $revision } is “{ LABEL($state, "record-states") }”: only what is official can be proved.
    .plain = This revision is not official: only what is official can be proved.
problem-not-official-help = Name a revision at which the record was active, suspended or closed; the list of revisions shows them.

problem-request-in-progress-title = Request in progress
problem-request-in-progress-detail = A request with the same idempotency key is being processed.
problem-request-in-progress-help = Try again with the same key after the seconds in Retry-After.

problem-revision-conflict-title = The record has changed
problem-revision-conflict-detail =
    { $why ->
        [exists] If-None-Match: * asks for a new record, but there is one with this source key already, at revision { $revision }.
        [missing] If-Match asks for a record, but there is none with this source key.
       *[stale] The record is at revision { $revision }, which If-Match does not name. Build the tag from the body's revision (such as "7"), without W/.
    }
    .plain = The record has another revision than If-Match names. Build the tag from the body's revision, without W/.
problem-revision-conflict-help = Read the record again, apply your change to the newest revision and send it again.

problem-body-too-large-title = Body too large
problem-body-too-large-detail = A body may have at most { $limit } bytes.
    .plain = The body is larger than allowed.
problem-body-too-large-help = Send a smaller body; send large amounts of data in parts.

problem-uri-too-long-title = URI too long
problem-uri-too-long-detail = The request target may have at most { $limit } bytes.
    .plain = The request target is longer than allowed.
problem-uri-too-long-help = Use fewer filters or several requests.

problem-unsupported-media-type-title = Unsupported media type
problem-unsupported-media-type-detail = The body must be { $allowed }, in UTF-8 and uncompressed.
    .plain = The body's media type or coding is not supported.
problem-unsupported-media-type-help = Set Content-Type as the Accept, Accept-Patch or Accept-Encoding header field says, and do not compress the body.

problem-expectation-failed-title = Expectation failed
problem-expectation-failed-detail = This service cannot meet the Expect header field.
problem-expectation-failed-help = Try again without Expect.

problem-validation-failed-title = Validation failed
problem-validation-failed-detail =
    { $count ->
        [one] One field is wrong.
       *[other] { $count } fields are wrong.
    }
    .plain = The data did not pass validation.
problem-validation-failed-help = Correct every entry of errors and send it again; pointer tells where.

problem-missing-counterparty-title = Missing counterparty
problem-missing-counterparty-detail = A joint record needs a party of Chongqing and one of Sichuan.
problem-missing-counterparty-help = Add an organization of the missing side to parties and send it again.

problem-idempotency-key-reused-title = Idempotency key reused
problem-idempotency-key-reused-detail = This idempotency key was used for a different request.
problem-idempotency-key-reused-help = Use a new key for a new request; a retry must be identical.

problem-rule-violated-title = Rule of the register violated
problem-rule-violated-detail = The content breaks a rule of the database, and nothing was changed. No rule of the service names the member; that has been logged.
problem-rule-violated-help = Check days, amounts and lifecycle of the content; if they look right, tell the operator the request_id.

problem-precondition-required-title = If-Match required
problem-precondition-required-detail = A change must name the revision it is based on in If-Match.
problem-precondition-required-help = Read the record first and send its ETag as If-Match.

problem-quota-exceeded-title = Too many requests
problem-quota-exceeded-detail = Too many requests; try again in { $seconds } seconds.
    .plain = Too many requests; try again later.
problem-quota-exceeded-help = Wait as Retry-After says and pace yourself by RateLimit; use the change feed to follow updates.

problem-headers-too-large-title = Header fields too large
problem-headers-too-large-detail = The header fields are larger than allowed.
problem-headers-too-large-help = Send fewer or shorter header fields.

problem-internal-title = Internal error
problem-internal-detail = Something failed inside the service; it has been logged.
problem-internal-help = Try again later; if it persists, tell the operator the request_id.

problem-unavailable-title = Unavailable
problem-unavailable-detail = The service cannot handle the request right now.
problem-unavailable-help = Try again after the seconds in Retry-After.

problem-not-ready-title = Not ready
problem-not-ready-detail = Send no requests to this process now; checks and draining say why.
problem-not-ready-help = A balancer sends requests elsewhere. If the schema is behind, run the migrations; if the database is down, look there. A process that drains is about to end.

fault-required = This is required.
fault-unknown-field = There is no member “{ $name }”.
    .plain = There is no such member.
fault-read-only-field = This is set by the service and cannot be sent.
fault-wrong-type = The type is wrong; it must be { $expected }.
    .plain = The type is wrong.
fault-not-in-list = “{ $value }” is not one of: { CODES($allowed, $list) }.
    .plain = The value is not one of those allowed.
fault-too-long = At most { $limit } characters are allowed.
    .plain = The text is too long.
fault-nothing-to-search = Nothing to look for: there are only blanks and punctuation.
fault-too-many-cells = These groups make { $count } cells, more than { $limit }: group by less, or add filters.
    .plain = These groups make too many cells: group by less, or add filters.
fault-too-short = At least { $limit } characters are needed.
    .plain = The text is too short.
fault-pattern = The text does not have the required form.
fault-not-together = This cannot be given together with { $other }.
    .plain = Two parameters exclude each other.
fault-too-many-items = At most { $limit } items are allowed.
    .plain = There are too many items.
fault-too-few-items = At least { $limit } items are needed.
    .plain = There are too few items.
fault-minimum = It must be at least { $limit }.
    .plain = The number is too small.
fault-maximum = It must be at most { $limit }.
    .plain = The number is too large.
fault-duplicate-items = The list has equal items.
fault-format = The form is wrong; it must be such as { $expected }.
    .plain = The form is wrong.
fault-not-decimal = This must be a decimal number as a string, such as "1200.00".
fault-invalid-value = The value is wrong.
fault-null-not-allowed = This may not be null.
fault-duplicate-key = The member name occurs twice.
fault-too-deep = At most { $limit } levels of nesting are allowed.
    .plain = The nesting is too deep.
fault-invalid-utf8 = This is not valid UTF-8.
fault-nul-character = The NUL character (U+0000) is not allowed.
fault-lone-surrogate = There is half of a Unicode surrogate pair.
fault-number-out-of-range = The number is out of range.
fault-syntax = This is not JSON syntax.
fault-client-name = Must be 2 to 63 characters of a-z, 0-9 and -, starting with a letter or digit.
fault-client-disabled = The client is disabled.
fault-unknown-scope = There is no scope { $value }.
    .plain = There is no such scope.
fault-scope-not-granted = The client has the scopes { $scopes } only.
    .plain = The client does not have this scope.
fault-secret-length = The secret must have at least { $min } characters and at most { $max } bytes.
    .plain = The secret is too short or too long.
fault-secret-characters = The secret may hold visible ASCII characters only.
fault-unknown-province = Must be 500000 (Chongqing) or 510000 (Sichuan).
fault-unknown-organization = There is no such organization record.
fault-no-organization-yet = There is no organization in the register yet. First add a client of an agency without --org (--province, and --scopes with records:write and records:publish); it registers the organizations. Then add this client, and bind the agency's own by `client set-organization`.
fault-confirms-without-agency = The organization is no agency: mark it first (`agency add`), or say --for-province, so that this client confirms for its province all the same.
fault-other-province-than-org = The organization belongs to the other province.

# kinds
fault-after-other-date = This must not be after “{ $other }”; a base lies before it.
    .plain = This must not be after the other date.
fault-before-other-date = This day is before “{ LABEL($other, "members") }”.
    .plain = This day is before another one that must come first.
fault-budget-exceeded = The parts of the budget come to { $sum }, more than the total of { $total }.
    .plain = The parts of the budget are more than its total.
fault-budget-sum-differs = All parts of the budget are given and come to { $sum }, not to the total of { $total }.
    .plain = All parts of the budget are given, but they do not make up its total.
fault-completed-without-pass = A completed project has passed its acceptance.
fault-contract-repeated = This contract number stands in another transformation already.
fault-decommissioned-but-not-retired = The instrument was decommissioned, but its lifecycle is not “Retired”.
fault-either-or = Give either this or “{ LABEL($other, "members") }”, not both.
    .plain = Give either this or the other one, not both.
fault-ended-but-active = The organization has ended, but its lifecycle says otherwise.
fault-expected-here = This member is expected by now; it may be added later.
fault-extension-shortens = This extension ends earlier than the one before it (see { $other }); check whether that is meant.
    .plain = This extension ends earlier than the one before it; check whether that is meant.
fault-identifier-taken = “{ $value }” belongs to another record.
    .plain = The identifier belongs to another record.
fault-in-the-future = What has happened cannot lie in the future.
fault-issuer-of-other-side = A document of one side has no issuer of the other; one that both issued is “Joint” (`joint`).
fault-kind-not-counted = The overview does not count { $value }.
    .plain = The overview does not count this kind.
fault-last-day-passed = The last day has passed, which does not go with the lifecycle (see “{ LABEL($other, "members") }”).
    .plain = The last day has passed, which does not go with the lifecycle.
fault-last-day-to-come = The last day has not passed, so it has not expired (see “{ LABEL($other, "members") }”).
    .plain = The last day has not passed, so it has not expired.
fault-lead-missing = At least one current lead unit is needed.
fault-lifecycle-behind-date = By the days given the lifecycle should be another one by now; check it.
fault-many-co-building-units = There are { $count } co-building units; as a rule there are no more than 6.
    .plain = There are many co-building units; as a rule there are no more than 6.
fault-missing-counterparty = A current party of { LABEL($province, "divisions") } is needed.
    .plain = A current party of each province is needed.
fault-name-of-another = { $ref } is exactly called so; a spelling of its own cannot mean another organization.
    .plain = Another organization is exactly called so; the spelling cannot mean this one.
fault-namesake = { $ref } has the same name or number: perhaps it is this one already.
    .plain = Another record has the same name or number.
fault-namesake-waiting = { $ask ->
        [sichuan] Sichuan is registering one of the same name or number: ask there before this is submitted.
       *[chongqing] Chongqing is registering one of the same name or number: ask there before this is submitted.
    }
    .plain = The other side is registering one of the same name or number.
fault-not-a-legal-person = The organization in this role must be a legal person.
fault-not-customs-supervised = Customs data are given, but the instrument is not under customs supervision.
fault-not-first-day = A day known to the year or month only is given as the first of it.
fault-not-of-this-kind = Parties of this kind have no “{ LABEL($member, "members") }”.
    .plain = Parties of this kind have no such member.
fault-not-positive = The amount must be greater than zero.
fault-not-shared-but-open = An instrument that is not shared cannot be open.
fault-one-lead-per-province = { LABEL($province, "divisions") } needs exactly one current lead unit, not { $count }.
    .plain = Each province needs exactly one current lead unit.
fault-own-issuer-missing = At least one issuer of { LABEL($province, "divisions") } is needed.
    .plain = At least one issuer of its own side is needed.
fault-parent-missing = An organization without legal personality should name its host or parent.
fault-party-in-two-provinces = An organization stands for one province only.
fault-party-outside-scope = The scope has no part of { LABEL($province, "divisions") }, so no agency of it is responsible.
    .plain = The scope has no part of this province, so no agency of it is responsible.
fault-party-repeated = This organization is in the same role at the same time already.
fault-period-or-day = Give the period or the as-of day, and not both.
fault-place-missing = At least one division or functional zone is needed.
fault-price-repeated = There is a price for this type of user and unit already.
fault-received-above-amount = More was received than the contract says; check both amounts.
fault-required-here = This member is required here ({ WHEN($because) }).
    .plain = This member is required here.
fault-role-not-here = Parties of this kind have no role “{ LABEL($role, "party-roles") }”; allowed: { CODES($allowed, "party-roles") }.
    .plain = Parties of this kind have no such role.
fault-scope-outside = The scope needs a part of Chongqing or Sichuan.
fault-shares-exceed-budget = The shares of the units come to { $sum }, more than the budget of { $total }.
    .plain = The shares of the units are more than the budget.
fault-side-leaves = From { $day } on nobody of { LABEL($province, "divisions") } takes part; name another party in time.
    .plain = All parties of one side have left or will leave; name another one in time.
fault-source-missing = The policy or the origin is needed.
fault-steps-out-of-order = This step is dated before “{ LABEL($other, "members") }”; check both days.
    .plain = This step is dated before an earlier one; check both days.
fault-target-repeated = There is a target for this indicator and unit already.
fault-transferred-to-itself = Transferor and transferee must not be the same organization.
fault-two-organizations-needed = A joint project needs at least two different organizations.
fault-kept-in-use = This cannot change while other records refer to this one, because they depend on it: { $count } do.
    .plain = This cannot change while other records refer to this one, because they depend on it.
fault-unit-of-indicator = The unit must be that of the indicator: { LABEL($unit, "quantity-units") }.
    .plain = The unit must be that of the indicator.
fault-unit-of-other-type = The unit is none of the type of value “{ LABEL($value_type, "indicator-value-types") }”.
    .plain = The unit is none of the type of value.
fault-unit-repeated = This organization is among the completing units already.
fault-uscc-inner-check = Positions 9 to 17 of the unified social credit code fail the check of GB 11714; check the code.
fault-uscc-missing = A legal person in mainland China should have a unified social credit code.
fault-wrong-query = The query “{ $name }” is no query of the Reconciliation Service API: an object with a text in query, a number in limit, a list in properties.
    .plain = This is no query of the Reconciliation Service API.

# records
fault-reference-not-found = There is no { LABEL($kind, "kinds") } { $ref }, or not for this caller.
    .plain = There is no such record, or not for this caller.
fault-reference-mismatch = `id` and `code` are not the same record; the code of this id is { $code }.
    .plain = `id` and `code` are not the same record.
fault-reference-ended = { $ref } has ended; new records can no longer refer to it.
    .plain = The record has ended; new records can no longer refer to it.
fault-reference-merged = { $ref } was a duplicate and has been merged into { $successor }; refer to that one.
    .plain = The record was a duplicate and has been merged into another one; refer to that one.
fault-reference-empty = A reference needs `id` or `code`.
fault-reference-not-published = The record it refers to is not official yet; publish that one first.
fault-reference-to-itself = A record cannot refer to itself.
fault-reference-chain-too-long = This reference leads to a chain of more than { $most } records, too long to make sure that it closes no loop.
    .plain = This reference leads to a chain of records that is too long to make sure that it closes no loop.
fault-reference-loop = This reference closes a loop: this record → { $path } → this record.
    .plain = This reference leads back to the record itself.
fault-illegal-lifecycle-step = The lifecycle cannot go from “{ LABEL($from, $list) }” to “{ LABEL($to, $list) }”; possible: { CODES($legal, $list) }.
    .plain = The lifecycle cannot take this step.
fault-invalid-code = This is no identifier or code of a record: { $value }.
    .plain = This is no identifier or code of a record.
fault-not-in-query = The query that is signed has no position and no format of its own; as_of_seq is a parameter beside it.
fault-owner-not-signed = Signed figures do not tell whose a demand is: its owner may ask to be hidden, and the document is kept for ever.
fault-moment-to-come = This moment is still to come; ask for one that has passed.
fault-date-time = This must be an RFC 3339 date and time, such as 2026-03-01T00:00:00Z; in an address, write + as %2B.
fault-party-province = The organization is registered or located in { LABEL($provinces, "divisions") }, not in the province given.
    .plain = The organization is neither registered nor located in the province given.
fault-any-revision = `*` names no revision, so it would not notice what others changed meanwhile; send the tag of the revision that you read, now { $tag }.
    .plain = `*` names no revision, so it would not notice what others changed meanwhile; send the tag of the revision that you read.
fault-signatory-of-other-province = A confirmation of { LABEL($province, "divisions") } is signed by an organization of that province.
    .plain = A confirmation is signed by an organization of the confirming province.
fault-no-contact = Records of this kind ({ LABEL($kind, "kinds") }) hold no contact data.
    .plain = Records of this kind hold no contact data.
fault-nothing-changes = The proposed content is the one in force.
fault-acts-at-once = These members need no confirmation; change them directly, by PATCH or restorations.
fault-succession-of-withdrawn = A successor is named only when a record that was official is withdrawn.
fault-not-official-now = { $ref } is “{ LABEL($state, "record-states") }” now and not an official record.
    .plain = The record is not official now.
fault-not-open-now = The lifecycle of { $ref } is “{ LABEL($lifecycle, $list) }” now: it takes no introductions.
    .plain = The record takes no introductions now.
fault-one-owner = Demand and offer belong to one organization, which needs no introduction to itself.
fault-not-your-side = Your client cannot propose it so: for a side speak clients of its organization and those with records:publish of its province; no owner is a broker of its own record.
fault-side-needed = Your client speaks for both sides; say for which.
fault-recall-of-others = Only its proposer takes an introduction back, and only before both sides accepted.
fault-only-recall = Your client speaks for neither side: it can only take back, by `recalled`, what it proposed.
fault-not-for-this-step = This is not given when the introduction becomes “{ LABEL($to, "introduction-states") }”.
    .plain = This is not given for this step.
fault-one-successor = Give either superseded_by or merged_into.
fault-merge-across-provinces = A record is merged only into one that the same side keeps.
fault-follows-this-one = In its member { $field }, { $ref } says that one of the two records came after the other; so they are not one and the same, and it cannot take this record's place.
    .plain = One of the two records came after the other; it cannot take this record's place.
fault-cosigned-field =
    { $word ->
        [chongqing] Chongqing must confirm a change of “{ LABEL($field, "members") }”; propose it by a change request.
        [sichuan] Sichuan must confirm a change of “{ LABEL($field, "members") }”; propose it by a change request.
       *[both] Chongqing and Sichuan must both confirm a change of “{ LABEL($field, "members") }”; propose it by a change request.
    }
    .plain = A change of this needs confirmation; propose it by a change request.
fault-settled-when-official = Which side, or whether both, must confirm is settled when a record first becomes official.

# The command line.
cli-failed = { $what }
    .plain = It failed.
cli-guess = Did you mean { $guess }?
    .plain = Did you mean something else?
cli-not-found-clients = There is no client { $ref }; `client list` names them.
    .plain = There is no such client; `client list` names them.
cli-not-found-organizations = There is no organization { $ref } in the register.
    .plain = There is no such organization in the register.
cli-already-exists-clients = There is a client { $key } already, or there was one: names are not used again.
    .plain = There is such a client already, or there was one: names are not used again.
cli-listening = Listening on { $address }
    .plain = Listening
cli-swagger = Swagger UI   { $address }
    .plain = Swagger UI
cli-database = Database     { $database }
    .plain = Database
cli-demo-client = Demo client  { $name } secret { $secret }   { $about }
    .plain = Demo client
cli-applied = applied { $name }
    .plain = applied
cli-pending = pending { $name }
    .plain = pending
cli-reverted = reverted { $name }
    .plain = reverted
cli-schema-current = The schema is up to date.
cli-schema-behind = { $pending } of { $total } migrations have not run.
    .plain = Migrations have not run.
cli-no-database = there is no database { $place }: look at the working folder and at `database_url`; `serve` or `migrate` makes a new one
    .plain = there is no database
cli-nothing-in-database = there is nothing in { $place }: look at `database_url`; `serve` or `migrate` fills it
    .plain = there is nothing in the database
cli-not-empty = The database is not empty; demo data goes into an empty one only.
cli-no-proof-keys = { $place }: there are no keys; give a copy of /.well-known/proof-keys.json with --keys
    .plain = there are no keys; give a copy of /.well-known/proof-keys.json with --keys
cli-proof-from = { $verified }, from { $place }
    .plain = The proof holds.
cli-proof-broken = { $file }: the proof does NOT hold
    .plain = the proof does NOT hold
cli-away = { $address } does not answer: { $why }
    .plain = The service does not answer.
cli-unwell = { $address } answers { $answer }
    .plain = The service is not well.
cli-settings = the settings cannot be used
cli-client-disabled = { $name }: disabled; its tokens are refused within a minute
    .plain = disabled
cli-client-enabled = { $name }: enabled
    .plain = enabled
cli-client-deleted = { $name }: deleted for good; its tokens are refused within a minute, history and audit log keep its name
    .plain = deleted for good
cli-agency-marked = { $code } { $name }: marked as an agency
    .plain = marked as an agency
cli-agency-unmarked = { $code } { $name }: no longer an agency; `check` lists its clients that may still confirm
    .plain = no longer an agency
cli-client-bound = { $name }: acts for { $org }; its next tokens say so
    .plain = bound
cli-secret-given = (as given)
cli-secret-ends = the old secret ends: { $at }
    .plain = the old secret ends
cli-key-made = { $kid }: made, signs from { $start }
    .plain = made
cli-key-coming = { $kid }: there already, signs from { $start }
    .plain = there already
cli-key-removed = { $kid }: removed
    .plain = removed
cli-key-stolen = the old keys still verify; if one is known to others, delete its file in { $folder }
    .plain = the old keys still verify; if one is known to others, delete its file
cli-key-unaudited = { $done }
    NOT in the audit log: { $why }
    .plain = NOT in the audit log
cli-audit-empty = The log is empty: nothing has happened yet, so there is nothing to verify and no head to note.
cli-audit-verified = verified: { $events } events, { $revisions } revisions
    .plain = verified
cli-audit-uncovered = not covered: { $revisions } revisions from before the log began
    .plain = some revisions are older than the log
cli-audit-head = head: { $head }
    .plain = head

# Breaks of the log, tables, keys and proofs on the command line.
cli-break-missing = missing: the events { $first } to { $last } are not there
    .plain = missing: events are not there
cli-break-altered = altered: event { $seq } is not what was sealed, its hash is another
    .plain = altered: an event is not what was sealed
cli-break-unlinked = inserted: event { $seq } does not follow the event before it; one of the two was put in place of another
    .plain = inserted: an event does not follow the one before it
cli-break-unreadable = altered: event { $seq } holds what no event can
    .plain = altered: an event holds what no event can
cli-break-cut = missing: the log ends at event { $last }, but its head says { $head }
    .plain = missing: the log ends before its head
cli-break-beyond = inserted: event { $seq } stands behind the head of the log, which says { $head }
    .plain = inserted: an event stands behind the head of the log
cli-break-head = altered: the head of the log has another hash than its last event { $seq }
    .plain = altered: the head of the log has another hash than its last event
cli-break-no-head = missing: the log has no head
cli-break-rewritten = rewritten: event { $seq } has the hash { $found }, but { $noted } was noted
    .plain = rewritten: an event has another hash than was noted
cli-break-forgotten = missing: event { $noted } was noted, but the log ends at { $last }
    .plain = missing: an event that was noted is not there
cli-break-revision-without-event = revision { $number } of record { $record } has no event: it was inserted, or its event is missing
    .plain = a revision has no event
cli-break-event-without-revision = event { $seq } tells of revision { $number } of record { $record }, which is not there
    .plain = an event tells of a revision that is not there
cli-break-differs = altered: revision { $number } of record { $record } is not what its event { $seq } says
    .plain = altered: a revision is not what its event says
cli-head-name = name
cli-head-province = province
cli-head-organization = organization
cli-head-state = state
cli-head-scopes = scopes
cli-head-since = since
cli-head-kid = kid
cli-head-signs-from = signs from
cli-state-enabled = enabled
cli-state-disabled = disabled
cli-state-signing = signing
cli-state-coming = coming
cli-state-verifying = verifying
cli-no-key = there is no key in { $folder }: look at `keys_dir`; `serve` makes the first one
    .plain = there is no key
cli-key-folder-of-other = { $folder } belongs to the user with the number { $uid }; run the command as that user
    .plain = the folder belongs to another user
cli-key-file-name = { $file }: a key file is called <start>-<kid>.pem, start like 20260102T030405000Z
    .plain = a key file is called <start>-<kid>.pem
cli-key-not-rsa = not an RSA key
cli-key-too-short = an RSA key below 2048 bits
cli-too-many-keys = too many keys; wait or delete old ones
cli-key-folder-empty = the key folder holds no key
cli-key-not-thumbprint = key { $kid }: its kid is not the RFC 7638 thumbprint of an RSA key
    .plain = a kid is not the RFC 7638 thumbprint of an RSA key
cli-proof-format = its format is `{ $format }`; this program knows `{ $known }`
    .plain = its format is unknown
cli-proof-not-whole = what is signed is not a whole proof: { $why }
    .plain = what is signed is not a whole proof
cli-proof-no-object = the file is not one JSON object without repeated members: { $why }
    .plain = the file is not one JSON object without repeated members
cli-proof-no-jws = the file has no signature: its member `jws` is missing or no text
cli-proof-jws-shape = `jws` is no signature of this service: { $why }
    .plain = `jws` is no signature of this service
cli-proof-jws-type = `jws` is a signature of something else: its type is not { $type }
    .plain = `jws` is a signature of something else
cli-proof-unknown-key = it is signed with the key { $kid }, which is not in the key set
    .plain = it is signed with a key that is not in the key set
cli-proof-unusable-key = the key { $kid } cannot be used: { $why }
    .plain = the key cannot be used
cli-proof-jws-broken = the signature does not hold: `jws` was changed, or was not made with the key { $kid }
    .plain = the signature does not hold
cli-proof-signed-no-object = what is signed is no JSON object
cli-proof-signed-not-canonical = what is signed is not canonical JSON (RFC 8785)
cli-proof-member-gone = the member { $pointer } was taken away: it is signed
    .plain = a signed member was taken away
cli-proof-member-added = the member { $pointer } was added: it is not signed
    .plain = a member was added that is not signed
cli-proof-member-changed = the member { $pointer } was changed: it is not what was signed
    .plain = a member was changed
cli-proof-more = and { $number } more
    .plain = and more
cli-proof-other-digest = the content has the digest { $found }, not { $digest }
    .plain = the content has another digest
cli-proof-other-position = the figures are of position { $found }, not of { $position }
    .plain = the figures are of another position
cli-proof-other-figures = the figures have the digest { $found }, not { $digest }
    .plain = the figures have another digest
cli-proof-other-view = the figures are not of what everybody may see but of the view `{ $view }`
    .plain = the figures are of another view
cli-proof-content-not-canonical = the content is not canonical JSON (RFC 8785)
cli-proof-unsigned-member = the content has the member `{ $name }`, which is not signed by the provinces
    .plain = the content has a member that is not signed by the provinces
cli-proof-not-official = the record was { $state } at revision { $revision }: not official
    .plain = the record was not official
cli-proof-strange-provinces = it names the provinces { $provinces }, which do not keep this register
    .plain = it names provinces that do not keep this register
cli-proof-word-of-other-content = the confirmation of { $province } is of another digest: { $digest }
    .plain = a confirmation is of another digest
cli-proof-no-yes = the decision of { $province } is `{ $decision }`
    .plain = a province did not confirm
cli-proof-not-confirmed-once = { $province } has not confirmed it exactly once
    .plain = a province has not confirmed it exactly once
cli-proof-holds = The proof holds.
cli-proof-record = Record     { $code } ({ $kind }, { $id }), revision { $revision }, { $state }
    .plain = Record
cli-proof-content = Content    { $bytes } bytes of canonical JSON; not part of it: { $unsigned }
    .plain = Content
cli-proof-nothing = nothing
cli-proof-digest = Digest     { $digest }, recomputed from the content
    .plain = Digest
cli-proof-figures = Counted    { $kind }, query { $query }
    .plain = Counted
cli-proof-position = Position   { $position } of the feed, { $at }
    .plain = Position
cli-proof-figures-digest = Digest     { $digest }, recomputed from the figures
    .plain = Digest
cli-proof-confirmed = Confirmed  by { $place } on { $at }: { $who }{ $office }, request { $request }
    .plain = Confirmed
cli-proof-official = Official   since revision { $revision } ({ $action }) on { $at }: { $who }, request { $request }
    .plain = Official
cli-proof-published = { "           " }without a confirmation: a single-owner record, published by its own province
cli-proof-standing = Standing   when the proof was issued: revision { $revision }, { $state }, { $same }
    .plain = Standing
cli-proof-same-content = the same content
cli-proof-another-content = ANOTHER content
cli-proof-signed = Signed     by { $issuer } on { $at }
    .plain = Signed
cli-proof-key = Key        { $kid }{ $from }{ $until }
    .plain = Key
cli-proof-key-from = , used from { $at }
    .plain = , used
cli-proof-key-until = { " " }until { $at }
    .plain = { "" } until then
cli-proof-office = , signed as { $zh } ({ $id })
    .plain = , signed
cli-proof-stated-office = , which called itself "{ $zh }" (stated by the client, not checked)
    .plain = , signed as the client stated
cli-proof-client = client { $client }
    .plain = a client
cli-proof-organization = { $name } (client { $client })
    .plain = an organization
cli-proof-place = { LABEL($province, "divisions") } ({ $province })
    .plain = a province

# chuanyu check: check-<name> is a heading, finding-<code> tells one thing found
check-nothing = Nothing breaks the rules of today.
check-confirmers = clients that may confirm and act for an organization that is no agency
check-waiting = what waits for the word of a province in which no client may give it
check-found = { $count ->
    [one] One thing breaks a rule of today.
   *[other] { $count } things break rules of today.
}
    .plain = Some things break rules of today.
check-rules = Official records whose content a new record would be refused for. They stay as they are; mend them by a change.
finding-breaks-a-rule = { $place }: { $said }
    .plain = Its content breaks a rule of today.
finding-confirms-without-agency = It may confirm, but the organization it acts for is no agency. Mark that one (`agency add`), or say so (`client set-organization … --for-province`), or disable the client.
finding-nobody-to-confirm = It waits for the word of { LABEL($province, "divisions") } ({ $request }), and every client there that may confirm wrote part of it or belongs to its owner. Register a second client of the agency.
    .plain = It waits for the word of a province in which no client may give it.
finding-no-confirming-client = It waits for the word of { LABEL($province, "divisions") } ({ $request }), and no client there may confirm. Register one for the agency with the scope records:confirm, or enable the one it has.
    .plain = It waits for the word of a province in which no client may confirm.
check-duplicates = Records with the identifier of another one, left by a merge.
finding-identifier-twice = Its { $scheme } “{ $value }” is also that of { $other }. Withdraw one of the two, merge it into the other, or give it another identifier.
    .plain = Another record has the same identifier.
check-provinces = Records and clients that stayed behind when an organization moved to the other province.
finding-kept-elsewhere = Its owner is an organization of { LABEL($province, "divisions") } now; let a client of that organization, or a change of its owner that both provinces confirm, take it there.
    .plain = Its owner is an organization of the other province now.
finding-acts-elsewhere = It acts for { LABEL($province, "divisions") }, but its organization { $organization } belongs to { LABEL($seat, "divisions") }. Register it anew there, or disable it.
    .plain = It acts for another province than that of its organization.

# chuanyu redact-contact
redact-nothing = { $code }: there is no contact data in its history.
    .plain = There is no contact data in its history.
redact-done = { $code }: contact data removed from { $contents } contents, { $requests } change requests and { $answers } kept answers; the record is at revision { $revision } now, and copies follow the feed. Backups still hold what was removed.
    .plain = The contact data was removed.

check-introductions = Introductions to be settled after a merge, and those that differ from their history
finding-introduced-twice = It and { $other } are introductions of one demand and one offer that are not over, because records were merged. Decline one of them.
    .plain = One demand and one offer have two introductions that are not over.
finding-introduced-to-itself = Demand and offer belong to one organization, { $organization }. Decline the introduction.
    .plain = Demand and offer belong to one organization.
finding-step-missing = Its state or revision is not that of the last step of its history. Do not change the database directly; compare it with a backup.
check-loops = Records whose references lead back to themselves
finding-loop = “{ LABEL($field, "members") }” closes a loop: { $path }. Take one of these references out.
    .plain = References close a loop; take one of them out.

# chuanyu jobs, and why a job failed
job-workers-died = Whoever worked on it ended { $attempts } times in a row, the last time at { $row }: the log of that process says why. “chuanyu jobs retry” goes on there when the cause is gone.
    .plain = Whoever worked on it ended again and again.
job-failed = Attempt { $attempts } failed at { $row }: { $why }
    .plain = The attempt failed.
cli-not-found-jobs = There is no job { $ref }; “jobs list --all” names them.
    .plain = There is no such job.
cli-job-none = There are no such jobs.
cli-job-state-waiting = waiting
cli-job-state-running = running
cli-job-state-done = done
cli-job-state-failed = failed
cli-job-state-cancelled = cancelled
cli-job-cancelled = { $name } { $id }: cancelled; what it did stays
    .plain = cancelled
cli-job-cancelling = { $name } { $id }: ends after its present chunk; what it did stays
    .plain = It ends after its present chunk.
cli-job-not-cancelled = { $name } { $id } is finished already: { $state }
    .plain = It is finished already.
cli-job-retried = { $name } { $id }: goes on where it ended
    .plain = It goes on where it ended.
cli-job-skipped = { $name } { $id }: goes on behind { $row }, which stays as it was
    .plain = The job goes on behind the row, which stays as it was.
cli-job-not-skipped = { $name } { $id } cannot skip ({ $state }): only a job that failed at a row can, and while no other does the same
    .plain = Only a job that failed at a row can skip it, and while no other does the same.
cli-job-not-retried = { $name } { $id } cannot go on ({ $state }): only a job that failed or was cancelled can, and while no other does the same
    .plain = It cannot go on.
cli-restored = Restore number { $number } is counted; the last position that is still true is { $position }. Tags end with “.r{ $number }” from now on.
    .plain = The restore is counted.
cli-rebuilt = Made anew: the tables and answers of { $done } records.
    .plain = Tables and answers were made anew.
cli-not-rebuilt = The job { $id } ended after { $done } records; “jobs show” tells more.
    .plain = The job ended before its time.
cli-head-id = id
cli-head-job = job
cli-head-progress = progress
cli-head-created = created
cli-head-attempts = attempts
cli-head-row = at
cli-head-client = client
cli-head-worker = worker
cli-head-leased-until = leased until
cli-head-started = started
cli-head-finished = finished
cli-head-input = input
cli-head-reason = reason
