"""Good requests changed by chance: each is answered, none is too much, and the next works.

RIGJIT_SERVE_REQUESTS: how many, two thousand unless set; a million were run once.
"""

from __future__ import annotations

import os
import random
from contextlib import closing

from mutations import Client, Request, good_requests, mutated
from networks import linear, weights
from running import MSGPACK, OCTETS, serving

REQUESTS = int(os.environ.get("RIGJIT_SERVE_REQUESTS", "2000"))
EXPECTED = {200, 204, 400, 403, 404, 405, 406, 409, 412, 413, 415, 422, 431}


def test_each_has_an_answer_and_the_next_works(tmp_path, spec_path, rig, vecs):
    model = linear(tmp_path / "m.onnx", *weights(rig))
    chance = random.Random(11)
    good = good_requests(rig, vecs)
    vec, message = vecs[0].tobytes(), rig.vec_to_rig(vecs[0])
    plain = Request("POST", "/rigs/hero/pose", "", OCTETS, MSGPACK, (), vec)
    seen: dict[int, int] = {}
    with (
        serving(tmp_path, spec_path, "--model", f"hero={model}") as server,
        closing(Client(server.port)) as client,
    ):
        for request in good:
            assert client.ask(request)[0] in (200, 204), request
        for i in range(REQUESTS):
            request = mutated(chance.choice(good), good, chance)
            if request.method == "GET" and request.path.endswith("/live"):
                continue  # that answer has no end
            status, header, body = client.ask(request)
            seen[status] = seen.get(status, 0) + 1
            assert status in EXPECTED, (request, status, body)
            if status >= 400 and request.method != "HEAD":
                assert header["content-type"] == "application/problem+json", (request, body)
            if i % 200 == 0:
                assert client.ask(plain)[2] == message, request
        assert client.ask(plain)[2] == message
        assert "Traceback" not in server.log()
    assert {200, 400, 404, 405, 406, 415, 422} <= seen.keys(), seen
