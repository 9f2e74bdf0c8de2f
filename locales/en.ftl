# English sentences: problem-<code>-title, problem-<code>-detail, fault-<code>

problem-unauthenticated-title = No access token
problem-unauthenticated-detail = Send an access token: Authorization: Bearer …. Tokens are issued at /oauth2/token.
problem-invalid-token-title = Access token not valid
problem-invalid-token-detail = The token is malformed, expired, revoked, not meant for this service or not sent in one Authorization field. Get a new one at /oauth2/token.
problem-insufficient-scope-title = Scope missing
problem-insufficient-scope-detail = This operation needs the scope { $scope }, which the token does not have.
fault-client-name = Must be 2 to 63 characters of a-z, 0-9 and -, starting with a letter or digit.
fault-client-disabled = The client is disabled.
fault-unknown-scope = There is no scope { $value }.
fault-scope-not-granted = The client has the scopes { $scopes } only.
fault-secret-length = The secret must have at least { $min } characters and at most { $max } bytes.
fault-secret-characters = The secret may hold visible ASCII characters only.
fault-unknown-province = Must be 500000 (Chongqing) or 510000 (Sichuan).
fault-unknown-organization = There is no such organization record.
fault-other-province-than-org = The organization belongs to the other province.
