"""Walks the main path with boto3 against the endpoint given; prints one JSON line of what it saw."""
import io
import json
import sys
import time
import zipfile
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

endpoint = sys.argv[1]
session = boto3.session.Session(
    aws_access_key_id="000000000000", aws_secret_access_key="test", region_name="us-east-1"
)


def client(name):
    config = Config(inject_host_prefix=False, retries={"total_max_attempts": 1})
    return session.client(name, endpoint_url=endpoint, config=config)


sfn, lam, xray, logs, sts = map(client, ["stepfunctions", "lambda", "xray", "logs", "sts"])
role = "arn:aws:iam::000000000000:role/walk"
since = datetime.now(timezone.utc) - timedelta(seconds=2)

code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr(
        "app.py",
        "def handler(event, context):\n    print('hello', event)\n    return {'got': event, 'by': context.function_name}\n",
    )
function = lam.create_function(
    FunctionName="walk-py",
    Runtime="python3.12",
    Role=role,
    Handler="app.handler",
    Code={"ZipFile": code.getvalue()},
    TracingConfig={"Mode": "Active"},
)
invoked = lam.invoke(FunctionName="walk-py", Payload=json.dumps({"n": 1}), LogType="Tail")
payload = json.loads(invoked["Payload"].read())

definition = {
    "StartAt": "Call",
    "States": {"Call": {"Type": "Task", "Resource": function["FunctionArn"], "End": True}},
}
machine = sfn.create_state_machine(
    name="walk-boto3",
    definition=json.dumps(definition),
    roleArn=role,
    tracingConfiguration={"enabled": True},
)["stateMachineArn"]
arn = sfn.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"]
for _ in range(200):
    described = sfn.describe_execution(executionArn=arn)
    if described["status"] != "RUNNING":
        break
    time.sleep(0.05)
events = [event["type"] for event in sfn.get_execution_history(executionArn=arn)["events"]]

express = sfn.create_state_machine(
    name="walk-express",
    definition=json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}),
    roleArn=role,
    type="EXPRESS",
)["stateMachineArn"]
sync = sfn.start_sync_execution(stateMachineArn=express, input='{"b": 2}')

until = datetime.now(timezone.utc) + timedelta(seconds=2)
summaries = xray.get_trace_summaries(
    StartTime=since, EndTime=until, FilterExpression='service("walk-boto3") { ok }'
)["TraceSummaries"]
services = xray.get_service_graph(StartTime=since, EndTime=until)["Services"]
lines = logs.filter_log_events(logGroupName="/aws/lambda/walk-py")["events"]
try:
    sfn.describe_execution(executionArn=arn + "x")
    missing = ""
except sfn.exceptions.ExecutionDoesNotExist as error:
    missing = error.response["Error"]["Code"]

print(
    json.dumps(
        {
            "payload": payload,
            "hasLog": "LogResult" in invoked,
            "status": described["status"],
            "output": json.loads(described.get("output", "null")),
            "events": events,
            "sync": [sync["status"], json.loads(sync["output"]), sync["billingDetails"]["billedMemoryUsedInMB"]],
            "traces": len(summaries),
            "nodes": sorted([s.get("Name", ""), s.get("Type", "")] for s in services),
            "logged": any("hello" in line["message"] for line in lines),
            "missing": missing,
            "account": sts.get_caller_identity()["Account"],
        }
    )
)
