"""The loop inside a Python function process: loads the handler, asks the Runtime API for events and
answers them. Standard library only; HTTP over a plain socket of its own, one round trip for an
answer and the next event."""

import decimal
import importlib
import json
import logging
import os
import socket
import sys
import time
import traceback

RUNTIME = "/2018-06-01/runtime/"
CAUSE_BYTES_MAX = 60000
HERE = os.path.abspath(__file__)
API = os.environ["AWS_LAMBDA_RUNTIME_API"]


class RuntimeFault(Exception):
    """An error of the runtime itself: its type is told apart from the class's name."""

    def __init__(self, kind, message):
        Exception.__init__(self, message)
        self.kind = kind


# ---------------------------------------------------------------- Runtime API


class Api:
    def __init__(self):
        host, port = API.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")
        self.host = host

    def ask(self):
        self.socket.sendall(self.next_bytes())

    def next_bytes(self):
        return ("GET %sinvocation/next HTTP/1.1\r\nHost: %s\r\n\r\n" % (RUNTIME, self.host)).encode()

    def post(self, call, body, headers=(), and_next=False):
        head = ["POST %s%s HTTP/1.1" % (RUNTIME, call), "Host: " + self.host]
        head += ["Content-Type: application/json", "Content-Length: %d" % len(body)]
        head += ["%s: %s" % pair for pair in headers]
        data = "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body
        self.socket.sendall(data + self.next_bytes() if and_next else data)

    def receive(self):
        """One answer: its headers in lower case, and its body. The server's end is our end."""
        if not self.reader.readline():
            sys.exit(0)
        headers = {}
        while True:
            line = self.reader.readline().decode("latin-1").rstrip("\r\n")
            if not line:
                break
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return headers, self.reader.read(int(headers.get("content-length", "0")))


# --------------------------------------------------------------------- output


class WriteThrough:
    """Standard output that keeps nothing back, so that lines are there before the answer is."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        written = self.stream.write(text)
        self.stream.flush()
        return written

    def writelines(self, lines):
        self.stream.writelines(lines)
        self.stream.flush()

    def __getattr__(self, name):
        return getattr(self.stream, name)


def write_record(text):
    """One record a line; a mark in front says that line feeds in it were replaced."""
    text = text.rstrip("\n")
    if "\n" in text:
        text = "\x1e" + text.replace("\n", "\x1f")
    sys.stdout.write(text + "\n")


class RequestFilter(logging.Filter):
    request_id = ""

    def filter(self, record):
        record.aws_request_id = RequestFilter.request_id
        return True


AS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


class JsonFormatter(logging.Formatter):
    def format(self, record):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields = {
            "timestamp": "%s.%03dZ" % (stamp, record.msecs),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": record.aws_request_id,
        }
        if record.exc_info:
            kind, error, trace = record.exc_info
            fields["errorType"] = kind.__name__
            fields["errorMessage"] = str(error)
            fields["stackTrace"] = traceback.format_tb(trace)
        return json.dumps({k: v for k, v in fields.items() if v}, ensure_ascii=False, default=str)


class RecordHandler(logging.Handler):
    def emit(self, record):
        write_record(self.format(record))


def set_up_logging():
    handler = RecordHandler()
    if AS_JSON:
        handler.setFormatter(JsonFormatter())
    else:
        form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
        formatter = logging.Formatter(form, "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    handler.addFilter(RequestFilter())
    logging.getLogger().addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if AS_JSON and level:
        logging.getLogger().setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level))


# --------------------------------------------------------------------- errors


def user_frames(error):
    """The frames of the function's own code: without this file's and the import machinery's."""
    frames = traceback.extract_tb(error.__traceback__)
    return [
        frame
        for frame in frames
        if os.path.abspath(frame.filename) != HERE
        and not frame.filename.startswith("<frozen importlib")
        and not frame.filename.endswith(os.path.join("importlib", "__init__.py"))
    ]


def error_payload(error, request_id):
    if isinstance(error, RuntimeFault):
        kind, frames = error.kind, []
    else:
        kind, frames = type(error).__name__, user_frames(error)
    return {
        "errorMessage": str(error),
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": traceback.format_list(frames),
    }


