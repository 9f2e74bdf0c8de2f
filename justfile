# List what can be done.
default:
    @just --list

# Serve with demo data on SQLite, at http://127.0.0.1:8080/docs/
run *arguments:
    cargo run --release -- serve --demo {{ arguments }}

# Format, lints and documentation, without tests.
check:
    cargo fmt --all --check
    cargo clippy --locked --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items --quiet

# All that continuous integration runs; `just test --quick WORD` runs the tests whose name contains WORD.
test *arguments:
    ./scripts/test {{ arguments }}

# The long proofs, at twenty moments each; `just drill jobs` runs one of them.
drill *arguments:
    ./scripts/drill {{ arguments }}

# Write the published contract anew; review the difference as a change of the API.
openapi:
    mkdir -p openapi
    cargo run -- openapi > openapi/openapi.json.new
    mv openapi/openapi.json.new openapi/openapi.json
    git diff --stat -- openapi/openapi.json

# Make an empty migration in both trees.
migrate-new name:
    #!/usr/bin/env bash
    set -euo pipefail
    # After the last one, whose date may lie ahead.
    last=$(ls migrations/sqlite | tail -n 1 | cut -d _ -f 1)
    stamp=$(date -u +%Y-%m-%d-%H%M%S)
    [[ "$stamp" > "$last" ]] || stamp="${last%-*}-$(printf %06d $((10#${last##*-} + 1)))"
    folder="${stamp}_{{ name }}"
    for engine in sqlite postgres; do
        mkdir -p "migrations/$engine/$folder"
        touch "migrations/$engine/$folder/up.sql" "migrations/$engine/$folder/down.sql"
        echo "migrations/$engine/$folder"
    done

# Measure throughput and latency on both engines.
bench *arguments:
    ./scripts/bench {{ arguments }}

# How long Swagger UI takes in a browser, of one build or of several by turns.
swagger-ui *binaries:
    ./scripts/swagger-ui {{ binaries }}
