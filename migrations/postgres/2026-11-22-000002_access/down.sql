DROP TABLE idempotency_keys;
DROP TABLE client_secrets;
DROP TABLE clients;