def xray_cause(error, payload):
    frames = [] if isinstance(error, RuntimeFault) else user_frames(error)

    def cause(some):
        stack = [{"path": f.filename, "line": f.lineno, "label": f.name} for f in some]
        exception = {"type": payload["errorType"], "message": payload["errorMessage"], "stack": stack}
        return json.dumps(
            {
                "working_directory": os.getcwd(),
                "exceptions": [exception],
                "paths": sorted({f.filename for f in some}),
                "message": payload["errorMessage"],
            }
        )

    text = cause(frames)
    if len(text) > CAUSE_BYTES_MAX:
        text = cause(frames[-20:])
    return text if len(text) <= CAUSE_BYTES_MAX else None


def log_error(payload):
    if AS_JSON:
        record = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "log_level": "ERROR"}
        record.update(payload)
        write_record(json.dumps(record, ensure_ascii=False))
        return
    lines = ["[ERROR] %s: %s" % (payload["errorType"], payload["errorMessage"])]
    if payload["stackTrace"]:
        lines.append("Traceback (most recent call last):")
        for frame in payload["stackTrace"]:
            lines += frame.rstrip("\n").split("\n")
    write_record("\n".join(lines))


def report(api, call, error, request_id, and_next):
    payload = error_payload(error, request_id)
    log_error(payload)
    kind = payload["errorType"]
    headers = [("Lambda-Runtime-Function-Error-Type", kind)]
    cause = xray_cause(error, payload)
    if cause is not None:
        headers.append(("Lambda-Runtime-Function-XRay-Error-Cause", cause))
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")
    api.post(call, body, headers, and_next)


# -------------------------------------------------------------------- handler


def load_handler():
    name = os.environ.get("_HANDLER", "")
    module_name, dot, function = name.rpartition(".")
    if not dot:
        text = "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name
        raise RuntimeFault("Runtime.MalformedHandlerName", text)
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        text = "Unable to import module '%s': %s" % (module_name, error)
        raise RuntimeFault("Runtime.ImportModuleError", text) from None
    except SyntaxError as error:
        text = "Syntax error in module '%s': %s" % (module_name, error)
        raise RuntimeFault("Runtime.UserCodeSyntaxError", text) from None
    handler = getattr(module, function, None)
    if handler is None:
        text = "Handler '%s' missing on module '%s'" % (function, module_name)
        raise RuntimeFault("Runtime.HandlerNotFound", text)
    return handler


class CognitoIdentity:
    def __init__(self, values):
        self.cognito_identity_id = values.get("cognitoIdentityId")
        self.cognito_identity_pool_id = values.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, values):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, values.get(name))


class ClientContext:
    def __init__(self, values):
        self.client = Client(values.get("client") or {})
        self.custom = values.get("custom")
        self.env = values.get("env")


class LambdaContext:
    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client = headers.get("lambda-runtime-client-context")
        self.client_context = ClientContext(json.loads(client)) if client else None
        identity = headers.get("lambda-runtime-cognito-identity")
        self.identity = CognitoIdentity(json.loads(identity) if identity else {})
        self._deadline = int(headers.get("lambda-runtime-deadline-ms", "0"))

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8")
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def marshal(value):
    """The answer's bytes; a function that returns bytes has made its JSON itself."""
    if isinstance(value, bytes):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=plain).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError) as error:
        raise RuntimeFault("Runtime.MarshalError", "Unable to marshal response: %s" % error) from None


def serve(api, handler, headers, body):
    request_id = headers["lambda-runtime-aws-request-id"]
    RequestFilter.request_id = request_id
    trace_id = headers.get("lambda-runtime-trace-id")
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    try:
        result = marshal(handler(json.loads(body), LambdaContext(headers)))
    except Exception as error:
        report(api, "invocation/%s/error" % request_id, error, request_id, True)
        return
    api.post("invocation/%s/response" % request_id, result, (), True)


def main():
    sys.stdout = WriteThrough(sys.stdout)
    sys.stderr = WriteThrough(sys.stderr)
    set_up_logging()
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    api = Api()
    try:
        handler = load_handler()
    except Exception as error:
        report(api, "init/error", error, "", False)
        api.receive()
        sys.exit(1)
    api.ask()
    while True:
        headers, body = api.receive()
        if "lambda-runtime-aws-request-id" in headers:
            serve(api, handler, headers, body)


main()
