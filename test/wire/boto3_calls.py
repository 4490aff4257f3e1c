"""Calls AWS operations with boto3, as told line by line on standard input, and tells what came.

In:  {"service", "operation", "input"}   Out: {"output"} or {"error": {"code", "message", "status"}}
Bytes are {"$bytes": base64}, times {"$time": milliseconds}.
"""
import base64
import datetime
import json
import sys

import boto3
import botocore.config
from botocore import xform_name
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, inject_host_prefix=False)
CLIENTS = {}


def client(service):
    if service not in CLIENTS:
        CLIENTS[service] = boto3.client(
            service,
            endpoint_url=ENDPOINT,
            region_name="eu-west-1",
            aws_access_key_id="123456789012",
            aws_secret_access_key="any",
            config=CONFIG,
        )
    return CLIENTS[service]


def load(value):
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        if "$time" in value:
            seconds = value["$time"] / 1000
            return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
        return {key: load(part) for key, part in value.items()}
    return [load(part) for part in value] if isinstance(value, list) else value


def dump(value):
    if isinstance(value, dict):
        return {key: dump(part) for key, part in value.items()}
    if isinstance(value, list):
        return [dump(part) for part in value]
    if isinstance(value, datetime.datetime):
        return {"$time": round(value.timestamp() * 1000)}
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    return value


def call(line):
    ask = json.loads(line)
    method = getattr(client(ask["service"]), xform_name(ask["operation"]))
    try:
        output = method(**load(ask["input"]))
        output.pop("ResponseMetadata")
        return {"output": dump(output)}
    except ClientError as error:
        told = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"error": {"code": told["Code"], "message": told["Message"], "status": status}}


for line in sys.stdin:
    print(json.dumps(call(line)), flush=True)
