"""Requests made from the OpenAPI document: no fault, and every answer is as the document says."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.stores import file_store
from service.app import make_api
from sinks.base import DATABASE
from sinks.sql.sink import SqlSink
from tests.support.service import running
from tests.support.streams import ScriptedParser

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# These go on for as long as somebody listens.
ENDLESS = r"^/api/events$|preview\.mjpg$"


DOCUMENT = schemathesis.openapi.from_dict(make_api().openapi())
OPERATIONS = [
    found.ok() for found in DOCUMENT.exclude(path_regex=ENDLESS).get_all_operations() if isinstance(found, Ok)
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("schema")
    with closing(SqlSink(file_store(folder / DATABASE))):
        pass
    limits: dict[str, Any] = {"max_body_bytes": 100_000, "max_pixels": 10_000, "body_timeout_s": 5.0}
    jobs = {"max_waiting": 8, "upload_timeout_s": 5.0, "max_recording_bytes": 100_000}
    with running(folder, works=True, jobs=jobs, **limits) as service:
        service.harness.factory.parsers = dict.fromkeys(("lite", "lite-cc0", "m2fp"), ScriptedParser())
        yield str(service.client.base_url).rstrip("/")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_the_document_says(
    address: str, operation: "schemathesis.APIOperation[Any, Any, Any, Any]", mode: GenerationMode
) -> None:
    """Requests as the document allows them, and such as it does not."""

    @settings(
        max_examples=5,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: "schemathesis.Case[Any]") -> None:
        answer = case.call(base_url=address, timeout=30)
        case.validate_response(answer, checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:
        pytest.skip("nothing of it can be wrong")
