"""A generated Python client makes a joint lab official: create, submit, confirm by both provinces, read.

Usage: client.py BASE_URL SECRET, with `chuanyu_client` (openapi-python-client) on the path.
"""

import json
import sys
from pathlib import Path

from chuanyu_client import AuthenticatedClient, Client
from chuanyu_client.api.joint_labs import (
    confirm_joint_lab,
    create_joint_lab,
    list_joint_labs,
    move_joint_lab,
    patch_joint_lab,
    show_joint_lab,
)
from chuanyu_client.models import (
    ConfirmationRequest,
    ConfirmationResult,
    ConfirmationWord,
    JointLab,
    JointLabPage,
    JointLabPatch,
    JointLabRecord,
    Problem,
    RecordState,
    TransitionRequest,
)

base_url, secret = sys.argv[1:3]
document = json.loads((Path(__file__).parents[2] / "openapi" / "openapi.json").read_text(encoding="utf-8"))
operation = document["paths"]["/api/v1/joint-labs"]["post"]
example = operation["requestBody"]["content"]["application/json"]["example"]


def client(name: str) -> AuthenticatedClient:
    # Tokens come from the standard endpoint; any OAuth library does this.
    answer = Client(base_url=base_url).get_httpx_client().post(
        "/oauth2/token", auth=(name, secret), data={"grant_type": "client_credentials"}
    )
    return AuthenticatedClient(base_url=base_url, token=answer.json()["access_token"])


university, chongqing, sichuan = client("cq-university"), client("cq-agency"), client("sc-agency")

made = create_joint_lab.sync_detailed(client=university, body=JointLab.from_dict(example))
draft = made.parsed
assert made.status_code == 201 and isinstance(draft, JointLabRecord), made.content
assert made.headers["location"] == f"/api/v1/joint-labs/{draft.id}"

patch = JointLabPatch(remarks="由生成的 Python 客户端修改")
changed = patch_joint_lab.sync(str(draft.id), client=university, body=patch, if_match=made.headers["etag"])
assert isinstance(changed, JointLabRecord) and changed.remarks == patch.remarks, changed

stale = move_joint_lab.sync(
    str(draft.id), client=university, body=TransitionRequest(to=RecordState.SUBMITTED), if_match=made.headers["etag"]
)
assert isinstance(stale, Problem) and stale.code == "revision-conflict", stale
assert stale.current_revision == changed.revision

submitted = move_joint_lab.sync(
    str(draft.id),
    client=university,
    body=TransitionRequest(to=RecordState.SUBMITTED),
    if_match=f'"{changed.revision}"',
)
assert isinstance(submitted, JointLabRecord) and submitted.state == RecordState.SUBMITTED, submitted

for agency in (chongqing, sichuan):
    word = ConfirmationRequest(decision=ConfirmationWord.CONFIRM, digest=submitted.digest)
    result = confirm_joint_lab.sync(str(draft.id), client=agency, body=word)
    assert isinstance(result, ConfirmationResult), result

# Anybody reads it now, by its code.
anybody = Client(base_url=base_url)
record = show_joint_lab.sync(submitted.code, client=anybody)
assert isinstance(record, JointLabRecord) and record.state == RecordState.ACTIVE, record
page = list_joint_labs.sync(client=anybody, code=[submitted.code], include_total=True)
assert isinstance(page, JointLabPage) and page.page.total == 1 and page.items[0].id == record.id, page
print(f"Python client: {record.code} is {record.state}")
